# SPDX-License-Identifier: Apache-2.0
"""One use, from proposal to proof: nothing leaves unlawfully, untold or against a child's word. D6, D11, D13, D18, D26-D28."""

import json
from datetime import timedelta

import pytest

from beholden.catalogue import Flag
from beholden.kinds import Actor, Role
from beholden.ledger.entries import parse
from beholden.ledger.tags import recompute
from beholden.ledger.verify import verify
from beholden.ledger.vocabulary.events import UseMoved
from beholden.refusals import Refusal
from integration.world import APPLICANT, CATALOGUE, FAMILY, IDENTITY, REGISTRAR, SEED, World


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def proof(person, at):
    from beholden.gate.actions.proving import bundle

    return verify(bundle(person, by=REGISTRAR, at=at))


def listed(person, world):
    """In how many lists the child's key is, and in how many it is not."""
    account = proof(person, world.at)
    return len(account.present), len(account.absent)


def test_a_kept_out_child_is_not_in_the_file_and_can_prove_it(world, keeper_home):
    world.told()
    letters = world.letters()
    kept_out = world.keep_out(letters[0])
    left_in = next(
        child.person
        for letter in letters
        for child in world.open(letter).children
        if child.person not in kept_out
    )
    disclosure = world.released()
    parcel = world.parcel(keeper_home, disclosure)
    assert parcel.rows.num_rows == world.reachable() - len(kept_out)
    assert len(parcel.padding) == len(world.children()) - parcel.rows.num_rows
    assert recompute(bytes.fromhex(disclosure), (*parcel.tags, *parcel.padding)).n == len(world.children())
    for person in kept_out:
        assert listed(person, world) == (0, 1)
    assert listed(left_in, world) == (1, 0)


def test_the_file_holds_the_items_asked_for_and_nothing_that_names_a_child(world, keeper_home):
    """No name, number, birth date or register identifier; sorted by tag, so the order tells nothing (D18)."""
    world.told()
    parcel = world.parcel(keeper_home, world.released())
    assert parcel.rows.column_names == ["tag", "pseudonym", "nc_year", "session_details", "sessions_possible"]
    tags = list(parcel.tags)
    assert tags == sorted(tags)
    assert len(set(parcel.rows["pseudonym"].to_pylist())) == len(tags)


def test_whoever_could_not_be_told_is_left_out(world, keeper_home):
    """Sent is not told: a letter that the school did not hand over reaches nobody (D6)."""
    first = world.handles(world.town.schools[0])[0]
    siblings = {
        handle.adult
        for handle in world.handles(world.town.schools[0])
        if set(handle.numbers) & set(first.numbers)
    }
    world.told(undelivered=siblings)
    parcel = world.parcel(keeper_home, world.released())
    assert parcel.rows.num_rows <= world.reachable() - len(first.numbers)


@pytest.mark.parametrize("kind", ["hidden", "restricted", "severed"])
def test_a_flagged_child_is_left_out_of_an_extract(world, keeper_home, kind):
    """Hidden for safety, restricted and severed alike; nobody is told which (D35)."""
    from beholden.people.actions import flag

    world.told()
    child = world.open(world.letters()[0]).children[0].person
    flag(child, kind, by=REGISTRAR, at=world.at)
    parcel = world.parcel(keeper_home, world.released())
    assert parcel.rows.num_rows == world.reachable() - 1
    assert listed(child, world) == (0, 1)


def test_nothing_is_decided_while_families_can_still_answer(world):
    from beholden.gate.actions.deciding import decide, snapshot_registry

    world.told()
    snapshot_registry(by=REGISTRAR, at=world.answer_by)
    with refused("uses.window_open"):
        decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.answer_by)


def test_below_the_floor_of_told_nobodys_record_is_used(world):
    everyone = {handle.adult for school in world.town.schools[1:] for handle in world.handles(school)}
    world.told(undelivered=everyone)
    with refused("gate.too_few_told"):
        world.decided()


def logged(world):
    """Take the use to the point where the intent stands in the public log and nothing has moved."""
    from beholden.gate.actions import releasing

    world.told()
    decision = world.decided()
    disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    releasing.build(disclosure, by=REGISTRAR, at=world.at)
    releasing.log_intent(disclosure, by=REGISTRAR, at=world.at)
    return disclosure


def release(world, disclosure, *, later=timedelta(0)):
    from beholden.gate.actions.releasing import release as let_go

    let_go(disclosure, catalogue=CATALOGUE, by=REGISTRAR, at=world.at + later)


def only(folder):
    (found,) = folder.iterdir()
    return found


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_a_changed_locked_file_does_not_leave(world, keeper_home):
    disclosure = logged(world)
    flip(only(keeper_home.quarantine))
    with refused("ledger.not_proven"):
        release(world, disclosure)
    assert not list(keeper_home.released.iterdir())


def test_a_changed_tag_file_stops_the_release(world, keeper_home):
    disclosure = logged(world)
    (tags,) = [path for path in keeper_home.sets.iterdir() if path.match("tags-*.set")]
    flip(tags)
    with refused("gate.set_changed"):
        release(world, disclosure)


def test_a_use_withdrawn_after_it_was_logged_does_not_leave(world, keeper_home):
    from beholden.uses.actions import withdraw

    disclosure = logged(world)
    withdraw(world.use, by=APPLICANT, at=world.at)
    with refused("gate.use_fell"):
        release(world, disclosure)
    assert not list(keeper_home.released.iterdir())


@pytest.mark.parametrize("later", [timedelta(hours=24), timedelta(seconds=-1)])
def test_an_old_intent_and_a_clock_set_back_are_refused(world, later):
    disclosure = logged(world)
    with refused("gate.intent_old"):
        release(world, disclosure, later=later)


def test_a_log_that_cannot_be_read_stops_everything(world, keeper_home):
    """Ledger unreachable: nothing leaves (ARCHITECTURE section 4)."""
    disclosure = logged(world)
    (keeper_home.ledger / "handovers" / "checkpoint").unlink()
    with refused("gate.unlogged"):
        release(world, disclosure)


def test_releasing_twice_is_releasing_once(world, keeper_home):
    disclosure = logged(world)
    release(world, disclosure)
    before = only(keeper_home.released).read_bytes()
    release(world, disclosure)
    assert only(keeper_home.released).read_bytes() == before
    assert not list(keeper_home.quarantine.iterdir())


def test_the_public_page_can_be_counted_from_the_log(world):
    """Numbers are computed from the log, refused beside granted; small scopes publish no *left out* (D26)."""
    from beholden.gate.queries import public_numbers, registrar_numbers

    world.told()
    world.keep_out(world.letters()[0])
    decision = world.decided()
    steps = registrar_numbers(decision, catalogue=CATALOGUE, exit_name="extract")
    assert steps.scope == len(world.children())
    from beholden.ledger.actions import sequence

    sequence(at=world.at)
    numbers = public_numbers(world.use)
    assert (numbers.scope, numbers.left_out, numbers.released) == (len(world.children()), None, None)
    assert numbers.told % 10 == 0


def test_a_refused_match_stands_in_the_public_register_by_the_name_of_its_rule(world):
    """The welfare department's request (D19, D20, D21, D26)."""
    from beholden.ledger.actions import sequence
    from beholden.ledger.queries import entries
    from beholden.uses import actions as uses
    from beholden.uses.queries import register_of_uses

    by = Actor("applicant-2", Role.APPLICANT, "welfare")
    ref = uses.draft(world.draft(purpose="welfare-fraud", exit="match"), by=by, at=world.at)
    assert uses.submit(ref, catalogue=CATALOGUE, by=by, at=world.at).value == "refused"
    sequence(at=world.at)
    shown = next(use for use in register_of_uses(CATALOGUE) if use.ref == ref)
    assert (shown.refused_rule, shown.state_label) == ("P7", "Refused")
    said = [parse(raw, log="events").body for raw in entries("events")]
    moves = [body for body in said if isinstance(body, UseMoved) and body.use == ref]
    assert [(body.state, body.rule) for body in moves][-1] == ("refused", "P7")


def test_a_recipients_word_is_logged_and_counted_and_a_strangers_is_refused(world, keeper_home):
    from beholden.gate.actions.proving import confirm
    from beholden.gate.check import public_log
    from beholden.ledger.confirmation import Word, sign
    from beholden.ledger.verify import subject

    world.told()
    person = world.keep_out(world.letters()[0])[0]
    disclosure = world.released()
    parcel = world.parcel(keeper_home, disclosure)
    about = subject(public_log().intent(disclosure).body)
    by = Actor("recipient", Role.RECIPIENT, "northford")
    strange = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=bytes(32))
    with refused("gate.confirmation"):
        confirm(disclosure, strange, by=by, at=world.at)
    word = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
    assert confirm(disclosure, word, by=by, at=world.at) is Word.AGREES
    assert confirm(disclosure, word, by=by, at=world.at) is Word.AGREES
    assert len(public_log().read.outcomes) == 1
    assert len(proof(person, world.at).confirmed) == 1


def test_a_row_sent_without_a_tag_is_caught_by_the_recipient_and_shown_in_the_log(world, keeper_home):
    """What the recipient finds wrong is logged under its own signature: the most important word of all to show."""
    from beholden.gate.actions.proving import confirm
    from beholden.gate.check import public_log
    from beholden.ledger.confirmation import Word, sign
    from beholden.ledger.verify import subject

    world.told()
    disclosure = world.released()
    parcel = world.parcel(keeper_home, disclosure)
    about = subject(public_log().intent(disclosure).body)
    word = sign(about, row_tags=(*parcel.tags, bytes(16)), padding=parcel.padding, seed=SEED)
    by = Actor("recipient", Role.RECIPIENT, "northford")
    assert confirm(disclosure, word, by=by, at=world.at) is Word.DISAGREES
    assert len(public_log().read.outcomes) == 1


def test_the_ledger_names_nobody(world, keeper_home):
    """Search both logs, tiles and all, for every name, number, street, title and code of the town (D13, D36)."""
    world.told()
    world.keep_out(world.letters()[0])
    world.released()
    marks = {child.upn for child in world.children()} | {child.surname for child in world.children()}
    marks |= {child.address.street for child in world.children()} | set(world.codes.values())
    marks |= {"University of Northford", "coming back to school"} | {
        school.laestab for school in world.town.schools
    }
    held = b"".join(path.read_bytes() for path in keeper_home.ledger.rglob("*") if path.is_file())
    assert len(held) > 1_000
    assert not [mark for mark in marks if mark.encode() in held]


def test_each_reason_takes_out_exactly_who_bears_it(world):
    """The exact figures of a decision, every combination of reasons, stay inside; the log holds their commitment."""
    from beholden.gate.models import Decision

    world.told()
    kept_out = world.keep_out(world.letters()[0])
    made = Decision.objects.get(pk=world.decided())
    counted = {frozenset(borne): count for borne, count in made.combinations}
    assert sum(counted.values()) == len(world.children())
    assert sum(count for borne, count in counted.items() if Flag.OBJECTED.value in borne) == len(kept_out)


def test_an_answer_needs_the_letters_own_mandate(world):
    """No answer for a child of another letter, none after the mandate ran out, none twice (D13)."""
    from beholden.choices.actions import answer
    from beholden.choices.models import Answered

    world.told()
    mine = world.open(world.letters()[0])
    theirs = next(
        opened
        for opened in map(world.open, world.letters()[1:])
        if opened.children[0].person not in {child.person for child in mine.children}
    )
    person = (mine.children[0].person,)
    with refused("choices.children"):
        answer(
            mandate=mine.mandate,
            everything=True,
            keep_out=(theirs.children[0].person,),
            by=FAMILY,
            at=world.at,
        )
    with refused("people.mandate"):
        answer(
            mandate=mine.mandate,
            everything=True,
            keep_out=person,
            by=FAMILY,
            at=world.at + timedelta(hours=25),
        )
    first = answer(mandate=mine.mandate, everything=True, keep_out=person, by=FAMILY, at=world.at)
    again = answer(
        mandate=mine.mandate, everything=True, keep_out=person, by=FAMILY, at=world.at + timedelta(seconds=5)
    )
    assert again == first
    assert Answered.objects.count() == 1


def test_the_codes_are_stored_nowhere_in_clear(world, as_login):
    world.told()
    with as_login("owner") as connection, connection.cursor().copy("copy notices_letter to stdout") as rows:
        dumped = b"".join(bytes(row) for row in rows)
    assert len(dumped) > 10_000
    names = {child.forename for child in world.children() if len(child.forename) > 4}
    assert not [mark for mark in (*world.codes.values(), *names) if mark.encode() in dumped]


def test_a_parcel_opens_only_with_the_recipients_key(world, keeper_home):
    import pyrage

    from beholden.gate.parcel import unpack

    world.told()
    world.released()
    content = only(keeper_home.released).read_bytes()
    with refused("gate.parcel"):
        unpack(content, identity=str(pyrage.x25519.Identity.generate()))
    header = unpack(content, identity=str(IDENTITY)).header
    assert json.loads(json.dumps(header))["use"] == world.use
