# SPDX-License-Identifier: Apache-2.0
"""A survey's letter goes through the register: no address leaves, no school learns who is written to. D13, D16, D18.

One world is played for the module; each test looks at what came of it, or goes on from a copy.
"""

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from uuid import UUID

import pytest

import homes
from beholden.kinds import Actor, PersonId, Role, UseRef
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from beholden.rights.record import AboutChild, NoMore, Shown
from beholden.rights.school.asked import WhichPost
from beholden.uses.rules.invitation import LAST_LINE, Invitation
from integration.schools import enrolled
from integration.test_consents import say_yes
from integration.world import CATALOGUE, RECIPIENT, REGISTRAR, World

LETTER = Invitation(
    "We are the University of Northford. We study what young people do after school.",
    "We would like to ask you how you spend your free time, and what you would like to do.",
    "You fill in a form once. It takes a quarter of an hour. You can stop at any question.",
    "Write to survey@northford.example, or ring 0800 123 4567, and we send you the form.",
)
YES, SILENT = 8, 10
"""The first letters' readers say yes, this one nothing; the one before it says no."""


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def asked_for(world, **changes):
    typed = {"gateway": "uk-gdpr", "why_elsewhere": "No record leaves.", "invitation": LETTER} | changes
    return {
        "purpose": "research-contact",
        "exit": "contact",
        "items": (),
        "application": world.application((), **typed),
    }


def begun(folder):
    """A survey whose window is over: the first letters' readers agreed, the one after them said no, one child is hidden."""
    from beholden.people.actions import flag

    world = World(folder, pupils=40)
    world.returns()
    world.published()
    world.use = world.another(**asked_for(world))
    world.told()
    letters = world.letters()
    for letter in letters[:YES]:
        say_yes(world, world.open(letter))
    world.keep_out(letters[YES])
    hidden = _alone_in(world, letters[:YES])
    flag(world.open(hidden).children[0].person, "hidden", by=REGISTRAR, at=world.at)
    return world, hidden


def _alone_in(world, letters):
    """The last of these letters whose first child stands in no letter of which anything else was said."""
    said_no = set(world.letters()[YES][3])
    return next(one for one in reversed(letters) if not said_no & set(one[3]))


@dataclass
class Passed:
    """A home in which a letter is passed on."""

    home: object
    world: World
    hidden: tuple
    disclosure: str


@pytest.fixture(scope="module")
def played(base_home, tmp_path_factory):
    """A home in which a letter is passed on; nobody is connected to it, so that it can be copied."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, hidden = begun(tmp_path_factory.mktemp("town"))
            disclosure = world.released()
            world.shown = {school.laestab: enrolled(world, school) for school in world.town.schools}
        yield Passed(home, world, hidden, disclosure)


@pytest.fixture(scope="module")
def passed(played):
    """The same home, to be looked at and left as it is."""
    from beholden.settings import found

    with homes.duplicate(played.home) as home, found.acting_as(home, "keeper"):
        yield replace(played, home=home)


@contextmanager
def copy_of(played):
    """Go on from a copy of the played home; the world's clock goes back with it."""
    at, seconds = played.world.at, dict(played.world.seconds)
    with homes.copied(played.home) as home:
        yield home
    played.world.at, played.world.seconds = at, seconds


def inside(world, letter):
    """What a family shows when it comes with its letter, a birth date and its own code."""
    from beholden.rights import family

    shown = Shown(letter[1], letter[2], world.seconds[letter[0]])
    own = family.enter(shown, catalogue=CATALOGUE, at=world.at).own_code
    world.seconds[letter[0]] = own or shown.second
    return Shown(letter[1], letter[2], world.seconds[letter[0]])


def read(world, letter):
    """What one family reads of letters that are passed on, child by child."""
    from beholden.rights import family, letters

    shown = inside(world, letter)
    children = family.overview(shown, catalogue=CATALOGUE, at=world.at).children
    return {
        one.ref: letters.for_child(AboutChild(shown, one.ref), catalogue=CATALOGUE, at=world.at)
        for one in children
    }


def lines(world, letter):
    return [line for page in read(world, letter).values() for line in page.lines]


def frozen(passed):
    """Who was decided to be written to, by internal id."""
    from beholden.gate import sets
    from beholden.gate.models import Decision

    raw = sets.read(Decision.objects.get().released)
    return {raw[at : at + 16] for at in range(0, len(raw), 16)}


def take(world, school, at=None):
    from beholden.gate.actions import inviting

    system = Actor(world.shown[school.laestab].ref, Role.SCHOOL, school.laestab)
    return inviting.take(world.use, school.laestab, by=system, at=at or world.at)


# --- what leaves ---


def test_nothing_goes_to_whoever_asks(passed):
    """No file, no row, no word to sign: D16, D18."""
    from beholden.gate.actions.proving import confirm
    from beholden.gate.check import public_log
    from beholden.ledger.confirmation import sign
    from beholden.ledger.verify import subject
    from beholden.redress.queries import followed
    from integration.world import SEED

    assert not list(passed.home.released.iterdir())
    assert not list(passed.home.quarantine.iterdir())
    assert len(list(passed.home.post.iterdir())) == 1
    assert followed() == ()
    word = sign(subject(public_log().intent(passed.disclosure).body), row_tags=(), padding=(), seed=SEED)
    with pytest.raises(Refusal):
        confirm(passed.disclosure, word, by=RECIPIENT, at=passed.world.at)


def test_the_log_says_that_a_letter_is_passed_on_and_under_which_decision(passed):
    from beholden.gate.check import public_log
    from beholden.gate.queries import public_numbers

    log = public_log()
    intent = log.intent(passed.disclosure).body
    assert intent.set.n == 40
    assert log.read.outcomes[intent.seq].body.outcome == "delivered"
    assert public_numbers(passed.world.use).outcome == "delivered"


def test_the_whole_letter_stands_in_public_and_in_the_agreement(passed):
    """D16: shown before; never altered after, because the log has its hash with everything that was asked."""
    from beholden.uses.published import public_text
    from beholden.uses.queries import public_use
    from beholden.uses.standing import agreement

    use = passed.world.use
    assert public_use(use, CATALOGUE).invitation == LETTER
    held = public_text(use)
    assert held.opens
    assert held.published.to_json()["texts"]["application"]["invitation"] == LETTER.to_json()
    agreed = agreement(use, base="https://register.example/").text
    assert all(part in agreed for part in (*LETTER.parts, LAST_LINE))


def test_the_sealed_file_opens_with_its_own_key_alone(passed):
    from beholden.gate import post
    from beholden.home import keys

    (path,) = passed.home.post.iterdir()
    key = keys.load(passed.home, post.key_name(passed.disclosure))
    opened = post.unseal(path.read_bytes(), key=key, list_id=passed.disclosure)
    assert opened.invitation == LETTER
    for other, list_id in ((bytes(32), passed.disclosure), (key, "00" * 16)):
        with refused("gate.post"):
            post.unseal(path.read_bytes(), key=other, list_id=list_id)


# --- who is written to ---


def test_only_who_said_yes_is_written_to_and_no_reason_against(passed):
    """D11: outside education the default is no. Hidden, kept out, silent and untold are out."""
    world, wanted = passed.world, set()
    for letter in world.letters()[:YES]:
        wanted |= {child.person for child in world.open(letter).children}
    wanted -= {child.person for child in world.open(world.letters()[YES]).children}
    wanted -= {world.open(passed.hidden).children[0].person}
    assert frozen(passed) == {one.bytes for one in wanted}
    assert wanted


def test_every_family_can_prove_offline_whether_its_child_was_written_to(passed):
    """D27, D28: the list of those written to is committed like any other."""
    from beholden.gate.actions.proving import bundle

    world, inside_list = passed.world, frozen(passed)
    for letter in (world.letters()[0], world.letters()[YES], world.letters()[SILENT], passed.hidden):
        for child in world.open(letter).children:
            account = verify(bundle(child.person, by=REGISTRAR, at=world.at))
            is_in = child.person.bytes in inside_list
            assert (len(account.present), len(account.absent)) == ((1, 0) if is_in else (0, 1))


# --- the school ---


def test_a_school_carries_the_same_line_for_every_pupil_on_its_own_roll(passed):
    """D13: kept out, hidden, silent or agreed, the list is the roll that the school sent itself."""
    world = passed.world
    for school in world.town.schools:
        roll = sorted(child.upn for child in world.children() if child.roll.laestab == school.laestab)
        assert list(take(world, school).numbers) == roll


def test_a_school_fetches_it_at_its_own_door_and_nobody_elses(passed):
    from beholden.rights.school import post

    world = passed.world
    one, other = world.town.schools[:2]
    at = {"catalogue": CATALOGUE, "at": world.at}
    (line,) = post.waiting(world.shown[one.laestab], **at).lines
    got = post.pack(WhichPost(world.shown[one.laestab], line.ref), **at)
    assert got.table == take(world, one).as_csv()
    assert take(world, one).numbers[0] not in repr(got)
    from beholden.gate.actions import inviting

    stranger = Actor(world.shown[other.laestab].ref, Role.SCHOOL, other.laestab)
    with refused("gate.not_this_school"):
        inviting.take(world.use, one.laestab, by=stranger, at=world.at)
    with refused("people.not_enrolled"):
        inviting.take(world.use, one.laestab, by=Actor("nobody", Role.SCHOOL, one.laestab), at=world.at)
    with refused("gate.no_post"):
        post.pack(WhichPost(world.shown[one.laestab], "U-2026-0001"), **at)


def test_nothing_is_passed_on_after_the_last_day_or_once_it_is_stopped(played):
    from beholden.uses import actions as uses
    from beholden.uses.queries import public_use

    world = played.world
    with copy_of(played):
        last = public_use(world.use, CATALOGUE).ends_on
        assert take(world, world.town.schools[0], at=datetime.combine(last, time(23), UTC)).numbers
        with refused("gate.no_post"):
            take(world, world.town.schools[0], at=datetime.combine(last + timedelta(days=1), time(), UTC))
        assert lines(world, world.letters()[0])
        uses.suspend(world.use, why="The survey was called off.", by=REGISTRAR, at=world.at)
        with refused("gate.no_post"):
            take(world, world.town.schools[0])
        assert lines(world, world.letters()[0]) == []


# --- the family ---


def test_a_family_that_said_yes_reads_the_letter_behind_its_own_code(played):
    with copy_of(played):
        found = lines(played.world, played.world.letters()[0])
        assert any(line.parts for line in found)
        for line in found:
            if line.parts:
                assert tuple(text for _, text in line.parts) == LETTER.parts
                assert (line.last_line, line.own) == (LAST_LINE, "yes")


@pytest.mark.parametrize(("place", "own"), [(YES, "no"), (SILENT, "nothing")])
def test_a_family_that_is_out_reads_so_and_what_it_said_itself(played, place, own):
    with copy_of(played):
        found = lines(played.world, played.world.letters()[place])
        assert found
        assert {line.own for line in found} == {own}
        written = {one.bytes for one in people(played.world, place)} & frozen(played)
        assert len([line for line in found if line.parts]) == len(written)


def people(world, place):
    return [child.person for child in world.open(world.letters()[place]).children]


def test_a_hidden_childs_page_reads_like_one_that_another_adult_kept_out(played):
    """D35: a yes was said and there is no letter, as where somebody else said no; nothing tells which."""
    world = played.world
    with copy_of(played):
        hidden = lines(world, played.hidden)[0]
        assert (hidden.parts, hidden.own) == ((), "yes")
        kept_out = set(world.letters()[YES][3])
        others = [one for one in world.letters()[:YES] if kept_out & set(one[3])]
        for letter in others:
            assert any((line.parts, line.own) == ((), "yes") for line in lines(world, letter))


def test_an_open_letter_without_the_own_code_reads_the_same_for_every_family(passed):
    """D13: the school carried the code and knows the birth date, so what it opens tells nothing of anybody."""
    world = passed.world
    said = {world.open(letter).notices for letter in world.letters()}
    ((notice,),) = said
    assert notice.letter_is_here
    assert (notice.what, notice.where) == (
        "Nothing from us: no fact, no name and no address.",
        "With us. A family reads the letter here, with its own code.",
    )
    assert notice.letter == tuple(LETTER.whole.splitlines())


def test_one_press_ends_all_letters_at_once_and_gives_a_number(played):
    """D11: *ex-directory*. It reaches the letter that is being read, and every use to come that invites."""
    from beholden.catalogue import Flag
    from beholden.gate.actions.heeding import objectors
    from beholden.rights import letters
    from beholden.uses.queries import asked

    world = played.world
    with copy_of(played):
        letter = world.letters()[0]
        pages = read(world, letter)
        ref, page = next((ref, page) for ref, page in pages.items() if page.lines[0].parts)
        assert (page.can_stop, page.decides, page.stopped) == (True, True, False)
        press = NoMore(AboutChild(inside(world, letter), ref), "a press")
        done, again = (letters.no_more(press, catalogue=CATALOGUE, at=world.at) for _ in range(2))
        assert done == again
        after = read(world, letter)
        assert {one for one, page in after.items() if page.stopped} == {ref}
        (line,) = after[ref].lines
        assert (line.parts, line.own) == ((), "no")
        other = asked(world.use)
        assert Flag.OBJECTED in CATALOGUE.exit(other.exit).removes
        assert objectors(other, CATALOGUE, by=REGISTRAR, at=world.at)


@pytest.mark.parametrize(
    ("power", "reads"),
    [
        ({"decides": True}, True),
        ({"decides": False}, False),
        ({"decides": True, "kept": frozenset({"research-contact"})}, False),
        ({"decides": True, "only": frozenset({"research-contact"})}, True),
        ({"decides": True, "only": frozenset({"health-linkage-study"})}, False),
        ({"decides": True, "body": "northford"}, False),
    ],
)
def test_a_letter_is_read_by_whoever_decides_about_it_and_by_nobody_else(passed, monkeypatch, power, reads):
    """D15: what an able child decides alone is hers to read, and not her guardians'; nor a body's its own letter."""
    from beholden.gate.actions import heeding, inviting
    from beholden.people.power import Power

    monkeypatch.setattr(heeding, "powers_about", lambda pairs, **_: dict.fromkeys(pairs, Power(**power)))
    person, adult = one_who_agreed(passed)
    at = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": passed.world.at}
    (letter,) = inviting.letters_for(person, adult, **at)
    assert (letter.invitation == LETTER) is reads


def one_who_agreed(passed):
    """A child who is written to, and an adult who said yes for it."""
    from beholden.choices.models import Answered

    person = PersonId(UUID(bytes=min(frozen(passed))))
    return person, Answered.objects.filter(person=person, answer="agree").first().adult


def test_whoever_said_nothing_reads_nothing_by_another_adults_yes(passed):
    """D15, D16: the letter would tell that somebody else agreed."""
    from beholden.gate.actions import heeding, inviting
    from beholden.uses.queries import asked

    person, adult = one_who_agreed(passed)
    at = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": passed.world.at}
    read = {who: inviting.letters_for(person, who, **at)[0].invitation for who in (adult, "b" * 64)}
    assert read == {adult: LETTER, "b" * 64: None}
    use = asked(passed.world.use)
    assert person in heeding.agreed(use, **at)
    yes = {who: heeding.agreed(use, only=(person, who), **at) for who in (adult, "b" * 64)}
    assert yes == {adult: {person}, "b" * 64: frozenset()}


def test_a_body_that_supplies_what_the_letter_is_about_decides_nothing_of_it(passed, monkeypatch):
    """D15: a body that asks, receives or supplies; whoever sent the roll supplies it."""
    from beholden.gate.actions import heeding
    from beholden.people.power import Power
    from beholden.uses.queries import asked, parties

    use = asked(passed.world.use)
    supplier = min(heeding._involved(use) - parties(use.ref))
    reader = one_who_agreed(passed)
    may = {}
    for body in (supplier, "another"):
        held = Power(decides=True, body=body)
        monkeypatch.setattr(heeding, "powers_about", lambda pairs, held=held, **_: dict.fromkeys(pairs, held))
        may[body] = heeding.decides(reader, use, CATALOGUE, by=REGISTRAR, at=passed.world.at)
    assert may == {supplier: False, "another": True}


@pytest.mark.parametrize("lost", ["purposes", "exits", "collections"])
def test_of_a_use_that_the_rules_do_not_know_any_more_nobody_reads_a_letter(passed, lost):
    """D7: and the page of the others opens all the same."""
    from beholden.gate.actions import inviting

    person, adult = one_who_agreed(passed)
    other = replace(CATALOGUE, **{lost: MappingProxyType({})})
    assert inviting.letters_for(person, adult, catalogue=other, by=REGISTRAR, at=passed.world.at) == ()


def test_whatever_takes_a_child_out_by_the_rules_of_this_way_out_takes_the_letter_away(passed):
    """D33: numbers that are not kept any more find nobody; a reason that stays without effect here takes nothing."""
    from beholden.catalogue import Effect, Flag, Store
    from beholden.gate.actions import inviting

    person, adult = one_who_agreed(passed)
    items = {
        name: replace(item, keep_until=replace(item.keep_until, unit="age", amount=1))
        if item.store is Store.NUMBERS
        else item
        for name, item in CATALOGUE.items.items()
    }
    over = replace(CATALOGUE, items=MappingProxyType(items))
    way = CATALOGUE.exit("contact")
    effects = tuple((flag, Effect.IN if flag is Flag.PAST_RETENTION else does) for flag, does in way.effects)
    lenient = replace(over, exits=MappingProxyType({"contact": replace(way, effects=effects)}))
    read = [
        inviting.letters_for(person, adult, catalogue=one, by=REGISTRAR, at=passed.world.at)[0].invitation
        for one in (CATALOGUE, over, lenient)
    ]
    assert read == [LETTER, None, LETTER]


def test_who_used_it_names_a_letter_and_not_who_was_written_to(played):
    """D16, U5: beside the letter of today, the frozen list would tell what another adult said since."""
    from beholden.rights import family

    world = played.world
    with copy_of(played):
        for place in (0, YES, SILENT):
            shown = inside(world, world.letters()[place])
            for one in family.overview(shown, catalogue=CATALOGUE, at=world.at).children:
                about = AboutChild(shown, one.ref)
                (line,) = family.used(about, catalogue=CATALOGUE, at=world.at).used
                assert (line.use, line.in_list) == (world.use, None)
                copied = json.loads(family.copy_file(about, catalogue=CATALOGUE, at=world.at).content)
                assert [use["in_list"] for use in copied["uses"]] == [None]


def test_at_the_desk_a_letter_is_named_and_not_who_was_written_to(played):
    """D16, U5: `history` tells no more than the family's own page, of whoever said yes, no or nothing."""
    from beholden.rights.desk import recall

    world = played.world
    with copy_of(played):
        for place in (0, YES, SILENT):
            _, code, born, _ = world.letters()[place]
            asked = {"code": code, "born_on": born, "child": 1, "identity_seen": True}
            ((one, in_list),) = recall(**asked, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
            assert (one.use, in_list) == (world.use, None)


def test_a_use_that_is_an_able_childs_own_matter_stands_in_no_guardians_list(played, monkeypatch):
    """D15: neither on the page of who used it, nor in the copy."""
    from beholden.people.power import EVERYTHING
    from beholden.rights import family, second_step

    kept = replace(EVERYTHING, kept=frozenset({"research-contact"}))
    monkeypatch.setattr(second_step, "powers_about", lambda pairs, **_: dict.fromkeys(pairs, kept))
    world = played.world
    with copy_of(played):
        shown = inside(world, world.letters()[0])
        child = family.overview(shown, catalogue=CATALOGUE, at=world.at).children[0]
        about = AboutChild(shown, child.ref)
        assert family.used(about, catalogue=CATALOGUE, at=world.at).used == ()
        copied = json.loads(family.copy_file(about, catalogue=CATALOGUE, at=world.at).content)
        assert copied["uses"] == []


def test_a_flag_that_comes_later_takes_the_letter_away(played):
    from beholden.people.actions import flag

    world = played.world
    with copy_of(played):
        letter = world.letters()[0]
        for person in people(world, 0):
            flag(person, "hidden", by=REGISTRAR, at=world.at)
        assert not any(line.parts for line in lines(world, letter))


# --- the gate ---


def test_a_no_after_the_letter_was_built_stops_it(base_home, tmp_path):
    """Whoever says no until the last moment is in no list that was announced, and nothing of it opens again (D11, D36)."""
    from beholden.gate.actions import releasing
    from beholden.hatch.chores import end_letters

    with homes.clone(base_home) as home:
        world, _ = begun(tmp_path)
        common = {"by": REGISTRAR, "at": None}
        decision = world.decided()
        common["at"] = world.at
        disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **common)
        releasing.build(disclosure, **common)
        releasing.log_intent(disclosure, **common)
        world.keep_out(world.letters()[0])
        with refused("gate.overtaken"):
            releasing.release(disclosure, catalogue=CATALOGUE, **common)
        assert not list(home.post.iterdir())
        assert keys_of_post(home) == [f"post.{disclosure}"]
        releasing.call_off(disclosure, **common)
        assert not list(home.quarantine.iterdir())
        end_letters(world.at)
        assert keys_of_post(home) == []


def test_a_build_that_was_cut_off_and_called_off_leaves_no_key(base_home, tmp_path):
    """The key is on the disk before anything is sealed with it (D36)."""
    from beholden.gate import post
    from beholden.gate.actions import releasing
    from beholden.hatch.chores import end_letters
    from beholden.home import keys

    with homes.clone(base_home) as home:
        world, _ = begun(tmp_path)
        decision = world.decided()
        common = {"by": REGISTRAR, "at": world.at}
        disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **common)
        keys.create(home, post.key_name(disclosure))
        end_letters(world.at)
        assert keys_of_post(home) == [f"post.{disclosure}"]
        releasing.call_off(disclosure, **common)
        end_letters(world.at)
        assert keys_of_post(home) == []


def keys_of_post(home):
    return [path.name for path in home.keys.glob("post.*")]


def test_a_registrar_reads_that_a_letter_is_passed_on_and_no_record_handed_over(base_home, tmp_path):
    """D16: the second officer and whoever lets it go say yes to what happens."""
    from beholden.rights.registrar import desk
    from beholden.rights.registrar.asked import WhichStep
    from beholden.rights.registrar.steps import BOUND, STEPS, step_of
    from integration.officers import shown

    with homes.clone(base_home):
        world, _ = begun(tmp_path)
        world.decided()
        question = WhichStep(shown(REGISTRAR, at=world.at), world.use, "release")
        page = desk.step(question, catalogue=CATALOGUE, at=world.at)
        assert (page.words, page.press, page.leaves) == (
            "Pass the letter on?",
            "Pass it on",
            "Children with a letter",
        )
        assert "record" not in page.what_happens + "".join(one.words for one in page.work.next_steps)
    assert {name for name in STEPS if step_of(name, "contact").leaves == page.leaves} == BOUND


def test_the_post_of_one_use_is_fetched_whatever_became_of_anothers(passed):
    """One file that is damaged stops nobody else's post."""
    from beholden.gate.actions import inviting

    school = passed.world.town.schools[0]
    (file,) = passed.home.post.iterdir()
    content = file.read_bytes()
    file.write_bytes(b"x" * 99)
    try:
        system = Actor(passed.world.shown[school.laestab].ref, Role.SCHOOL, school.laestab)
        with refused("gate.no_post"):
            inviting.take(UseRef("U-2026-0001"), school.laestab, by=system, at=passed.world.at)
        with refused("gate.post"):
            take(passed.world, school)
    finally:
        file.write_bytes(content)


def test_after_the_last_day_the_key_of_the_post_is_destroyed(played):
    """D16, D36: not even a copy of the file tells a roll any more; once is enough, and fsck misses nothing."""
    from beholden.fsck.tables import check_tables
    from beholden.hatch.chores import end_letters
    from beholden.uses.queries import public_use

    world = played.world
    with copy_of(played) as home:
        key = home.keys / f"post.{played.disclosure}"
        last = public_use(world.use, CATALOGUE).ends_on
        end_letters(datetime.combine(last, time(23), UTC))
        assert key.exists()
        for _ in range(2):
            end_letters(datetime.combine(last + timedelta(days=1), time(), UTC))
            assert not key.exists()
        assert list(check_tables(home, CATALOGUE)) == []


def test_where_a_use_is_stopped_the_key_of_its_post_is_destroyed_at_once(played):
    """There is no way back from there, so nobody is to open its lists again (D16, D36)."""
    from beholden.fsck.tables import check_tables
    from beholden.hatch.chores import end_letters
    from beholden.ledger.actions import sequence
    from beholden.uses import actions as uses

    world = played.world
    with copy_of(played) as home:
        end_letters(world.at)
        assert keys_of_post(home) == [f"post.{played.disclosure}"]
        uses.suspend(world.use, why="The survey was called off.", by=REGISTRAR, at=world.at)
        end_letters(world.at)
        sequence(at=world.at)
        assert keys_of_post(home) == []
        assert list(check_tables(home, CATALOGUE)) == []


def test_a_trace_says_whether_a_child_was_written_to(played):
    """D31: no row went anywhere; the registrar reads *invited*."""
    from beholden.gate.actions.tracing import places

    world = played.world
    with copy_of(played):
        for person in (people(world, 0)[0], people(world, SILENT)[0]):
            (went,) = places(person, "nc_year", by=REGISTRAR, at=world.at).handovers
            assert went.invited is (person.bytes in frozen(played))
            assert not went.with_item


def test_fsck_is_content_and_finds_what_was_put_into_the_post(passed):
    from beholden.fsck.tables import check_tables

    assert list(check_tables(passed.home, CATALOGUE)) == []
    strange = passed.home.post / "strange.post"
    strange.write_bytes(b"x")
    strange.chmod(0o600)
    key = passed.home.keys / f"post.{'00' * 16}"
    key.write_bytes(bytes(32))
    key.chmod(0o600)
    try:
        found = [one.code for one in check_tables(passed.home, CATALOGUE)]
        assert found == ["fsck.released_unlogged", "fsck.orphan"]
    finally:
        strange.unlink()
        key.unlink()
