# SPDX-License-Identifier: Apache-2.0
"""*This is not my child*: a match that is contested stands still, is told, is decided by somebody else (D21, D32)."""

import copy
from datetime import timedelta
from uuid import UUID

import pytest

import homes
from beholden.home import postgres
from beholden.ledger.entries import parse
from beholden.ledger.vocabulary.redress import ContestsOfMonth
from beholden.refusals import Refusal
from integration.matched import MATCHING, Matched, matched
from integration.world import FAMILY, REGISTRAR, SECOND


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            held = matched(tmp_path_factory.mktemp("town"))
            assert len(held.letters) > 11
            assert held.others
        yield home, held


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def held(prepared, home) -> Matched:
    return copy.deepcopy(prepared[1])


def said(asks):
    return [ask.do for ask in asks]


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def test_the_recipient_is_told_to_pause_and_then_to_undo_and_signs_for_both(home, held):
    """D21, D31: the day's signed message says it by the tag, and its word is on record beside the child."""
    from beholden.redress.queries import said_of

    number = held.contest()
    (ask,) = held.day(home)
    assert (ask.do, ask.item, ask.value) == ("pause", None, None)
    assert ask.tag in held.rows(home)
    assert held.day(home) == ()  # told once
    held.decide(number)
    (again,) = held.day(home)
    assert (again.do, again.tag) == ("undo", ask.tag)
    for raw, message in held.read(home):
        held.sign(raw, message)
    told = said_of(held.letters[0][1])
    assert [one.do.value for one in told] == ["pause", "undo"]
    assert all(one.done_at is not None for one in told)
    assert held.day(home) == ()


def test_what_was_right_may_be_used_again(home, held):
    number = held.contest()
    assert said(held.day(home)) == ["pause"]
    held.decide(number, "right", "school")
    assert said(held.day(home)) == ["lift"]
    assert held.day(home) == ()


def test_what_nobody_can_tell_is_the_familys(home, held):
    """The doubt is whose it hurts: cannot tell counts as wrong, and as no answer about the pair."""
    from beholden.contests.queries import labels

    number = held.contest()
    held.decide(number, "cannot_tell", "nothing")
    assert said(held.day(home)) == ["undo"]
    assert [one.answer for one in labels()] == ["cannot_say"]


def test_a_later_run_answers_nothing_while_it_waits_nor_where_it_was_wrong(home, held):
    """D21: frozen in the one set expression, by the reason *restricted*; right again, it ends."""
    from beholden.catalogue import Flag
    from beholden.gate import registries
    from beholden.gate.actions.safety import contested
    from beholden.gate.actions.weighing import lists, scope
    from beholden.uses.queries import asked

    use, person = asked(held.world.use), held.letters[0][1]

    def is_out():
        at = held.world.at
        among = scope(use, by=REGISTRAR, at=at)
        registry = registries.newest(since=use.run_began)
        out = lists(use, among, registry, MATCHING, by=REGISTRAR, at=at)[Flag.RESTRICTED]
        return person.bytes in out.to_pylist()

    assert not is_out()
    number = held.contest()
    assert is_out()
    held.decide(number, "right", "document")
    assert not is_out()
    other = held.by_post(reference=held.reference())
    assert is_out()
    held.decide(other)
    assert is_out()
    assert contested(use.ref, by=REGISTRAR, at=held.world.at).reversed == {person}
    assert contested(held.world.another(), by=REGISTRAR, at=held.world.at).reversed == set()


def test_whoever_is_in_no_register_says_it_by_the_recipients_letter(home, held):
    """They were taken for somebody: the own reference in that letter finds the answer, and shows nobody's record."""
    from beholden.gate.looks import looks_at

    person = held.letters[0][1]
    before = looks_at(person)
    number = held.by_post(reference=held.reference())
    assert looks_at(person) == before
    assert said(held.day(home)) == ["pause"]
    held.decide(number, "wrong", "recipient")
    assert said(held.day(home)) == ["undo"]


def test_a_letter_about_a_child_is_a_look_that_the_family_reads_of(home, held):
    from beholden.gate.looks import looks_at

    letter, person = held.letters[0]
    born = letter[2]
    held.by_post(number=letter[3][0], born=born)
    assert [(one.what, one.by) for one in looks_at(person)] == [("uses", REGISTRAR.ref)]


@pytest.mark.parametrize(
    "about",
    [
        {"reference": "case-99999"},
        {"reference": ""},
        {"reference": "case-1", "number": "A999000000001"},
    ],
)
def test_a_letter_that_names_no_answer_is_refused(home, held, about):
    with pytest.raises(Refusal):
        held.by_post(**about)


def test_said_twice_it_is_one_and_decided_it_is_not_asked_again(home, held):
    number = held.contest()
    assert held.contest(why="mixed") == number
    held.decide(number, "right", "school")
    with refused("contests.decided"):
        held.contest()


def test_two_who_contest_one_match_are_answered_alike(home, held):
    from beholden.contests.queries import waiting

    held.contest()
    other = held.by_post(reference=held.reference())
    assert len(waiting()) == 2
    held.decide(other)
    assert waiting() == ()


@pytest.mark.parametrize("by", [REGISTRAR, SECOND])
def test_nobody_decides_about_a_match_of_their_own(home, held, by):
    number = held.contest()
    with refused("contests.own_match"):
        held.decide(number, by=by)


@pytest.mark.parametrize(
    ("verdict", "reason"), [("right", "nothing"), ("wrong", "nothing"), ("cannot_tell", "document")]
)
def test_a_verdict_without_what_carries_it_is_refused(home, held, verdict, reason):
    number = held.contest()
    with refused("contests.reason"):
        held.decide(number, verdict, reason)


def test_decided_once(home, held):
    number = held.contest()
    held.decide(number)
    with refused("contests.no_contest"):
        held.decide(number, "right", "school")


def test_only_what_was_answered_is_contested(home, held):
    study = held.world.another()
    with refused("gate.no_match"):
        held.contest(use=study)
    with refused("gate.no_match"):
        held.contest(why="not_us")


def test_an_open_letter_alone_contests_nothing(home, held):
    """U1: what was answered about whom stands behind the second step, and so does whatever is said of it."""
    from beholden.contests.rules import Why
    from beholden.gate.actions.contesting import contest

    letter, person = held.letters[0]
    mandate = held.world.open(letter).mandate
    with refused("people.no_record"):
        contest(
            held.world.use,
            person,
            Why.UNSURE,
            mandate=mandate,
            catalogue=MATCHING,
            by=FAMILY,
            at=held.world.at,
        )


# --- in public ---


def figures():
    from beholden.ledger.queries import entries

    said = [parse(raw, log="events").body for raw in entries("events")]
    return [one for one in said if isinstance(one, ContestsOfMonth)]


def test_each_month_says_in_tens_how_many_were_contested(home, held):
    """D21, D26: said whether anything was contested or not, so that a small town's entry does not move with one."""
    assert held.close_month() == 1
    first, count = figures()[-1], 11
    assert (first.contested, first.reversed, first.upheld, first.late) == (0, 0, 0, 0)
    numbers = [held.contest(place) for place in range(count)]
    for number in numbers[:10]:
        held.decide(number)
    held.world.at += timedelta(days=1)
    assert held.close_month() == 1
    after = figures()[-1]
    assert (after.contested, after.reversed, after.upheld, after.late) == (10, 10, 0, 0)
    assert held.close_month() == 1
    assert figures()[-1].root != after.root
    assert after.band == figures()[-1].band == 64


def test_what_is_decided_too_late_is_counted_for_ever(home, held):
    from beholden.contests.queries import counted

    number = held.contest()
    held.world.at += timedelta(days=MATCHING.limits.contest_days + 1)
    assert counted(held.world.use, before=held.world.at).late == 1
    held.decide(number)
    assert counted(held.world.use, before=held.world.at + timedelta(days=1)).late == 1


def test_the_page_of_the_use_shows_the_figures_and_where_they_stand(home, held):
    from django.test import Client
    from django.test.utils import override_settings

    held.contest()
    held.close_month()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        page = Client().get(f"/uses/{held.world.use}")
        plain = Client().get(f"/uses/{held.world.use}.json").json()
    assert "that was said about fewer than 10 people" in page.content.decode()
    assert plain["contests"]["contested"] == 0


BOUND, MATCHED = "fsck.contests", "fsck.contest"
EVERYWHERE = ("at = at + interval '1 second'", "by = 'x'", "salt = decode(repeat('00', 32), 'hex')")
CHANGES = {
    "contests_contest": {
        **dict.fromkeys(EVERYWHERE, BOUND),
        "adult = '', paper = 'P-1'": BOUND,
        "adult = reverse(adult)": BOUND,
        "decide_by = decide_by + 1": BOUND,
        "why = 'mixed'": BOUND,
        f"person = '{UUID(int=1)}'": MATCHED,
        "use = 'U-2026-0001'": MATCHED,
    },
    "contests_decided": {
        **dict.fromkeys(EVERYWHERE, BOUND),
        "verdict = 'cannot_tell'": BOUND,
        "reason = 'own_record'": BOUND,
        "pair = reverse(pair)": MATCHED,
    },
    "contests_month": dict.fromkeys(
        (
            *("month = month + interval '1 month'", "use = 'U-2026-0001'", "outbox = 1"),
            *("band = 512", "count = count + 1", "root = reverse(root)", "leaves = '\\x00'"),
            *("contested = 10", "reversed = 10", "upheld = 10", "late = 10"),
        ),
        BOUND,
    ),
}


def test_fsck_finds_nothing_wrong_and_every_change(home, held):
    """D27: what is said and decided is bound by its month; figures, leaves and root are made again."""
    from beholden.fsck.tables import check_tables

    for place in range(3):
        number = held.contest(place)
        if place:
            held.decide(number, *(("right", "school") if place == 1 else ("wrong", "document")))
    held.close_day(catalogue=MATCHING)
    held.close_month()
    held.close_day(catalogue=MATCHING)
    assert list(check_tables(home, MATCHING)) == []
    with postgres.connected(home, "owner") as connection:
        for table, of_table in CHANGES.items():
            connection.execute(f"alter table {table} disable trigger user")
            for change, code in of_table.items():
                key = "contest_id" if table == "contests_decided" else "id"
                (first,) = connection.execute(f"select min({key}) from {table}").fetchone()
                columns = [one.name for one in connection.execute(f"select * from {table}").description]
                before = connection.execute(f"select * from {table} where {key} = %s", [first]).fetchone()
                connection.execute(f"update {table} set {change} where {key} = %s", [first])
                assert {one.code for one in check_tables(home, MATCHING)} >= {code}, (table, change)
                back = ", ".join(f"{name} = %s" for name in columns)
                connection.execute(f"update {table} set {back} where {key} = %s", [*before, first])
            connection.execute(f"alter table {table} enable trigger user")
    assert list(check_tables(home, MATCHING)) == []


@pytest.mark.parametrize("table", ["contests_decided", "contests_contest", "contests_month"])
def test_fsck_misses_a_line_that_was_taken_away(home, held, table):
    from beholden.fsck.tables import check_tables

    held.decide(held.contest())
    held.close_month()
    with postgres.connected(home, "owner") as connection:
        for each in ("contests_decided", table):
            connection.execute(f"alter table {each} disable trigger user")
            connection.execute(f"delete from {each}")
    assert {one.code for one in check_tables(home, MATCHING)} & {BOUND, "fsck.contests_missing"}
