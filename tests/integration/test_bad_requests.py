# SPDX-License-Identifier: Apache-2.0
"""What people hand in that is wrong, late, twice, or at the same moment: nothing of it bends a decision. D6, D11, D12, D18.

Where each kind of bad input is tried:

| bad input | refused with, or what happens | tried in |
|---|---|---|
| a purpose, a way out or a fact in free text; two purposes | `uses.free_text` | tests/unit/uses/test_uses_application.py |
| a fact that does not exist, or is not in that return | `catalogue.unknown_item`, `uses.item_not_collected` | tests/unit/uses/test_uses_triage.py |
| a school year or a return that there is not | `uses.school_years`, `catalogue.unknown_collection` | tests/unit/uses/test_uses_triage.py |
| a recipient, reader or processor in no country | `uses.country`, `uses.territory` | tests/unit/uses/test_uses_application.py |
| days in the wrong order | `uses.dates` | tests/unit/uses/test_uses_application.py |
| two reviewers at once; two registrars who close a panel | one after the other | tests/integration/test_use_decided.py |
| a button pressed twice | one step | tests/integration/test_use_heard.py |
| a request handed in by two people at once | one step | here |
| a use decided by two runs at once | one decision | here |
| an answer while the gate decides | in the frozen lists, or after them and never lost | here |
| an answer after its day | taken; each page says from when it counts | tests/unit/web/test_letter_pages.py |
| a clock that runs ahead, or was set back | `ledger.clock_back`; a *no* is taken | tests/integration/test_letter_answers.py, tests/unit/ledger/test_clock.py |
| a key of small order; a key that is years old | `people.encryption_key`, `uses.recipient_key_old` | tests/unit/people/test_people_rules.py, tests/unit/uses/test_uses_triage.py |
| a key that grows too old while the use waits | `uses.recipient_key_old` | here |
"""

import threading
from datetime import timedelta

import pytest

import homes
from beholden.ledger.tags import TAG_BYTES
from beholden.refusals import Refusal
from integration.world import APPLICANT, CATALOGUE, REGISTRAR, World
from rulebooks import with_limits


@pytest.fixture(scope="module")
def told(base_home, tmp_path_factory):
    """A home in which families have been told about a use, and the window is over; nobody is connected to it."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"))
            world.returns()
            world.published()
            world.told()
            world.pass_to(world.answer_by + timedelta(days=1))
            from beholden.gate.actions import deciding

            deciding.snapshot_registry(by=REGISTRAR, at=world.at)
        yield home, world


@pytest.fixture
def world(told):
    home, held = told
    with homes.copied(home) as home:
        at, use = held.at, held.use
        held.home = home
        yield held
        held.at, held.use = at, use


def beside(does, *args, **named):
    """Do something in another thread, with a connection of its own; return the thread and what comes of it."""
    from django.db import connections

    came = []

    def run():
        try:
            came.append(does(*args, **named))
        except Refusal as no:
            came.append(no.code)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, came


def decide(world):
    from beholden.gate.actions import deciding

    return deciding.decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def frozen(decision):
    """Everybody whom a decision lets go."""
    from beholden.gate import sets
    from beholden.gate.models import Decision

    content = sets.read(Decision.objects.select_related("released").get(pk=decision).released)
    return {content[at : at + TAG_BYTES] for at in range(0, len(content), TAG_BYTES)}


def test_an_answer_that_is_being_written_is_in_what_the_gate_reads(world):
    """D11: the gate waits for it."""
    from django.db import transaction

    with transaction.atomic():
        kept_out = world.keep_out(world.letters()[0])
        thread, came = beside(decide, world)
        thread.join(timeout=1)
        assert came == [], "the gate did not wait"
    thread.join(timeout=30)
    (decision,) = came
    assert not {person.bytes for person in kept_out} & frozen(decision)


def test_an_answer_that_comes_while_the_gate_decides_waits_and_stops_the_handover(world, monkeypatch):
    """D11: the frozen list is from before it; the list does not go; decided again, the child is not in it.

    The family reads that the day is over, and from when its answer counts.
    """
    from django.db import transaction

    from beholden.gate.actions import releasing
    from beholden.uses import actions as uses
    from integration.world import SECOND

    letter = world.letters()[0]
    with transaction.atomic():
        decision = decide(world)
        thread, came = beside(world.keep_out, letter)
        thread.join(timeout=1)
        assert came == [], "the answer did not wait"
    thread.join(timeout=30)
    (kept_out,) = came
    gone = {person.bytes for person in kept_out}
    assert gone <= frozen(decision)
    uses.countersign(world.use, by=SECOND, at=world.at)
    named = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
    with pytest.raises(Refusal, match=r"^gate\.overtaken:"):
        releasing.release_use(world.use, decision, **named)
    (disclosure,) = _disclosures()
    releasing.call_off(disclosure, by=REGISTRAR, at=world.at)
    assert not gone & frozen(decide(world))
    assert not world.open(letter).notices[0].window_open


def _disclosures():
    from beholden.gate.models import Disclosure

    return tuple(Disclosure.objects.values_list("id", flat=True))


def test_two_runs_that_decide_at_once_decide_once(world):
    from beholden.gate.models import Decision

    runs = [beside(decide, world) for _ in range(3)]
    for thread, _ in runs:
        thread.join(timeout=60)
    assert len({came[0] for _, came in runs}) == 1
    assert Decision.objects.count() == 1


def test_a_request_that_two_people_hand_in_at_once_is_handed_in_once(world):
    from beholden.uses import actions as uses
    from beholden.uses.models import Step

    ref = uses.draft(world.draft(), by=APPLICANT, at=world.at)
    runs = [beside(uses.submit, ref, catalogue=CATALOGUE, by=APPLICANT, at=world.at) for _ in range(3)]
    for thread, _ in runs:
        thread.join(timeout=60)
    assert {came[0] for _, came in runs} == {"triage"}
    assert list(Step.objects.filter(use=ref).order_by("pk").values_list("state", flat=True)) == [
        "submitted",
        "triage",
    ]


def test_keys_that_have_grown_too_old_while_families_answered_get_nothing(world):
    """D45: the keys' age is asked again when it is decided, under the rules of that day."""
    from beholden.gate.actions import deciding, governing

    tighter = with_limits(recipient_key_days=30)
    governing.set_catalogue(tighter, by=REGISTRAR, at=world.at)
    with pytest.raises(Refusal, match=r"^uses\.recipient_key_old:"):
        deciding.decide(world.use, catalogue=tighter, by=REGISTRAR, at=world.at)
    assert _disclosures() == ()
