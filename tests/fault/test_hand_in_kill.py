# SPDX-License-Identifier: Apache-2.0
"""Handing a request in is killed before each durable step: it is private and whole, or in and public, never between. D26.

Run again, it is in once, and the log and the texts beside it say so.
"""

import pytest

import homes
from fault import kills
from integration.officers import ANSWERS, fields
from integration.world import APPLICANT, BEGAN, CATALOGUE, World


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A home in which one request has every answer, and nothing is handed in."""
    from beholden.settings import found

    kills.ready()
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            sketch = kills.answer(lambda: _written(tmp_path_factory.mktemp("town")))
        yield home, sketch


def _written(folder):
    from beholden.gate.actions.governing import set_catalogue
    from beholden.people import actions as people
    from beholden.people.queries import Body
    from beholden.uses.actions import sketching
    from integration.schools import founded
    from integration.world import IDENTITY, REGISTRAR

    world = World(folder)
    founded(world)
    body = Body("northford", "University", "university", "England", str(IDENTITY.to_public()), "")
    people.enrol(body, by=REGISTRAR, at=BEGAN)
    people.appoint(APPLICANT.ref, APPLICANT.role, "northford", by=REGISTRAR, at=BEGAN)
    set_catalogue(CATALOGUE, by=REGISTRAR, at=BEGAN)
    sketch = sketching.begin(press="one", by=APPLICANT, at=BEGAN)
    for question, said in ANSWERS.items():
        typed = {field.name: field.values for field in fields(question, said)}
        sketching.answer(sketch, question, typed, by=APPLICANT, at=BEGAN)
    return sketch


def hand_in(sketch):
    from beholden.uses.actions.sketching import hand_in as verb

    return verb(sketch, catalogue=CATALOGUE, by=APPLICANT, at=BEGAN)


def state(sketch):
    """What the register says: the uses there are, whether the request is still written, and what fsck finds."""
    from beholden.fsck.papers import check_papers, check_sketches
    from beholden.fsck.rules import Weight
    from beholden.fsck.said import check_uses
    from beholden.uses.queries import register_of_uses
    from beholden.uses.sketches import sketch as look

    held = look(sketch, APPLICANT)
    findings = [*check_sketches(), *check_uses(), *check_papers()]
    return (
        [use.ref for use in register_of_uses(CATALOGUE)],
        held.became,
        len(held.answers),
        [one.code for one in findings if one.weight is Weight.FINDING],
    )


def test_handing_in_killed_at_each_step(prepared):
    """Each step once, those inside the one transaction too; then the run again, on a disk that forgot what was not flushed."""
    home, sketch = prepared
    met = []
    for struck in kills.each_kill(home, lambda: hand_in(sketch)):
        met.append(kills.answer(lambda struck=struck: _whole(sketch, struck)))
    assert met == sorted(met)
    assert set(met) == {0, 1}


def _whole(sketch, struck):
    """Look at it, hand it in once more and again, and return how many uses there were before that."""
    before, became, answers, findings = state(sketch)
    assert (before, became, answers > 0) in (([], None, True), ([became], became, False)), struck.name
    assert findings == [], struck.name
    for _ in range(2):
        with struck.platter.turning():
            hand_in(sketch)
    uses, became, answers, findings = state(sketch)
    assert (len(uses), uses, answers, findings) == (1, [became], 0, []), struck.name
    return len(before)
