# SPDX-License-Identifier: Apache-2.0
"""A contested match as each reader has it: the family, another adult, a registrar, the public, by letter and by post (D21, D32).

Each verb is called as the keeper's process calls it, with a question and nothing else; each command as it is typed.
"""

import copy
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.test.utils import override_settings

import homes
from beholden.refusals import Refusal
from beholden.rights.record import AboutChild, AboutMatch, Contest, Shown
from beholden.rights.registrar.asked import DecideMatch, WhichMatch
from integration.matched import MATCHING, THIRD, Matched, matched
from integration.officers import shown
from integration.schools import enrolled
from integration.test_two_worlds import RANDOM, public, seen_by
from integration.typed import command
from integration.world import CATALOGUE, REGISTRAR, SECOND

SIGNED = re.compile(r"[A-Za-z0-9+/]{40,}=*")
"""A root and a signature as the page of the log shows them."""


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            held = matched(tmp_path_factory.mktemp("town"))
        yield home, held


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def held(prepared, home) -> Matched:
    return copy.deepcopy(prepared[1])


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


class Reader:
    """One adult behind the second step."""

    def __init__(self, held, letter):
        from beholden.rights import family

        self.held = held
        handle, code, born, _ = letter
        with_second = Shown(code, born, held.world.seconds[handle])
        own = family.enter(with_second, catalogue=MATCHING, at=held.world.at).own_code
        self.shown = replace(with_second, second=own)
        children = family.overview(self.shown, catalogue=MATCHING, at=held.world.at).children
        self.about = AboutChild(self.shown, children[0].ref)

    def used(self):
        from beholden.rights import family

        return family.used(self.about, catalogue=MATCHING, at=self.held.world.at)

    def line(self):
        (one,) = self.used().used
        return one

    def page(self, match=None):
        from beholden.rights import contesting

        about = AboutMatch(self.about, match or self.line().match)
        return contesting.page(about, catalogue=MATCHING, at=self.held.world.at)

    def say(self, why="stranger", match=None):
        from beholden.rights import contesting

        about = AboutMatch(self.about, match or self.line().match)
        return contesting.say(Contest(about, why), catalogue=MATCHING, at=self.held.world.at)


@pytest.fixture
def reader(held):
    return Reader(held, held.letters[0][0])


def sign_all(home, held):
    for raw, message in held.read(home):
        held.sign(raw, message)


def test_a_family_reads_what_became_of_its_word_from_day_to_day(home, held, reader):
    """What it said, that the recipient was told, that it signed; then what was found, and the same again."""
    from beholden.contests.queries import waiting

    page = reader.page()
    assert page.contested is None
    assert (page.looks_by - held.world.at.date()).days == MATCHING.limits.contest_days
    said = reader.say().contested
    assert (said.verdict, said.told) == ("", "")
    assert reader.line().contested == said
    held.close_day()
    assert reader.page().contested.told == "told"
    sign_all(home, held)
    assert reader.page().contested.told == "signed"
    (one,) = waiting()
    held.decide(one.number)
    assert (reader.page().contested.verdict, reader.page().contested.told) == ("wrong", "")
    held.close_day()
    assert reader.page().contested.told == "told"
    sign_all(home, held)
    said = reader.page().contested
    assert (said.verdict, said.reason, said.told) == ("wrong", "document", "signed")


def test_each_look_at_the_page_is_in_the_journal(home, held, reader):
    """D27: what was answered is shown to nobody before it is written down who looks."""
    from beholden.gate.looks import looks_at

    match = reader.line().match
    before = len(looks_at(held.letters[0][1]))
    reader.page(match)
    assert len(looks_at(held.letters[0][1])) == before + 1


def test_anothers_reference_opens_no_page_and_contests_nothing(home, held, reader):
    other = Reader(held, held.letters[1][0])
    match = other.line().match
    for does in (reader.page, lambda match: reader.say(match=match)):
        with refused("rights.no_such_child"):
            does(match)
    with refused("rights.contest_half"):
        reader.say("because")


def test_another_adult_of_the_child_reads_nothing_of_it(home, held):
    """ux.md 8.1: not that it was contested, not what came of it, not from when its own word was told."""
    letter, person = held.others[0]
    (first,) = [one for one, whose in held.letters if whose == person]
    mine, other = Reader(held, first), Reader(held, letter)
    before = other.used()
    mine.say()
    held.close_day()
    at_once = replace(other.used(), complete_to=before.complete_to, looks=before.looks)
    assert at_once == before
    assert mine.line().match != other.line().match
    assert other.say().contested.told == ""  # told yesterday, because of somebody else
    held.close_day()
    assert other.page().contested.told == "told"


def test_the_public_and_the_schools_see_nothing_of_it(prepared):
    """D13: two worlds that differ in one contest, decided and signed for, are equal but for random values."""
    seen = []
    for contested in (False, True):
        with homes.copied(prepared[0]) as home:
            held = copy.deepcopy(prepared[1])
            world = held.world
            doors = [enrolled(world, school) for school in world.town.schools]
            number = held.contest() if contested else 0
            held.close_day()
            if contested:
                held.decide(number)
            held.close_day()
            sign_all(home, held)
            held.close_month()
            pages = [seen_by(door, world) for door in doors]
            with override_settings(ALLOWED_HOSTS=["testserver"]):
                client = Client()
                addresses = (f"/uses/{world.use}", f"/uses/{world.use}.json", "/log", "/uses", "/recipients")
                got = [client.get(address) for address in addresses]
            texts = [SIGNED.sub("*", RANDOM.sub("*", one.content.decode())) for one in got]
            assert {one.status_code for one in got} == {200}
            seen.append((public(home, world), pages, texts, held.sizes(home)))
    assert seen[0] == seen[1]


# --- the registrar ---


def test_a_registrar_sees_what_waits_and_decides_unless_it_is_their_own(home, held):
    from beholden.rights.registrar import desk, matches

    number, at = held.contest(), held.world.at
    keys = {one.ref: shown(one, at=at) for one in (REGISTRAR, SECOND, THIRD)}
    asked = {"catalogue": MATCHING, "at": at}
    for who, may in ((REGISTRAR, False), (SECOND, False), (THIRD, True)):
        (one,) = matches.waiting(keys[who.ref], **asked).matches
        assert (one.number, one.may_decide, one.late) == (number, may, False)
    with refused("contests.own_match"):
        matches.decide(DecideMatch(keys["registrar"], number, "right", "school"), **asked)
    with refused("rights.match_half"):
        matches.decide(DecideMatch(keys["registrar-3"], number, "right", ""), **asked)
    with refused("contests.reason"):
        matches.decide(DecideMatch(keys["registrar-3"], number, "right", "nothing"), **asked)
    today = desk.today(keys["registrar-3"], **asked)
    assert (today.matches, today.matches_late) == (1, 0)
    later = at + timedelta(days=MATCHING.limits.contest_days + 1)
    today = desk.today(keys["registrar-3"], catalogue=MATCHING, at=later)
    assert (today.matches, today.matches_late) == (1, 1)
    matches.decide(DecideMatch(keys["registrar-3"], number, "wrong", "school"), **asked)
    assert matches.waiting(keys["registrar-3"], **asked).matches == ()
    with refused("rights.step_over"):
        matches.one(WhichMatch(keys["registrar-3"], number), **asked)


def test_no_page_of_a_registrar_has_a_name_or_a_number_of_the_child(home, held):
    from beholden.rights.registrar import matches

    letter, _ = held.letters[0]
    number, at = held.contest(), held.world.at
    page = matches.one(WhichMatch(shown(THIRD, at=at), number), catalogue=MATCHING, at=at)
    assert letter[3][0] not in repr(page)


def test_whoever_decides_looks_at_the_record_for_this_reason_and_the_family_reads_of_it(home, held):
    """D27: one reason of the list, a look like any other; whoever had a hand in the match does not look."""
    from beholden.catalogue import Store
    from beholden.gate.actions.looking import look_at_match
    from beholden.gate.looks import staff_looks

    number, at = held.contest(), held.world.at
    asked = {"is_known": False, "catalogue": MATCHING, "at": at}
    groups = frozenset({Store.NUMBERS, Store.BIRTH})
    with refused("contests.own_match"):
        look_at_match(number, groups, by=REGISTRAR, **asked)
    seen = look_at_match(number, groups, by=THIRD, **asked)
    assert held.letters[0][0][3][0] in {str(one.value) for one in seen.known}
    later = at + timedelta(days=MATCHING.limits.look_shown_days + 1)
    (look,) = staff_looks(held.letters[0][1], limits=MATCHING.limits, at=later)
    assert look.looked.print() == "contested-match:birth+numbers"
    held.decide(number)
    with refused("contests.no_contest"):
        look_at_match(number, groups, by=THIRD, **asked)


# --- by post ---


def test_a_letter_by_post_goes_from_its_paper_to_its_answer_by_commands(home, held):
    """D21: nothing of anybody stands in a command, an output or an error; the answer says where to go next.

    The rules became tighter meanwhile: no list may be matched any more, and what was answered is contested all the same.
    """
    from beholden.gate.actions.governing import set_catalogue

    held.world.at = datetime.now(UTC).replace(microsecond=0)
    set_catalogue(CATALOGUE, by=REGISTRAR, at=held.world.at)
    use, letter = held.world.use, held.letters[0][0]
    code, said = command(home, "contest", "begin", use, "P-1", typed=(letter[3][0], letter[2].isoformat()))
    assert code == 0, said
    assert "contest 1" in said
    code, said = command(home, "contest", "begin", use, "P-2", "--stranger", typed=(held.reference(1),))
    assert code == 0, said
    assert command(home, "contest", "begin", use, "P-3", "--stranger", typed=("case-999",))[0] == (
        "gate.no_match"
    )
    code, said = command(home, "contest", "list")
    assert said.count("paper P-") == 2
    assert "A person who did not make the match looks at it" in command(home, "contest", "answer", 2)[1]
    assert command(home, "contest", "decide", 2, "wrong", "--shows", "document")[0] == "contests.own_match"
    code, said = command(
        home, "contest", "decide", 2, "cannot_tell", "--shows", "nothing", "--by", "registrar-3"
    )
    assert "Answer paper P-2" in said
    said = command(home, "contest", "answer", 2)[1]
    assert "That counts as our mistake" in said
    assert "the Information Commissioner" in said
    assert command(home, "contest", "answer", 9)[0] == "contests.no_contest"
    (label,) = [json.loads(line) for line in command(home, "contest", "labels")[1].splitlines()]
    assert label["answer"] == "cannot_say"
    assert len(label["pair"]) == 32
