# SPDX-License-Identifier: Apache-2.0
"""A second country's pack loads by the same reader, cites its own law, and takes one use to a decision (D2, D14, D20).

The intake reads one country's return only, so no American record can be taken in yet. What is shown here is the rules:
the proposal's triage, the set expression and its naive twin, the floor and the figures, all under the second pack. That
a home under it refuses the first country's return stands in tests/integration/test_pack_of_a_home.py.
"""

from datetime import date
from uuid import UUID

import pyarrow as pa
import pytest

from beholden.catalogue import FamilySays, Flag, Keeper, Law, LifeEvent, Store, Told, load, unread
from beholden.catalogue.pack import ENGLAND as FIRST
from beholden.catalogue.pack import LENT, SHIPPED
from beholden.catalogue.reading import FAMILY, reading
from beholden.gate.expression import weigh
from beholden.gate.rules import World, check_told_floor, naive, public_left_out, waterfall
from beholden.kinds import PersonId
from beholden.ledger.vocabulary.events import UseMoved
from beholden.ledger.vocabulary.handovers import IntentHeader
from beholden.refusals import Refusal
from beholden.uses.rules import Population, Proposal, triage

US, ENGLAND = load("us"), load("england")
FALL = Population("SSR", "FALL", 2026)


def asked(purpose, items=("grade_level", "days_absent"), exit_name="extract"):
    return Proposal(purpose, exit_name, items, FALL, "age1…", "key")


def test_both_packs_load_by_name_and_are_not_the_same():
    assert set(SHIPPED) == {"england", "us"}
    assert load().hash == ENGLAND.hash != US.hash
    with pytest.raises(Refusal) as no:
        load("atlantis")
    assert no.value.code == "catalogue.unknown_pack"


def test_what_is_no_countrys_is_lent_and_hashed_with_the_pack():
    """Ways out, limits and grades are the software's; a pack that wants its own brings its own."""
    assert (US.exits, US.limits, US.grades) == (ENGLAND.exits, ENGLAND.limits, ENGLAND.grades)
    assert not [name for name in LENT if (SHIPPED["us"] / name).exists()]
    with pytest.raises(Refusal) as no:
        load(SHIPPED["us"])  # as a folder of somebody's own it is not whole
    assert no.value.code == "catalogue.missing_file"
    assert load(FIRST).hash == ENGLAND.hash


def test_nothing_of_the_first_country_is_in_the_second():
    assert not set(US.items) & {"upn", "nc_year", "fsm_eligible", "sen_provision"}
    assert not [name for name in US.law if name in ENGLAND.law]
    assert {one.authority.instrument for one in US.purposes.values()} == {"ferpa-regs"}


@pytest.mark.parametrize(
    ("code", "law", "keeper", "says", "told", "paragraph"),
    [
        ("study-for-schools", Law.PERMITS, Keeper.ALLOWS, FamilySays.STOPS, Told.BEFORE, "99.31(a)(6)"),
        ("school-official", Law.PERMITS, Keeper.ALLOWS, FamilySays.HEARD, Told.BEFORE, "99.31(a)(1)"),
        (
            "directory-information",
            Law.PERMITS,
            Keeper.ALLOWS,
            FamilySays.STOPS,
            Told.BEFORE,
            "99.31(a)(11) and 99.37",
        ),
        ("agreed-study", Law.PERMITS, Keeper.ALLOWS, FamilySays.MUST_AGREE, Told.BEFORE, "99.30"),
        (
            "health-safety-emergency",
            Law.PERMITS,
            Keeper.ALLOWS,
            FamilySays.NOTHING,
            Told.AFTER,
            "99.31(a)(10) and 99.36",
        ),
        ("judicial-order", Law.PERMITS, Keeper.WAITS, FamilySays.HEARD, Told.BEFORE, "99.31(a)(9)"),
        ("law-enforcement", Law.FORBIDS, Keeper.REFUSES, FamilySays.MUST_AGREE, Told.BEFORE, "99.30(a)"),
        ("marketing", Law.PERMITS, Keeper.REFUSES, FamilySays.MUST_AGREE, Told.BEFORE, "99.37(a)"),
        ("subject-access", Law.REQUIRES, Keeper.ALLOWS, FamilySays.NOTHING, Told.AT, "99.10"),
    ],
)
def test_what_the_law_says_and_what_the_keeper_decided_stand_apart(code, law, keeper, says, told, paragraph):
    """D20, D22. 34 CFR Part 99: much is permitted; 99.31(d) obliges nobody, and the keeper says no to some of it."""
    purpose = US.purpose(code)
    assert (purpose.law, purpose.keeper, purpose.family_says, purpose.told) == (law, keeper, says, told)
    assert purpose.authority.paragraph == paragraph


def test_rights_pass_to_the_student_at_18_or_in_college():
    """D14. 34 CFR 99.3 (eligible student) and 99.5(a)(1)."""
    end = US.guardians_end
    assert (end.age, end.events) == (18, (LifeEvent.POSTSECONDARY,))
    assert [end.has_come_by(date(2008, 3, 2), date(2026, 3, day)) for day in (1, 2)] == [False, True]


def test_directory_information_is_a_closed_list_that_a_family_can_opt_out_of():
    """D11, D18. 34 CFR 99.37(a)(2) and (d)."""
    triage(asked("directory-information", ("grade_level", "award")), US)
    with pytest.raises(Refusal) as no:
        triage(asked("directory-information", ("grade_level", "disability")), US)
    assert no.value.code == "catalogue.item_not_for_purpose"
    purpose = US.purpose("directory-information")
    assert purpose.family_says is FamilySays.STOPS
    assert Flag.OBJECTED in US.exit("extract").removes
    assert all(US.item(item).store is Store.ROWS for item in purpose.only_items)


def test_each_handover_is_recorded_with_its_recipient_and_its_reason():
    """D26. 34 CFR 99.32(a)(3): the parties, and the legitimate interest. What leaves by a list stands in the log."""
    assert {"recipient", "purpose", "items", "use"} <= set(IntentHeader.__dataclass_fields__)
    assert {"purpose", "use", "rule"} <= set(UseMoved.__dataclass_fields__)
    ways = {name for purpose in US.purposes.values() if purpose.allowed for name in purpose.exits}
    leaving = {name for name in ways if US.exit(name).personal_rows_leave and US.exit(name).commits_tags}
    assert leaving == {"extract"}  # the others are one person's own copy, a move of school, or an emergency


def test_no_pack_without_such_a_law_allows_biometrics():
    """D17. There is no federal one."""
    assert US.biometrics is None


@pytest.mark.parametrize(
    "code", ["marketing", "law-enforcement", "immigration-enforcement", "judicial-order"]
)
def test_what_the_keeper_refuses_is_refused_by_its_rule(code):
    with pytest.raises(Refusal) as no:
        triage(asked(code), US)
    assert no.value.code == f"uses.{US.purpose(code).rule}"
    assert "decided by the registrar" in no.value.authority


# --- one use, to a decision ---

STUDENTS = tuple(PersonId(UUID(int=number << 64)) for number in range(1, 1201))


def column(people):
    return pa.array(sorted(one.bytes for one in people), type=pa.binary(16))


def test_one_study_goes_through_the_gates_rules_to_a_decision():
    """D11, D18. A study for schools: 1,200 in scope, 40 said no, 30 hidden, 100 not told, and the twin agrees."""
    triage(asked("study-for-schools"), US)

    everybody = frozenset(STUDENTS)
    objected, hidden, untold = (frozenset(STUDENTS[a:b]) for a, b in ((0, 40), (30, 60), (100, 200)))
    lists = {
        Flag.NOT_TOLD: everybody - untold,
        Flag.OBJECTED: objected,
        Flag.NOT_AGREED: everybody,
        Flag.HIDDEN: hidden,
        Flag.RESTRICTED: frozenset(),
        Flag.NO_KEY: everybody,
        Flag.PAST_RETENTION: frozenset(),
    }
    removes = US.exit("extract").removes
    check_told_floor(1100, 1200, floor_percent=US.limits.told_floor_percent)
    weighed = weigh(column(STUDENTS), {flag: column(members) for flag, members in lists.items()}, removes)
    released, combinations = naive(World(STUDENTS, lists), removes)

    assert weighed.released.to_pylist() == sorted(one.bytes for one in released)
    assert dict(weighed.combinations) == combinations
    assert len(released) == 1200 - 60 - 100
    steps = waterfall(combinations, removes, smallest=US.limits.smallest_count)
    assert (steps.scope, steps.families_said_no, steps.other_reasons, steps.released) == (1200, 40, 120, 1040)
    left_out = public_left_out(1200, 1040, secret=bytes(32), limits=US.limits)
    assert left_out is not None
    assert abs(left_out - 160) <= 2 * US.limits.left_out_rounding


def test_a_study_from_outside_releases_nobody_without_a_yes():
    """D11. 34 CFR 99.30(a): a written consent first."""
    lists = {flag: frozenset(STUDENTS) for flag in Flag} | {
        Flag.NOT_AGREED: frozenset(),
        **{flag: frozenset() for flag in (Flag.OBJECTED, Flag.HIDDEN, Flag.RESTRICTED, Flag.PAST_RETENTION)},
    }
    released, _ = naive(World(STUDENTS, lists), US.exit("extract").removes)
    assert released == frozenset()


# --- what it says of itself ---


def test_what_was_recalled_is_said():
    """D39."""
    not_read = unread(US)
    assert "item race_ethnicity" in not_read
    assert "purpose subject-access" in not_read
    assert "purpose study-for-schools" not in not_read


def test_families_can_read_it_at_nine():
    """D4, D48."""
    texts = [text for one in US.items.values() for text in (one.label, one.why)]
    texts += [
        text for one in US.purposes.values() for text in (one.label, one.covers, one.reason, one.what_instead)
    ]
    held = reading("\n".join(text for text in texts if text))
    print(held)
    assert held.within(**FAMILY)
