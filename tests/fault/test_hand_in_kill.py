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


ROLLED_BACK = {"insert", "update", "delete"}
"""Steps inside the one transaction: killed at any of them it is as if nothing had begun. One stands for all."""


def test_handing_in_killed_at_each_step(prepared):
    home, sketch = prepared
    with homes.copied(home):
        names, code = kills.steps(lambda: hand_in(sketch))
    assert code == 0
    inside = [place for place, name in enumerate(names, 1) if name.split()[0] in ROLLED_BACK]
    for place in sorted({*range(1, len(names) + 1)} - set(inside[:-1])):
        with homes.copied(home) as copy:
            struck, _, _ = kills.kill_before(copy, place, lambda: hand_in(sketch))
            kills.answer(lambda struck=struck: _whole(sketch, struck.name))


def _whole(sketch, name):
    uses, became, answers, findings = state(sketch)
    assert (uses, became, answers > 0) in (([], None, True), ([became], became, False)), name
    assert findings == [], name
    for _ in range(2):
        hand_in(sketch)
    uses, became, answers, findings = state(sketch)
    assert (len(uses), uses, answers, findings) == (1, [became], 0, [])
