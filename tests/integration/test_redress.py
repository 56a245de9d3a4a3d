# SPDX-License-Identifier: Apache-2.0
"""What follows a release: a recipient is told which rows to correct, rest or wipe, and signs for it (D11, D25, D31, D35)."""

import copy
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

import pytest

import homes
from beholden.home import postgres
from beholden.kinds import PersonId
from beholden.refusals import Refusal
from integration.redressed import CLOCK, Held, released, wrong_about_incidents
from integration.world import CATALOGUE, FAMILY, RECIPIENT, REGISTRAR, SECOND, SEED

ITEMS = ("nc_year", "sessions_possible", "session_details")
"""What was asked for, and left."""


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            held = released(tmp_path_factory.mktemp("town"))
            check_ready(held)
        yield home, held


def check_ready(held):
    """What the tests below take for granted: else a message could be empty for another reason than the one it shows."""
    from beholden.register.rows import read

    (row,) = read.of_person(held.people[3])
    assert row.values["nc_year"] not in {"10", "11"}
    assert (row.values["part_time"], row.put_right, row.disputed) == (False, set(), set())
    assert len(held.people) > 20
    said_no = {child.person for child in held.world.open(held.world.letters()[5]).children}
    assert said_no & set(held.people) - {held.people[0]}
    assert "part_time" not in ITEMS
    assert "nc_year" in ITEMS


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def held(prepared, home):
    return copy.deepcopy(prepared[1])


def said(asks):
    return [(ask.do, ask.item, ask.value) for ask in asks]


def refused(code):
    return pytest.raises(Refusal, match=code)


def test_a_day_on_which_nothing_happened_has_a_message_like_any_other(home, held):
    """D31, D13: messages go every day, full or empty, and are of one size: none tells by coming."""
    assert held.day(home) == ()
    held.flag(held.people[0], "hidden")
    assert len(held.day(home)) == 1
    assert held.sizes(home) == {4_096}


def test_a_corrected_value_reaches_whoever_has_the_wrong_one(home, held):
    """D31: the recipient finds the very row by its tag and its pseudonym, and no identity travels."""
    child = held.people[3]
    held.correct(child, "11")
    (ask,) = held.day(home)
    assert said([ask]) == [("correct", "nc_year", "11")]
    assert held.rows(home)[ask.tag]["pseudonym"] == ask.pseudonym.hex()
    assert held.day(home) == ()  # told once


def test_a_corrected_value_is_read_everywhere_from_then_on(home, held):
    """D30: the one view of rows puts it over the file, and says that it did."""
    from beholden.register.rows import read

    child = held.people[3]
    held.correct(child, "11")
    (row,) = read.of_person(child)
    assert row.values["nc_year"] == "11"
    assert row.put_right == {"nc_year"}
    held.correct(child, "10")
    assert read.of_person(child)[0].values["nc_year"] == "10"
    assert set(read.population("SC", "SPR", 2026, ("10",))["person"].to_pylist()) >= {child.bytes}


def test_a_disagreement_travels_with_a_value_that_stands(home, held):
    """D30: refused a correction, the family's words are kept, and the recipient is told of the doubt, not the words."""
    from beholden.register.rows import read

    child = held.people[3]
    before = read.of_person(child)[0].values["nc_year"]
    words = "She was never in that year."
    held.dispute(child, words)
    (row,) = read.of_person(child)
    assert (row.values["nc_year"], row.disputed) == (before, {"nc_year"})
    assert said(held.day(home)) == [("doubt", "nc_year", None)]
    assert words.encode() not in b"".join(path.read_bytes() for path in home.rows.iterdir())


def test_a_disagreement_from_before_the_release_is_told_to_who_got_the_value_then(base_home, tmp_path):
    """D30: the value left with its family against it, and the file does not say so; what was settled is not told."""
    from beholden.register.rows import read

    told = {}

    def before(world):
        earlier = Held(world, "", ())
        out = {child.person for letter in world.letters()[:1] for child in world.open(letter).children}
        ids = read.population("SC", "SPR", 2026)["person"].to_pylist()
        people = [PersonId(UUID(bytes=one)) for one in ids]
        doubted, settled, kept = [one for one in people if one not in out][:2] + sorted(out)[:1]
        for one in (doubted, settled, kept):
            earlier.dispute(one)
        earlier.correct(settled, "11")
        told["doubted"] = doubted
        world.at += timedelta(days=3)

    with homes.clone(base_home) as home:
        held = released(tmp_path, before=before)
        assert told["doubted"] in held.people
        (ask,) = held.day(home)
        assert said([ask]) == [("doubt", "nc_year", None)]
        assert ask.tag in held.rows(home)
        assert held.day(home) == ()


@pytest.mark.parametrize("lost", ["purposes", "items", "exits", "collections"])
def test_of_a_use_that_the_rules_do_not_know_every_row_is_asked_back(home, held, lost):
    """D7, D11: what cannot be weighed any more is not left where it lies; said once, and no value of it is put right."""
    held.correct(held.people[3], "11")
    gone = {"purposes": "public-interest-study", "items": "nc_year", "exits": "extract"}.get(
        lost, "SC/SPR/2026"
    )
    left = {name: one for name, one in getattr(CATALOGUE, lost).items() if name != gone}
    assert len(left) == len(getattr(CATALOGUE, lost)) - 1
    other = replace(CATALOGUE, **{lost: MappingProxyType(left)})
    asks = held.day(home, catalogue=other)
    assert {ask.do for ask in asks} == {"delete"}
    assert {ask.tag for ask in asks} == held.rows(home).keys()
    assert held.day(home, catalogue=other) == ()
    assert held.day(home) == ()


def test_a_familys_words_are_the_registrars_to_read_in_a_trace_and_nobody_elses(home, held):
    """D30: opened by the keeper, after the look stands in the journal; about this fact alone, and printed by no error."""
    from beholden.gate.looks import looks_at
    from beholden.redress.desk import Child, trace
    from beholden.register.actions import statements, with_number_and_birth

    words = "She was never in that year."
    child = held.world.children()[-1]
    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=held.world.at)
    line = held.dispute(person, words)
    held.dispute(person, "It was another.", item="part_time")
    got = trace(Child(child.upn, child.born), "nc_year", catalogue=CATALOGUE, by=REGISTRAR, at=held.world.at)
    assert got.statements == {line: words}
    assert words not in repr(got)
    assert child.upn not in repr(Child(child.upn, child.born))
    assert [look.exit for look in looks_at(person)] == ["trace"]
    for other in (RECIPIENT, CLOCK, FAMILY):
        with refused("register.role"):
            statements(person, "nc_year", by=other, at=held.world.at)


def test_a_correction_of_what_did_not_leave_is_told_to_nobody(home, held):
    held.correct(held.people[3], value=True, item="part_time")
    assert held.day(home) == ()


@pytest.mark.parametrize("flag", ["hidden", "severed"])
def test_a_child_that_is_kept_safe_and_one_that_said_no_look_the_same(home, held, flag):
    """D11, D35: a later *no* and a child kept safe reach back to the copy; the message says what, never why."""
    held.flag(held.people[0], flag)
    out = held.world.keep_out(held.world.letters()[5])
    asks = held.day(home)
    assert {ask.do for ask in asks} == {"delete"}
    assert len(asks) == 1 + len(set(out) & set(held.people) - {held.people[0]}) > 1
    assert {(ask.item, ask.value) for ask in asks} == {(None, None)}
    assert {ask.tag for ask in asks} <= held.rows(home).keys()
    assert held.day(home) == ()  # told once


def test_a_row_that_was_to_go_never_comes_back(home, held):
    """An undone *no* or a flag that ended gives nobody a row that was asked back."""
    held.flag(held.people[0], "hidden", until=held.world.at + timedelta(days=1))
    assert said(held.day(home)) == [("delete", None, None)]
    held.world.at += timedelta(days=2)
    assert held.day(home) == ()
    held.correct(held.people[0], "11")
    assert held.day(home) == ()


def test_a_contested_row_rests_and_is_used_again_when_that_is_over(home, held):
    """D32, UK GDPR Art 18, 19: a restriction is told, and its end too."""
    held.flag(held.people[0], "restricted", until=held.world.at + timedelta(days=2))
    assert said(held.day(home)) == [("restrict", None, None)]
    held.world.at += timedelta(days=2)
    assert said(held.day(home)) == [("lift", None, None)]
    assert held.day(home) == ()


def test_a_message_is_fetched_only_when_the_log_holds_its_day(home, held):
    """Nothing is released before it is logged: until then the file is not given, and cannot be signed for."""
    from beholden.redress.actions.messages import close_day
    from beholden.redress.queries import waiting_for

    day = held.world.at.date()
    held.world.at += timedelta(days=1)
    close_day(day, catalogue=CATALOGUE, by=CLOCK, at=held.world.at)
    assert waiting_for("northford") == ()
    held.world.at += timedelta(seconds=1)
    from beholden.ledger.actions import sequence

    sequence(at=held.world.at)
    assert len(waiting_for("northford")) == 1


def test_a_recipient_signs_for_it_and_what_is_late_is_public(home, held):
    """D25, D31: how many messages went, are signed for and are late; no child moves any of these figures."""
    from beholden.redress.queries import overdue, standing

    use, on = held.world.use, held.world.at.date()
    held.day(home)
    ((raw, message),) = held.read(home)
    assert standing(use, on=on) == type(standing(use, on=on))(1, 0, 0)
    late = message.do_by + timedelta(days=1)
    assert standing(use, on=late).late == 1
    assert overdue(on=late) == (("northford", use, 1),)
    for _ in range(2):
        held.sign(raw, message)
    assert (standing(use, on=late).done, standing(use, on=late).late) == (1, 0)
    assert overdue(on=late) == ()
    assert held.read(home) == []


def test_no_other_word_is_taken_for_the_recipients_own(home, held):
    from beholden.kinds import Actor, Role

    held.day(home)
    ((raw, message),) = held.read(home)
    with refused("gate.message_done"):
        held.sign(raw, message, seed=bytes(32))
    with refused("redress.no_such_message"):
        held.sign(raw + b"x", message)
    with refused("redress.no_such_message"):
        held.sign(raw, message, by=Actor("recipient-2", Role.RECIPIENT, "welfare"))
    with refused("redress.role"):
        held.sign(raw, message, by=REGISTRAR)
    assert len(held.read(home)) == 1


def test_what_is_certified_to_be_wiped_gets_no_message_and_owes_none(home, held):
    """D25: a certificate of destruction closes what was open, and nothing more is asked of a copy that is gone."""
    from beholden.redress.queries import overdue, standing
    from beholden.uses import actions as uses
    from beholden.uses.models import Use
    from beholden.uses.papers import newest
    from beholden.uses.rules import Certificate
    from beholden.uses.rules.ending import sign

    held.day(home)
    use = held.world.use
    agreement = newest(Use.objects.get(pk=use), "agreement").body["digest"]
    certificate = Certificate(use, agreement, held.world.at.date(), "Wiped.", "Every copy is gone.")
    uses.certify(
        use,
        certificate=certificate,
        signature=sign(certificate, seed=SEED),
        by=RECIPIENT,
        at=held.world.at,
    )
    held.flag(held.people[0], "hidden")
    held.close_day()
    assert held.read(home) == []
    assert standing(use, on=held.world.at.date() + timedelta(days=99)) == type(
        standing(use, on=held.world.at.date())
    )(1, 0, 0)
    assert overdue(on=held.world.at.date() + timedelta(days=99)) == ()


def test_the_day_in_the_log_is_equal_but_for_hashes_whatever_one_family_did(prepared):
    """D13: the public entry of a day with a *no* and a correction, and of one without, differ in hashes alone."""
    from beholden.ledger.queries import spoken

    entries = []
    for happens in (False, True):
        with homes.copied(prepared[0]) as home:
            held = copy.deepcopy(prepared[1])
            if happens:
                held.correct(held.people[3], "11")
                held.world.keep_out(held.world.letters()[5])
            held.close_day()
            held.close_day()
            entries.append([row.says.to_json() for row in spoken("events", "redress")])
            entries[-1].append(held.sizes(home))
    plain, changed = entries
    for one in (*plain[:-1], *changed[:-1]):
        del one["corrections"], one["messages"]
    assert plain == changed


def test_a_message_that_cannot_be_written_stops_no_other_and_is_missed(home, held, caplog):
    """What would have been said today is found again tomorrow, because what holds is asked and not what happened."""
    from beholden.gate.models import Decision
    from beholden.redress.queries import waiting_for

    child = held.people[0]
    held.flag(child, "hidden")
    kept = home.sets / Decision.objects.get().released.path
    raw = kept.read_bytes()
    kept.write_bytes(raw[:-1] + b"\x00")
    held.close_day()
    assert waiting_for("northford") == ()
    assert "gate.set_changed" in caplog.text
    kept.write_bytes(raw)
    assert said(held.day(home)) == [("delete", None, None)]


def test_who_may_put_a_value_right_and_to_what(home, held):
    """D30: the registrar, a value that a return could have had, of a row that is held."""
    from beholden.register.actions import About, correct
    from beholden.register.rules import Evidence

    child = held.people[3]
    about = held.about(child)

    def to(value, about=about, by=REGISTRAR):
        correct(about, value, evidence=Evidence.SCHOOL, catalogue=CATALOGUE, by=by, at=held.world.at)

    with refused("register.role"):
        to("11", by=RECIPIENT)
    for wrong in ("no such year", 11, True, ""):
        with refused("register.correction"):
            to(wrong)
    with refused("register.correction"):
        to("2", held.about(child, "session_details"))
    with refused("register.no_such_value"):
        to("11", About(child, type(about.place)("SC", "SPR", 2026, "9999999"), "nc_year"))


def test_every_place_is_traced_and_the_look_is_written_down(home, held):
    """D31: lists, messages and their state; the trace itself stands in the journal before it is shown."""
    from beholden.gate.looks import looks_at
    from beholden.redress.desk import Child, trace

    child = held.world.children()[-1]
    born = Child(child.upn, child.born)
    got = trace(born, "nc_year", catalogue=CATALOGUE, by=REGISTRAR, at=held.world.at)
    ((went),) = got.places.handovers
    assert (went.recipient, went.disclosure) == ("northford", held.disclosure)
    assert went.with_item == went.in_list
    (look,) = got.places.singles
    assert (look.exit, look.by) == ("trace", REGISTRAR.ref)
    other = trace(born, "part_time", catalogue=CATALOGUE, by=REGISTRAR, at=held.world.at)
    assert not other.places.handovers[0].with_item
    person = next(one for one in held.people if len(looks_at(one)) == 2)
    held.correct(person, "11")
    held.day(home)
    told = trace(born, "nc_year", catalogue=CATALOGUE, by=REGISTRAR, at=held.world.at)
    assert [(one.do.value, one.done_at) for one in told.told] == [("correct", None)]
    assert len(told.corrections) == 1
    with refused("redress.role"):
        trace(born, "nc_year", catalogue=CATALOGUE, by=RECIPIENT, at=held.world.at)


def test_after_a_change_of_power_a_row_is_still_named_by_its_tag(home, held, tmp_path):
    """D31, D34: in a message and in a file that got out, by the key that made the list and not only by the one of now."""
    from pyarrow import csv

    from beholden.gate.actions.tracing import whose
    from beholden.register.actions import renew_proof

    child = held.people[3]
    renew_proof(child, by=REGISTRAR, at=held.world.at)
    renew_proof(child, by=REGISTRAR, at=held.world.at)
    held.correct(child, "11")
    (ask,) = held.day(home)
    assert held.rows(home)[ask.tag]["pseudonym"] == ask.pseudonym.hex()
    leaked = tmp_path / "leaked.csv"
    tags = [tag.hex() for tag in held.rows(home)]
    csv.write_csv(
        held.world.parcel(home, held.disclosure).rows.select(["nc_year"]).append_column("row", [tags]), leaked
    )
    (match,) = whose(leaked, by=REGISTRAR, at=held.world.at)
    assert (match.rows, match.filling, match.people) == (len(held.people), 0, set(held.people))


@pytest.mark.parametrize("form", ["age", "parquet", "csv", "no tags"])
def test_a_leaked_file_names_its_handover_and_who_is_in_it(home, held, tmp_path, form):
    """D34: by parcel, tags or pseudonyms; how many rows, and the persons as ids for the registrar alone."""
    import pyarrow.parquet as pq
    from pyarrow import csv

    from beholden.gate.actions.tracing import whose
    from beholden.gate.queries import released_file

    rows = held.world.parcel(home, held.disclosure).rows
    leaked = tmp_path / "leaked"
    if form == "age":
        leaked.write_bytes((home.released / released_file(held.disclosure)).read_bytes())
    elif form == "parquet":
        pq.write_table(rows.slice(0, 5), leaked)
    else:
        some = rows.slice(0, 5).select(["pseudonym", "nc_year"])
        if form == "csv":
            tags = [one.hex() for one in rows["tag"].to_pylist()[:5]]
            some = some.drop_columns(["pseudonym"]).append_column("row", [tags])
        csv.write_csv(some, leaked)
    (match,) = whose(leaked, by=REGISTRAR, at=held.world.at)
    how = {"age": "parcel", "parquet": "tags", "csv": "tags", "no tags": "pseudonyms"}[form]
    wanted = len(held.people) if form == "age" else 5
    assert (match.disclosure, match.recipient, match.how) == (held.disclosure, "northford", how)
    assert (match.rows, match.filling, match.of) == (wanted, 0, len(held.people))
    assert match.people <= set(held.people)
    assert len(match.people) == wanted


def test_a_file_of_somebody_else_fits_nothing(held, tmp_path):
    from beholden.gate.actions.tracing import whose

    strange = tmp_path / "strange.csv"
    strange.write_text("a,b\n" + "ab" * 16 + ",1\n")
    assert whose(strange, by=REGISTRAR, at=held.world.at) == ()
    strange.write_bytes(b"PAR1 and no more")
    with refused("gate.leak_unreadable"):
        whose(strange, by=REGISTRAR, at=held.world.at)


def exposed(held, **changes):
    from beholden.redress.incidents import Exposed

    said = {
        "what": "A file was left on a train.",
        "known_at": held.world.at,
        "use": held.world.use,
        "disclosure": held.disclosure,
        "people": frozenset(held.people[:5]),
    }
    return Exposed(**(said | changes))


def opened(held, *, breach=False, by=REGISTRAR, **changes):
    from beholden.redress.actions.incidents import open_incident

    return open_incident(
        exposed(held, **changes), breach=breach, catalogue=CATALOGUE, by=by, at=held.world.at
    )


def test_an_incident_is_public_from_its_first_hour_and_its_hours_run(home, held):
    """D34, UK GDPR Art 33, 34: what, how many in a band, by when the regulator is told; late is late for ever."""
    from beholden.redress.actions.incidents import move_on
    from beholden.redress.incidents import incidents, people_of

    ref = opened(held)
    (one,) = incidents(at=held.world.at, use=held.world.use)
    assert (one.ref, one.state, one.at_most, one.late) == (ref, "opened", 64, False)
    assert one.tell_by - held.world.at == timedelta(hours=72)
    assert people_of(ref, by=REGISTRAR) == tuple(sorted(held.people[:5]))
    with refused("redress.incident_step"):
        move_on(ref, "people_told", by=REGISTRAR, at=held.world.at)
    held.world.at += timedelta(hours=72, seconds=1)
    assert incidents(at=held.world.at)[0].late
    for state in ("regulator_told", "people_told", "closed"):
        move_on(ref, state, by=REGISTRAR, at=held.world.at)
    (one,) = incidents(at=held.world.at)
    assert (one.state, one.late) == ("closed", True)
    with refused("redress.incident_step"):
        move_on(ref, "closed", by=REGISTRAR, at=held.world.at)
    with refused("redress.role"):
        people_of(ref, by=RECIPIENT)
    with refused("redress.incident"):
        opened(held, what=" ")


def test_a_breach_is_written_down_with_its_incident_or_not_at_all(home, held):
    """D25, D34: the use is breached in the same transaction; its rows are still followed until they are wiped."""
    from beholden.redress.incidents import incidents
    from beholden.uses.queries import asked

    ref = opened(held, breach=True)
    assert asked(held.world.use).state.value == "breached"
    assert opened(held, breach=True, by=SECOND) == ref
    assert len(incidents(at=held.world.at)) == 1
    assert held.day(home) == ()


def test_a_second_press_leads_to_the_first_incident(home, held):
    """D34: the same file from the same handover is one incident, whoever opens it and in whatever words."""
    from beholden.redress.incidents import incidents

    ref = opened(held, file="ab" * 32)
    later = held.world.at - timedelta(hours=1)
    assert opened(held, file="ab" * 32, by=SECOND, what="It turned up again.", known_at=later) == ref
    with refused("redress.incident_people"):
        opened(held, file="ab" * 32, people=frozenset(held.people[:6]))
    assert len(incidents(at=held.world.at)) == 1
    plain = opened(held)
    assert opened(held, by=SECOND) == plain
    others = [
        opened(held, file="cd" * 32),
        opened(held, what="Another file was left on a train."),
        opened(held, people=frozenset(held.people[:6])),
    ]
    assert len({ref, plain, *others}) == len(incidents(at=held.world.at)) == 5
    assert wrong_about_incidents() == set()


def told_on_own_page(held, letter):
    """What one letter's bearer reads of incidents after the second step, by child."""
    from beholden.rights.family import enter, overview
    from beholden.rights.record import Shown

    world = held.world
    shown = Shown(letter[1], letter[2], world.seconds[letter[0]])
    own = enter(shown, catalogue=CATALOGUE, at=world.at).own_code
    page = overview(Shown(letter[1], letter[2], own), catalogue=CATALOGUE, at=world.at)
    return {one.ref: [wrong for wrong in page.went_wrong if wrong.child == one.ref] for one in page.children}


HIGH = {
    "items": ("nc_year", "sessions_possible"),
    "means": "Somebody could find out how often a child was away.",
    "doing": "The file is back. We ask who read it.",
}


def high(held, ref, *, by=REGISTRAR, **changes):
    from beholden.redress.actions.incidents import say_high_risk

    say_high_risk(ref, **(HIGH | changes), catalogue=CATALOGUE, by=by, at=held.world.at)


def test_families_read_of_a_high_risk_at_once_and_nobody_else_does(home, held):
    """D34, UK GDPR Art 34(2): what, which facts, what it may mean, what is done; for each child in it, and no other."""
    from beholden.redress.incidents import incidents, warned_of

    out, *letters = held.world.letters()  # the first one's children are in no handover
    mine = next(one for one in letters if set(held.world.open(one).children) and about(held, one))
    ref = opened(held, people=frozenset(about(held, mine)[:1]))
    assert warned_of(at=held.world.at) == ()
    for wrong in ({"items": ()}, {"items": ("nc_year", "nc_year")}, {"means": " "}, {"doing": ""}):
        with refused("redress.notice"):
            high(held, ref, **wrong)
    with refused("catalogue.unknown_item"):
        high(held, ref, items=("no_such_fact",))
    with refused("redress.role"):
        high(held, ref, by=RECIPIENT)
    high(held, ref)
    with refused("redress.incident_step"):
        high(held, ref)
    read = told_on_own_page(held, mine)
    ((one,),) = [some for some in read.values() if some]
    assert (one.incident, one.what, one.means, one.doing) == (
        ref, "A file was left on a train.", HIGH["means"], HIGH["doing"],
    )  # fmt: skip
    assert one.facts == tuple(CATALOGUE.item(item).label for item in HIGH["items"])
    assert not any(told_on_own_page(held, out).values())
    (warning,) = warned_of(at=held.world.at)
    assert (warning.ref, warning.high_risk, warning.people_told, warning.named) == (ref, True, False, True)
    assert (incidents(at=held.world.at)[0].state, wrong_about_incidents()) == ("high_risk", set())


def about(held, letter):
    """The children of a letter, by internal id, whose rows left."""
    return [one.person for one in held.world.open(letter).children if one.person in held.people]


def test_a_high_risk_is_not_closed_before_the_people_were_told(home, held):
    """D34: and where it is not high, nobody has to say that they were."""
    from beholden.redress.actions.incidents import move_on
    from beholden.redress.incidents import incidents, told_of, warned_of

    def step(ref, state):
        move_on(ref, state, by=REGISTRAR, at=held.world.at)

    small, ref = opened(held, what="A small thing."), opened(held)
    step(small, "regulator_told")
    step(small, "closed")
    with refused("redress.incident_step"):
        step(small, "people_told")
    high(held, ref)
    step(ref, "regulator_told")
    with refused("redress.notice"):
        step(ref, "high_risk")
    with refused("redress.incident_step"):
        step(ref, "closed")
    step(ref, "people_told")
    step(ref, "closed")
    assert (warned_of(at=held.world.at), len(told_of(held.people[:5]))) == ((), 5)
    assert told_of(held.people[5:7]) == {}
    high(held, small)  # found out afterwards: they are told all the same
    assert [one.ref for one in warned_of(at=held.world.at)] == [small], "closed, and warned of till they are"
    step(small, "people_told")
    assert warned_of(at=held.world.at) == ()
    (_, late) = incidents(at=held.world.at)
    assert (late.ref, late.closed, late.high_risk, late.people_told) == (small, True, True, True)


def test_whoever_was_told_before_the_risk_was_known_is_told_of_it_too(home, held):
    """D34, UK GDPR Art 34: whoever was told of an incident was not told that it can do harm."""
    from beholden.redress.actions.incidents import move_on
    from beholden.redress.incidents import incidents, warned_of

    def step(state):
        move_on(ref, state, by=REGISTRAR, at=held.world.at)

    def told():
        (one,) = incidents(at=held.world.at)
        return one.people_told

    ref = opened(held)
    step("regulator_told")
    step("people_told")
    assert told()
    with refused("redress.incident_step"):
        step("people_told")
    high(held, ref)
    assert not told()
    with refused("redress.incident_step"):
        step("closed")
    step("people_told")
    assert told()
    with refused("redress.incident_step"):
        step("people_told")
    step("closed")
    assert (incidents(at=held.world.at)[0].state, warned_of(at=held.world.at)) == ("closed", ())
    assert wrong_about_incidents() == set()


def test_what_families_were_told_is_what_the_log_commits_to(home, held):

    ref = opened(held)
    high(held, ref)
    with postgres.connected(home, "cluster") as connection:
        connection.execute("set session_replication_role = replica")  # whom no trigger stops
        for column, other in (("doing", "Nothing."), ("means", "Nothing."), ("items", "[]")):
            (said,) = connection.execute(f"select {column}::text from redress_highrisk").fetchone()
            for text, codes in ((other, {"incident"}), (said, set())):
                kind = "jsonb" if column == "items" else "text"
                connection.execute(f"update redress_highrisk set {column} = %s::text::{kind}", [text])
                assert wrong_about_incidents() == codes
        connection.execute("delete from redress_highrisk")
        assert wrong_about_incidents() == {"incident"}


def test_the_doors_see_figures_and_incidents_and_nothing_of_anybodys_row(home, held):
    """D25, D36: what the public page shows, the doors' own role can read; whom it is about, it cannot."""
    from django.db import ProgrammingError

    from beholden.redress.incidents import incidents
    from beholden.redress.models import Affected, Asked, Day, HighRisk
    from beholden.redress.queries import standing
    from beholden.register.rows.models import Correction
    from beholden.settings import found

    ref = opened(held)
    held.day(home)
    with found.acting_as(home, "web"):
        assert standing(held.world.use, on=held.world.at.date()).sent == 1
        assert [one.ref for one in incidents(at=held.world.at, use=held.world.use)] == [ref]
        for closed in (Affected, Asked, Day, Correction, HighRisk):
            with pytest.raises(ProgrammingError, match="permission denied"):
                closed.objects.first()
