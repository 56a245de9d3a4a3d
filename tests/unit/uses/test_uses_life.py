# SPDX-License-Identifier: Apache-2.0
"""Where a use may go, in whose hands, and that no way to a release passes anything by. D6, D7, D25, D26, D45."""

import pytest

from beholden.kinds import Role
from beholden.ledger.vocabulary.terms import USE_STATES
from beholden.refusals import Refusal
from beholden.uses import words
from beholden.uses.rules.life import AGREED, HELD, LIVE, OVER, TRANSITIONS, State, move

VERBS = sorted({step.verb for step in TRANSITIONS})


def ways(until, *, without=()):
    """Every way through the table from a draft to a state that goes through no state twice, nor through `without`."""
    open_ways, found = [[State.DRAFT]], []
    while open_ways:
        way = open_ways.pop()
        if way[-1] is until:
            found.append(way)
            continue
        nexts = {step.target for step in TRANSITIONS if step.source is way[-1]}
        open_ways += [[*way, state] for state in nexts if state not in way and state not in without]
    return found


def test_the_states_are_those_that_the_log_can_say():
    assert [state.value for state in State] == sorted(USE_STATES, key=list(USE_STATES).index)
    assert {state.value for state in State} == set(USE_STATES)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", VERBS)
def test_only_what_stands_in_the_table_can_happen(state, verb):
    allowed = [step for step in TRANSITIONS if step.source is state and step.verb == verb]
    assert len(allowed) <= 1
    for role in Role:
        try:
            reached = move(state, verb, role=role)
        except Refusal as no:
            assert not [step for step in allowed if step.role is role]
            assert no.code == ("uses.role" if allowed else "uses.state")
        else:
            assert [step.target for step in allowed if step.role is role] == [reached]


@pytest.mark.parametrize("state", list(State))
def test_every_state_can_be_reached_and_has_a_word(state):
    assert ways(state)
    assert words.STATE_LABELS[state]


@pytest.mark.parametrize(
    "needed",
    [
        *(State.SUBMITTED, State.TRIAGE, State.COMMENT, State.PANEL, State.APPROVED, State.AGREEMENT),
        *(State.PUBLISHED, State.WINDOW, State.CLEARED),
    ],
)
def test_no_way_to_a_release_passes_by(needed):
    """Leave one station out of the table, and nothing can be released any more (D6, D7, D25, D26)."""
    assert ways(State.RELEASED)
    assert not ways(State.RELEASED, without={needed})


def test_the_window_is_opened_by_telling_or_taken_up_where_it_was():
    """*Notified* can be passed by on one way only: after the panel looked again at what families were told (D6)."""
    into = {(step.source, step.verb) for step in TRANSITIONS if step.target is State.WINDOW}
    assert into == {
        (State.NOTIFIED, "open window"),
        (State.PUBLISHED, "take up window"),
        (State.CLEARED, "fall back"),
    }


@pytest.mark.parametrize("state", HELD)
def test_what_left_is_wiped_before_a_use_is_closed(state):
    """D25: there is no way from *released* to *closed* without a certificate."""
    assert not [way for way in ways(State.CLOSED) if state in way and State.DESTROYED not in way]


@pytest.mark.parametrize("state", [*AGREED, *HELD])
def test_a_use_can_be_stopped_wherever_it_stands(state):
    """D45: a recipient is sold on any day."""
    assert move(state, "suspend", role=Role.REGISTRAR) is State.SUSPENDED


@pytest.mark.parametrize("state", AGREED)
def test_schools_can_bring_an_agreed_use_back_until_it_is_released(state):
    """D29."""
    assert move(state, "return to the panel", role=Role.KEEPER) is State.PANEL


@pytest.mark.parametrize("state", State)
def test_what_was_stopped_never_runs_again_and_all_else_still_may(state):
    """There is no way back: a changed use is a new one (D7)."""
    seen, ahead = set(), {state}
    while ahead:
        seen |= ahead
        ahead = {step.target for step in TRANSITIONS if step.source in ahead} - seen
    assert bool(seen & LIVE) is (state not in OVER)


def test_a_refusal_only_comes_back_to_be_heard_and_decided_again():
    assert {step.target for step in TRANSITIONS if step.source is State.REFUSED} == {State.TRIAGE}


def test_a_draft_is_thrown_away_and_never_taken_back():
    """D26: to take back what nobody has seen would put it into the public log."""
    with pytest.raises(Refusal, match=r"^uses\.state:"):
        move(State.DRAFT, "withdraw", role=Role.APPLICANT)
