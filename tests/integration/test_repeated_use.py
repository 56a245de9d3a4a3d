# SPDX-License-Identifier: Apache-2.0
"""A use that recurs is told and decided afresh each time, for everybody; each run is proved apart.

D6, D7, D11, D12, D14, D15, D21, D25, D28, D31, D45.
"""

import copy
from datetime import timedelta

import pytest

import homes
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from integration.redressed import CLOCK
from integration.repeated import RULES, YEAR, Yearly, first_run
from integration.replayed import audit, enrolled
from integration.world import APPLICANT, RECIPIENT, REGISTRAR


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """A pupil who comes in the second year, and one who has left by then; no letter is about both."""
    town = Yearly(tmp_path_factory.mktemp("probe"), catalogue=RULES)
    handles = [handle.numbers for handle in town.handles(town.town.schools[0]) if len(handle.numbers) == 1]
    each = list(dict.fromkeys(one[0] for one in handles))
    return each[0], each[1]


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory, numbers):
    """A yearly study after its first run."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, parcel = first_run(tmp_path_factory.mktemp("town"), home, without=numbers[:1])
        yield home, world, parcel


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def world(prepared, home):
    return copy.deepcopy(prepared[1])


def next_year(world, year, **returned):
    world.pass_to(world.at + YEAR)
    world.returned(year, **returned)


def account(world, person):
    """What the family's own verifier says of its file."""
    from beholden.gate.actions.proving import bundle

    return verify(bundle(person, by=REGISTRAR, at=world.at))


def listed(world, person):
    found = account(world, person)
    return len(found.present), len(found.absent)


def handovers(world):
    from beholden.gate.models import Disclosure

    return list(Disclosure.objects.filter(decision__use=world.use).order_by("decision_id"))


def state(world):
    from beholden.uses.queries import asked

    return asked(world.use).state.value


@pytest.fixture
def clean(capsys, tmp_path):
    """Everything in the home agrees with everything else, and whoever watches from outside hears no alarm."""

    def look(world, home):
        from beholden.cli.fsck import run
        from beholden.cli.logs import export
        from beholden.ledger.actions import sequence
        from beholden.reportcard.watching import watch

        sequence(at=world.at)
        capsys.readouterr()
        assert run(home.root, offline=False, as_json=True) == 0, capsys.readouterr().out
        copied = tmp_path / "copy"
        export(home.root, copied)
        keys = [(copied / log / "vkey").read_text().strip() for log in ("events", "handovers")]
        assert watch(copied, keys=keys, before=None, on=world.at.date())[1] == ()

    return look


def test_three_runs_with_a_newcomer_a_leaver_a_no_and_an_empty_run(world, home, numbers, prepared, clean):
    """D6, D11, D28: who is in is decided each time by what holds then, and every family can prove where it was."""
    newcomer, leaver = numbers
    letters = world.letters()
    gone = world.person(world.letter_of(leaver))
    says_no = next(one for one in letters if not set(one[3]) & set(numbers) and len(one[3]) == 1)
    stays = next(
        one for one in letters[::-1] if len(one[3]) == 1 and not set(one[3]) & {*numbers, *says_no[3]}
    )
    refuses, remains = world.person(says_no), world.person(stays)
    world.keep_out(says_no)
    next_year(world, 2027, without=(leaver,))
    assert world.again() == 2
    assert world.again() == 2, "pressed twice, it is begun once"
    told, audience = world.told(only=(newcomer,))
    assert told <= audience == len(world.children()) - 1
    came = world.person(world.letter_of(newcomer))
    second = world.confirmed(home, world.released())
    assert listed(world, refuses) == (1, 1)
    assert listed(world, gone) == (1, 1)
    assert listed(world, remains) == (2, 0)
    assert listed(world, came) == (1, 0), "whoever has no key in a registry is in no list under it"
    first = prepared[2]
    assert not set(first.rows["pseudonym"].to_pylist()) & set(second.rows["pseudonym"].to_pylist())
    for letter in world.letters():
        world.keep_out(letter)
    next_year(world, 2028)
    assert world.again() == 3
    world.told(only=())
    third = world.confirmed(home, world.released())
    assert third.rows.num_rows == 0
    assert len(third.padding) == len(world.children()), "a run with nobody in it looks like any other"
    assert listed(world, remains) == (2, 1)
    assert listed(world, came) == (1, 1)
    assert len({one.decision.registry_id for one in handovers(world)}) == 3, "each run has its own registry"
    assert [one.header["population"] for one in handovers(world)] == [
        f"SC/SPR/{year}" for year in (2026, 2027, 2028)
    ]
    enrolled(world)
    for one, parcel in zip(handovers(world), (first, second, third), strict=True):
        made = audit(world, one.id, parcel.rows)
        assert (made.agrees, made.found.rows) == (True, parcel.rows.num_rows), (
            "each run is made again as it was"
        )
    assert account(world, refuses).audited == (2, 3)
    clean(world, home)


def test_whoever_came_since_is_told_first_with_the_whole_time_to_answer(world, numbers):
    """D6: until the newcomer has the letter and the window is over, nothing is decided for anybody."""
    from beholden.gate.actions.deciding import decide, snapshot_registry
    from beholden.uses.actions import take_up_window

    next_year(world, 2027)
    world.again()
    with refused("uses.not_told"):
        take_up_window(world.use, by=REGISTRAR, at=world.at)
    told, audience = world.told(only=(numbers[0],))
    assert told == audience - (len(world.children()) - world.reachable()), "who was told before stays told"
    snapshot_registry(by=REGISTRAR, at=world.at)
    with refused("uses.window_open"):
        decide(world.use, catalogue=RULES, by=REGISTRAR, at=world.answer_by)


def test_whoever_came_since_and_was_not_told_is_left_out(world, home, numbers):
    """D6: the letters of the first run say nothing to a family that came later."""
    next_year(world, 2027)
    world.again()
    world.told(only=())
    parcel = world.confirmed(home, world.released())
    assert parcel.rows.num_rows == world.reachable() - 1
    assert len(parcel.padding) == len(world.children()) - parcel.rows.num_rows


def test_a_no_between_two_runs_reaches_the_earlier_copy_and_the_next_list(world, home):
    """D11, D31: the message about the first copy stands; in the new list the row was never there to be asked back."""
    from beholden.gate import message_key
    from beholden.gate.message import unlock
    from beholden.redress.actions.messages import close_day
    from beholden.redress.queries import said_of
    from integration.world import IDENTITY

    letter = next(one for one in world.letters() if len(one[3]) == 1)
    person = world.person(letter)
    (first,) = handovers(world)
    rows = {row["tag"]: row["pseudonym"] for row in world.parcel(home, first.id).rows.to_pylist()}
    world.keep_out(letter)
    closed_day(world)
    done_all(world, home)
    next_year(world, 2027)
    world.again()
    world.told(only=())
    world.confirmed(home, world.released())
    second = handovers(world)[1]
    closed_day(world)
    asked = said_of(person)
    assert [(one.disclosure, one.do.value) for one in asked] == [(first.id, "delete")]
    assert listed(world, person) == (1, 1)
    key = message_key.public()
    asks = [
        ask
        for path in sorted(home.messages.iterdir())
        for message in [unlock(path.read_bytes(), identity=str(IDENTITY), key=key)]
        for ask in message.asks
    ]
    assert [rows[ask.tag] for ask in asks] == [ask.pseudonym.hex() for ask in asks]
    assert {one.pk for one in handovers(world)} == {first.id, second.id}
    assert close_day(world.at.date() - timedelta(days=1), catalogue=RULES, by=CLOCK, at=world.at) is None


def closed_day(world):
    from datetime import UTC, datetime, time

    from beholden.ledger.actions import sequence
    from beholden.redress.actions.messages import close_day

    day = world.at.date()
    world.at = datetime.combine(day + timedelta(days=1), time(0, 5), UTC)
    close_day(day, catalogue=RULES, by=CLOCK, at=world.at)
    sequence(at=world.at)


def done_all(world, home):
    """Let the recipient sign for everything that it was asked to do."""
    from beholden.gate import message_key
    from beholden.gate.message import sign_done, unlock
    from beholden.redress.actions.messages import done
    from beholden.redress.queries import waiting_for
    from integration.world import IDENTITY, SEED

    for one in waiting_for("northford"):
        raw = (home.messages / one.file).read_bytes()
        message = unlock(raw, identity=str(IDENTITY), key=message_key.public())
        done(sign_done(raw, message, seed=SEED), by=RECIPIENT, at=world.at)


def test_a_child_kept_safe_since_is_in_no_later_list(world, home):
    """D35: safety flags are asked anew, each time."""
    from beholden.people.actions import flag

    person = world.person(world.letters()[0])
    flag(person, "hidden", by=REGISTRAR, at=world.at)
    next_year(world, 2027)
    world.again()
    world.told(only=())
    world.confirmed(home, world.released())
    assert listed(world, person) == (1, 1)


def test_nobody_releases_a_later_run_alone(world):
    """Each clearing has its own second officer: the first run's countersignature is worth nothing now."""
    from beholden.gate.actions import deciding, releasing

    next_year(world, 2027)
    world.again()
    world.told(only=())
    world.pass_to(world.answer_by + timedelta(days=1))
    with refused("gate.no_registry"):
        deciding.decide(world.use, catalogue=RULES, by=REGISTRAR, at=world.at)
    deciding.snapshot_registry(by=REGISTRAR, at=world.at)
    decision = deciding.decide(world.use, catalogue=RULES, by=REGISTRAR, at=world.at)
    with refused("uses.second_officer"):
        releasing.release_use(world.use, decision, catalogue=RULES, by=REGISTRAR, at=world.at)


@pytest.mark.parametrize("role", [RECIPIENT, APPLICANT, CLOCK])
def test_only_a_registrar_begins_a_run(world, role):
    from beholden.redress.actions.repeating import run_again

    next_year(world, 2027)
    with refused("gate.role"):
        run_again(world.use, catalogue=RULES, by=role, at=world.at)


# --- what may not run again, each by its own code ---


def early(world, home):
    world.pass_to(world.at + timedelta(days=364))


def past_term(world, home):
    world.pass_to(world.at + timedelta(days=4 * 365))


def nearly_over(world, home):
    from beholden.uses.actions import expire_due

    world.pass_to(world.at + timedelta(days=4 * 365))
    expire_due(catalogue=RULES, by=CLOCK, at=world.at)
    assert state(world) == "expiring"


def sold(world, home):
    from beholden.uses.actions import recipient_changed

    next_year(world, 2027)
    recipient_changed("northford", how="sold", by=REGISTRAR, at=world.at)


def amended(world, home):
    """The first use runs no more once its amendment has left."""
    old = world.use
    world.use = world.another(
        amends=old, why="To learn what helps children come back to school, and what does not."
    )
    world.told()
    world.confirmed(home, world.released())
    world.use = old
    world.pass_to(world.at + YEAR)
    world.returned(2027)


def no_newer_return(world, home):
    world.pass_to(world.at + YEAR)


def late_message(world, home):
    closed_day(world)
    next_year(world, 2027)


def owes_a_certificate(world, home):
    """Another use of the same recipient was stopped, and what it handed over is not certified to be wiped."""
    from beholden.uses.actions import suspend

    mine = world.use
    world.use = world.another(title="Another study")
    world.told()
    world.confirmed(home, world.released())
    suspend(world.use, why="The study was given up.", by=REGISTRAR, at=world.at)
    world.use = mine
    next_year(world, 2027)


NOT_AGAIN = {
    "early": (early, "uses.run_early"),
    "past its term": (past_term, "uses.run_past_term"),
    "nearly over": (nearly_over, "uses.run_past_term"),
    "recipient sold": (sold, "uses.run_stopped"),
    "amended": (amended, "uses.run_amended"),
    "no newer return": (no_newer_return, "gate.run_no_return"),
    "a message is late": (late_message, "redress.run_messages_late"),
    "a certificate is overdue": (owes_a_certificate, "uses.run_overdue"),
}


@pytest.mark.parametrize("why", NOT_AGAIN)
def test_what_may_not_run_again_is_refused_by_its_own_code_and_says_what_to_do(world, home, why):
    """D7, D25, D31, D45: and nothing has changed."""
    play, code = NOT_AGAIN[why]
    play(world, home)
    stood = state(world)
    with refused(code) as no:
        world.again()
    assert no.value.next_step
    assert state(world) == stood


def test_a_run_that_is_begun_stays_begun_where_a_message_is_late_by_then(world):
    """Pressed twice, it is begun once; what became late in between is not held against what was begun in time."""
    from beholden.redress.queries import standing

    running(world)
    closed_day(world)
    world.pass_to(world.at + timedelta(days=30))
    assert standing(world.use, on=world.at.date()).late
    assert world.again() == 2


def test_a_run_waits_for_the_recipients_word_on_the_one_before(world, home):
    next_year(world, 2027)
    world.again()
    world.told(only=())
    disclosure = world.released()
    next_year(world, 2028)
    with refused("gate.run_unconfirmed"):
        world.again()
    world.confirmed(home, disclosure)
    assert world.again() == 3


def test_a_run_waits_while_the_recipient_says_that_it_got_another_list(world, home):
    """The most important word of all: what it says went is not what the log says went."""
    from beholden.gate.actions.proving import confirm
    from beholden.gate.check import public_log
    from beholden.ledger.confirmation import sign
    from beholden.ledger.verify import subject
    from integration.world import SEED

    next_year(world, 2027)
    world.again()
    world.told(only=())
    disclosure = world.released()
    parcel = world.parcel(home, disclosure)
    about = subject(public_log().intent(disclosure).body)
    word = sign(about, row_tags=(*parcel.tags, bytes(16)), padding=parcel.padding, seed=SEED)
    confirm(disclosure, word, by=RECIPIENT, at=world.at)
    next_year(world, 2028)
    with refused("gate.run_disagrees"):
        world.again()


# --- what may happen while it runs again ---


def running(world):
    next_year(world, 2027)
    world.again()


def test_a_run_is_left_off_and_begun_anew(world, home, clean):
    """What left before stays as agreed; the reason is public, and so is each run."""
    from beholden.uses.actions import leave_off
    from beholden.uses.papers import public_papers

    running(world)
    with refused("uses.no_reason"):
        leave_off(world.use, why=" ", by=REGISTRAR, at=world.at)
    for why in ("Too few schools have sent their return.", "Pressed twice, it is left off once."):
        leave_off(world.use, why=why, by=REGISTRAR, at=world.at)
    assert state(world) == "in_use"
    clean(world, home)
    assert world.again() == 3
    world.told(only=())
    world.confirmed(home, world.released())
    kinds = [paper.kind for paper in public_papers(world.use)]
    assert kinds.count("run") == 2
    assert kinds.count("left_off") == 1
    clean(world, home)


def stands(world):
    """What each room reads of a use: its run, what that is about and since when, and which schools are in scope."""
    from beholden.uses.held import held_uses
    from beholden.uses.models import Use
    from beholden.uses.papers import schools_in_scope
    from beholden.uses.queries import about, asked

    use = asked(world.use)
    held = next(one for one in held_uses() if one.ref == world.use)
    shown = {year for year in (2026, 2027) if about("SC", "SPR", year, RULES)}
    since = use.run, use.population, use.run_began
    return *since, held.at(world.at).population, schools_in_scope(Use.objects.get(pk=world.use)), shown


def test_once_a_run_is_left_off_everything_is_about_the_one_before(world):
    """D28, D29: nothing was handed over of the later return, so no school is heard for it and no row is looked up in it."""
    from beholden.uses.actions import leave_off

    before = stands(world)
    assert before[3] == "SC/SPR/2026"
    world.files = world.files[:1]
    running(world)
    now = stands(world)
    assert [was != one for was, one in zip(before, now, strict=True)] == [True] * 6
    leave_off(world.use, why="Too few schools have sent their return.", by=REGISTRAR, at=world.at)
    assert stands(world) == before


def test_it_cannot_be_taken_back_as_if_nothing_had_left(world):
    """D25: what has left is wiped and signed for, also while it is being decided again."""
    from beholden.uses.actions import withdraw

    running(world)
    with refused("uses.records_held"):
        withdraw(world.use, by=APPLICANT, at=world.at)


def test_the_recipient_may_wipe_while_it_runs_again_and_that_ends_it(world):
    from django.test import Client

    from beholden.redress.queries import followed
    from beholden.uses.queries import public_use
    from integration.use_steps import certify

    running(world)
    assert {one.use for one in followed()} == {world.use}, "the earlier copy is followed all the while"
    certify(world, world.use)
    assert state(world) == "destroyed"
    assert followed() == ()
    assert public_use(world.use, RULES).recurs.over
    page = Client().get(f"/uses/{world.use}").content.decode()
    assert "It is over, and does not come again." in page
    assert "It comes again" not in page
    assert page.count("too few to say") == 1


def test_its_term_ends_also_while_it_runs_again(world):
    from beholden.uses.actions import expire_due
    from beholden.uses.queries import public_use

    running(world)
    assert not public_use(world.use, RULES).recurs.over
    world.pass_to(world.at + timedelta(days=3 * 365))
    assert expire_due(catalogue=RULES, by=CLOCK, at=world.at) == (world.use,)
    assert public_use(world.use, RULES).recurs.over


def test_schools_can_bring_a_run_before_the_panel_and_its_no_stops_the_use(world):
    """D29: a no of the panel to what has left before is no refusal of a request: every copy is to be wiped."""
    from beholden.redress.queries import holds_copy
    from beholden.uses.actions import school_objects
    from beholden.uses.models import Use
    from beholden.uses.papers import open_objections, public_papers
    from beholden.uses.rules import Says

    running(world)
    for path in world.files:
        sender = world.sender(path)
        stands = school_objects(world.use, reason="Small.", catalogue=RULES, by=sender, at=world.at)
    assert stands.value == "panel"
    from beholden.uses.actions import hear_children

    hear_children(world.use, who="A council.", view="Enough.", by=REGISTRAR, at=world.at)
    replies = dict.fromkeys(open_objections(Use.objects.get(pk=world.use)), "You are right.")
    assert world.heard(world.use, says=Says.NO, replies=replies).value == "suspended"
    assert world.panel_closed(world.use, replies=replies).value == "suspended", (
        "pressed twice, it is closed once"
    )
    assert [one.kind for one in public_papers(world.use)].count("stop") == 1
    assert holds_copy(world.use)
    with refused("uses.run_stopped"):
        world.again()


def test_what_is_due_is_listed_and_does_not_leave_by_itself(world):
    from beholden.uses.queries import public_use
    from beholden.uses.runs import due

    on = world.at.date()
    assert due(catalogue=RULES, on=on) == ()
    said = public_use(world.use, RULES).recurs
    assert (said.next_on, said.over) == (on.replace(year=on.year + 1), False)
    (one,) = due(catalogue=RULES, on=said.next_on)
    assert (one.use, one.due_on, one.until) == (world.use, said.next_on, said.until)
    assert len(handovers(world)) == 1


def test_each_run_stands_in_public_with_its_day_and_about_how_many(world, home):
    """D26."""
    from beholden.gate.runs import handed

    running(world)
    world.told(only=())
    world.confirmed(home, world.released())
    assert [(one.population, one.scope) for one in handed(world.use)] == [
        ("SC/SPR/2026", len(world.children()) - 1),
        ("SC/SPR/2027", len(world.children())),
    ]
    assert [one.released for one in handed(world.use)] == [None, None], "too small to be said"


# --- where a yes is needed ---


def test_a_yes_that_was_taken_back_and_one_that_was_never_given_are_in_no_later_run(
    keeper_home, tmp_path, numbers
):
    """D12, D14: a yes is for the days it was asked for, and is over when it is taken back; who came since gave none."""
    from beholden.rights.actions import agree
    from integration.repeated import with_years
    from integration.world import FAMILY
    from rulebooks import where_a_yes_is_needed

    newcomer = numbers[0]
    catalogue = with_years(2027, catalogue=where_a_yes_is_needed())
    world = Yearly(tmp_path / "town", catalogue=catalogue)
    world.term = timedelta(days=catalogue.limits.consent_days - 1)
    world.returned(2026, without=(newcomer,))
    world.published()
    world.told()
    alone = list({letter[3]: letter for letter in world.letters() if len(letter[3]) == 1}.values())[:3]
    people = []
    for letter in alone:
        opened = world.open(letter)
        (notice,), (child,) = opened.notices, opened.children
        assert notice.recurs.recurrence == "each_year"
        said = {"use": notice.use, "child": child.person, "asked": notice.yes.digest}
        agree(opened, **said, by=FAMILY, at=world.at)
        people.append(child.person)
    assert world.confirmed(keeper_home, world.released()).rows.num_rows == 3
    world.keep_out(alone[0])
    next_year(world, 2027)
    world.again()
    world.told(only=(newcomer,))
    came = world.person(world.letter_of(newcomer))
    assert world.confirmed(keeper_home, world.released()).rows.num_rows == 2
    assert [listed(world, person) for person in people] == [(1, 1), (2, 0), (2, 0)]
    assert listed(world, came) == (0, 1)


# --- what people read ---


def test_the_page_of_the_use_lists_every_run_and_says_when_the_next_may_come(world, home):
    """D26."""
    from django.test import Client

    running(world)
    world.told(only=())
    world.confirmed(home, world.released())
    page = Client().get(f"/uses/{world.use}").content.decode()
    assert "It comes again every year until" in page
    assert "The next time is not before" in page
    assert page.count("too few to say") == 2
    said = Client().get(f"/uses/{world.use}.json").json()
    assert [one["population"] for one in said["runs"]] == ["SC/SPR/2026", "SC/SPR/2027"]
    assert said["recurs"]["number"] == 2


def test_a_family_reads_before_the_next_run_that_it_comes_and_after_it_that_it_came(world, home):
    """D6, D27: both on one page, so that a no is in time."""
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    letter = next(one for one in world.letters() if len(one[3]) == 1)
    shown = Shown(letter[1], letter[2], world.seconds[letter[0]])
    entered = family.enter(shown, catalogue=RULES, at=world.at)
    shown = Shown(letter[1], letter[2], entered.own_code)
    (child,) = family.overview(shown, catalogue=RULES, at=world.at).children
    page = family.used(AboutChild(shown, child.ref), catalogue=RULES, at=world.at)
    (coming,), (came,) = page.proposed, page.used
    assert (coming.often, coming.in_list) == ("each_year", None)
    assert coming.next_on == came.on.replace(year=came.on.year + 1)
    running(world)
    world.told(only=())
    world.confirmed(home, world.released())
    page = family.used(AboutChild(shown, child.ref), catalogue=RULES, at=world.at)
    assert [one.in_list for one in page.used] == [True, True]


def test_the_registrar_is_told_which_run_is_due_and_offered_it(world):
    from beholden.rights.registrar.desk import _work
    from beholden.uses.queries import public_use

    use = public_use(world.use, RULES)
    work = _work(use, world.at)
    assert work.day == use.recurs.next_on
    (offer,) = [one for one in work.next_steps if one.step == "run-again"]
    assert offer.waits
    later = _work(use, world.at + YEAR)
    (offer,) = [one for one in later.next_steps if one.step == "run-again"]
    assert not offer.waits
    assert "leave-off" not in {one.step for one in later.more_steps}
    running(world)
    assert "leave-off" in {one.step for one in _work(public_use(world.use, RULES), world.at).more_steps}
