# SPDX-License-Identifier: Apache-2.0
"""A court names twenty children by name: found by printed rules, looked at blind by two, handed over sealed. D21, D22, D32."""

import json
import re
from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from datetime import date, timedelta

import pytest

import homes
from beholden.gate.orders import Issuer, NamedChild, Shown, SoughtChild
from beholden.home import postgres
from beholden.kinds import Actor, Role
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from fault import kills
from integration import sealing
from integration.matched import THIRD
from integration.sealing import COURT_IDENTITY, REGULATOR_SEED, for_regulator, order, signed
from integration.test_compulsion import ITS_OWN, account_of, checked, person_of, the_log, whole
from integration.world import BEGAN, CATALOGUE, REGISTRAR, SECOND

CLOCK = Actor("clock", Role.KEEPER)
STRANGER, NEVER_ENTERED, SLIP = 4, 5, 6
"""Places in the paper: nobody's name; a twin whom no school ever entered; a child with a slip in two fields."""
LISTED = (0, 1, 20, None, 30, 5, *range(6, 20))
"""Whom the paper means at each place, by place in the town. Both twins of one family, one of another's."""
BORN = date(2014, 5, 4)
ITEMS = ("forename", "surname", "postcode")


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def twenty(world):
    """The twenty children as the court's paper has them; of most it knows no postcode."""
    children = world.children()
    paper = [
        replace(sealing.by_name(children[of]), postcode="")
        if of is not None
        else SoughtChild("Zebedee", "Quillfeather", children[3].born)
        for of in LISTED
    ]
    twin = sealing.by_name(children[30])
    paper[NEVER_ENTERED - 1] = replace(twin, given_name=children[31].forename)
    slip = sealing.by_name(children[5])
    letters = slip.surname
    paper[SLIP - 1] = replace(slip, surname=letters[0] + letters[2] + letters[1] + letters[3:])
    return tuple(paper)


def meant(world):
    """Who is meant at each place of the paper, and is held: by place."""
    return {
        place: person_of(world, of)
        for place, of in enumerate(LISTED, start=1)
        if of is not None and place != NEVER_ENTERED
    }


def by_name(world, **changed):
    return order(world, **({"children": twenty(world), "items": ITEMS} | changed))


def by_number(world, **changed):
    children = world.children()
    held = [
        children[of] for place, of in enumerate(LISTED, start=1) if of is not None and place != NEVER_ENTERED
    ]
    numbered = tuple(NamedChild(child.upn, child.born) for child in held)
    return order(world, **({"children": numbered, "items": ITEMS} | changed))


def bring(world, asked=None, *, by=REGISTRAR):
    from beholden.gate.actions import searching

    return searching.find(asked or by_name(world), catalogue=CATALOGUE, by=by, at=world.at)


def find(world, asked=None):
    """Two registrars bring the same paper."""
    bring(world, asked)
    return bring(world, asked, by=SECOND).name


def waits_for(name, by):
    from beholden.gate.searches import waiting

    return waiting(name, by=by)


def look(world, name, by, says=None):
    """Let one registrar look at whatever waits. Rightly, as somebody does who can tell, or as is said for a place."""
    from beholden.gate.actions.searching import say

    right = meant(world)
    for number, pair in waits_for(name, by):
        truth = Opinion.SAME if right.get(pair.place) == pair.person else Opinion.DIFFERENT
        say(name, number, (says or {}).get(pair.place, truth), by=by, at=world.at)


def searched(world, **changed):
    """Find, and let two look."""
    name = find(world, by_name(world, **changed))
    for by in (REGISTRAR, SECOND):
        look(world, name, by)
    return name


def prepared(world, asked=None):
    from beholden.gate.actions.compelling import prepare

    return prepare(asked or by_name(world), catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def carried(world, asked):
    """Take an order from its paper all the way out."""
    from beholden.gate.actions.carrying import carry_out

    name = prepared(world, asked)
    signed(world, name)
    carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    return name


def standing():
    from beholden.gate.searches import searches

    return searches(by=REGISTRAR)


def parcel_of(home):
    from beholden.gate.parcel import unpack

    (file,) = home.released.iterdir()
    return unpack(file.read_bytes(), identity=str(COURT_IDENTITY))


@pytest.fixture(scope="module")
def played(base_home, tmp_path_factory):
    """A register with keys, a court, a regulator, somebody outside, and three registrars; nobody was looked for yet."""
    from beholden.settings import found

    with ExitStack() as stack:

        def begin():
            from beholden.people.actions import appoint

            world = sealing.ready(tmp_path_factory.mktemp("town"), 60)
            appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
            return world

        home = stack.enter_context(homes.fresh(base_home))
        with found.acting_as(home, "keeper"):
            world = kills.answer(begin)
        yield home, world


@pytest.fixture
def home(played):
    with homes.copied(played[0]) as lent:
        yield lent


@pytest.fixture
def world(played):
    return copy(played[1])


SEARCHED = {"public.gate_search", "keys/search.*", "index/current", "index/*"}


def every(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def changed(before, after):
    """Return what was changed, added or taken away, with one star for what is random in a name."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    starred = {re.sub(r"(?<=[/.-])[0-9a-f]{16,32}(?=\.|$)", "*", name) for name in names}
    return {re.sub(r"^index/[0-9a-f]{16}/.*", "index/*", name) for name in starred}


RANDOM = {"commitment", "regulator_commitment", "second"}


def public(home):
    """Every public file by its name and size, and each entry but for what is random in it."""
    files = {path.relative_to(home.ledger).as_posix(): path.stat().st_size for path in every(home.ledger)}
    said = [
        {**entry, "body": {name: value for name, value in entry["body"].items() if name not in RANDOM}}
        for entry in map(json.loads, the_log().entries)
    ]
    return {**files, "entries": said}


class TestTwenty:
    def test_the_seed_case_from_the_paper_to_the_opening(self, home, world):
        """Who was accepted is right, twins too; a stranger, and a twin whom nobody entered, are reported as not found."""
        from beholden.gate.actions.searching import end_due
        from beholden.gate.actions.unsealing import open_due
        from beholden.ledger.actions import sequence

        search = searched(world)
        (one,) = standing()
        assert (one.name, one.state, one.named) == (search, "looked at", 20)
        assert (one.not_found, one.differing) == ((STRANGER, NEVER_ENTERED), ())
        assert checked(home) == []
        name = carried(world, by_name(world))
        parcel = parcel_of(home)
        assert parcel.rows.column_names == ["tag", "named", *ITEMS]
        children = world.children()
        got = {row["named"]: (row["forename"], row["surname"]) for row in parcel.rows.to_pylist()}
        assert got == {
            place: (children[of].forename, children[of].surname)
            for place, of in enumerate(LISTED, start=1)
            if place not in {STRANGER, NEVER_ENTERED}
        }
        assert len(parcel.padding) + len(parcel.tags) == 64
        assert [account_of(world, place).sealed for place in (0, 21, 30, 40)] == [(1,)] * 4
        assert checked(home) == []
        assert end_due(by=CLOCK, at=world.at) == 0
        world.at += timedelta(days=90)
        open_due(by=CLOCK, at=world.at)
        sequence(at=world.at)
        assert end_due(by=CLOCK, at=world.at) == 1
        assert not list(home.keys.glob("search.*"))
        assert [account_of(world, place).present for place in (0, 1, 20, 5, 21, 30)] == [(1,)] * 4 + [()] * 2
        assert standing()[0].state == "over"
        assert checked(home) == []
        assert for_regulator(name).report["by_name"] == {
            "brought": ["registrar", "registrar-2"],
            "found": 18,
            "looked": ["registrar", "registrar-2"],
            "named": 20,
            "not_found": [STRANGER, NEVER_ENTERED],
            "of_this_paper": 1,
            "searches": 1,
        }

    def test_until_it_opens_the_public_reads_what_it_reads_of_an_order_by_numbers(self, played):
        """Two worlds, one order each, of one band: every public file is the same, but for what is random (D22)."""
        seen = []
        for asked in (by_number, by_name):
            with homes.copied(played[0]) as home:
                world = copy(played[1])
                if asked is by_name:
                    searched(world)
                carried(world, asked(world))
                seen.append(public(home))
        assert seen[0] == seen[1]
        assert len(seen[0]) > 5

    def test_it_leaves_nothing_behind_that_anybody_could_be_shown(self, played):
        """Every table and every file of the home says what it said before any search, but for those named here (D22).

        Beside what an order by numbers leaves: its own table, its key, and the index of who is alike, which follows from
        the vault. No journal, no log, no count, no look.
        """
        found = []
        for does in (
            lambda _: None,
            searched,
            lambda world: (searched(world), carried(world, by_name(world))),
        ):
            with homes.copied(played[0]) as home:
                does(copy(played[1]))
                found.append(whole(home))
        before, looked_for, left = found
        assert changed(before, looked_for) == SEARCHED
        assert changed(before, left) == SEARCHED | ITS_OWN

    def test_what_is_kept_of_a_search_names_nobody(self, home, world):
        """No name, birth date or postcode of the paper lies in a table or a file, found or not; nor who was found."""
        searched(world)
        with postgres.connected(home, "owner") as connection:
            rows = str(connection.execute("select * from gate_search").fetchall())
            (blob,) = connection.execute("select sought from gate_search").fetchone()
        held = (
            b"".join(path.read_bytes() for folder in (home.keys, home.index) for path in every(folder)) + blob
        )
        for child in twenty(world):
            for told in (child.surname, child.surname.lower(), child.born.isoformat(), child.postcode):
                assert not told or told not in rows
                assert not told or told.encode() not in held
        for person in meant(world).values():
            assert str(person) not in rows
            assert person.bytes not in blob

    def test_no_door_may_read_that_anybody_is_looked_for(self):
        from beholden.settings.grants import GRANTS

        (mine,) = [one for one in GRANTS if one.table == "public.gate_search"]
        assert mine.doors == ()


class TestWhoLooks:
    """D22, D32: two registrars, blind to each other; a third where they differ; who cannot say, says nobody."""

    def test_what_one_says_changes_nothing_of_what_another_is_shown(self, home, world):
        name = find(world)
        before = waits_for(name, SECOND)
        look(world, name, REGISTRAR)
        assert waits_for(name, REGISTRAR) == ()
        assert waits_for(name, SECOND) == before
        (one,) = standing()
        assert (one.state, one.not_found, one.differing) == ("waits", (), ())
        with refused("gate.search_waits"):
            prepared(world)

    def test_nobody_is_taken_for_anybody_before_anybody_looked(self, home, world):
        """Whatever a sum comes to: the rules alone accept nobody of an order."""
        from beholden.linkage.deciding import Decision, Reason

        whys = [pair.why.explanation for _, pair in waits_for(find(world), REGISTRAR)]
        assert {one.decision for one in whys} == {Decision.REVIEW}
        assert sum(one.reason is Reason.PURPOSE for one in whys) > 10
        assert any(one.reason is Reason.GIVEN_NAME for one in whys)

    def test_where_two_differ_it_is_nobody_until_a_third_says(self, home, world):
        from beholden.gate.actions.searching import say

        name = find(world)
        look(world, name, REGISTRAR, {1: Opinion.DIFFERENT, 7: Opinion.CANNOT_SAY})
        look(world, name, SECOND, {7: Opinion.CANNOT_SAY})
        (one,) = standing()
        assert (one.state, one.differing) == ("looked at", (1,))
        assert one.not_found == (1, STRANGER, NEVER_ENTERED, 7)
        ((number, pair),) = waits_for(name, THIRD)
        assert pair.place == 1
        say(name, number, Opinion.SAME, by=THIRD, at=world.at)
        assert standing()[0].not_found == (STRANGER, NEVER_ENTERED, 7)

    def test_the_first_word_holds_and_nobody_else_says_any(self, home, world):
        from beholden.gate.actions.searching import say

        name = find(world)
        (number, _), *_ = waits_for(name, REGISTRAR)
        say(name, number, Opinion.DIFFERENT, by=REGISTRAR, at=world.at)
        for by, code in (
            (REGISTRAR, "gate.search_over"),
            (sealing.OUTSIDE, "gate.role"),
            (Actor("reviewer-a", Role.REVIEWER, "panel-a"), "gate.role"),
            (Actor("nobody", Role.REGISTRAR, "keeper"), "people.not_enrolled"),
        ):
            with refused(code):
                say(name, number, Opinion.SAME, by=by, at=world.at)
            with refused(code) if by is not REGISTRAR else ExitStack():
                waits_for(name, by)
            if by is not REGISTRAR:
                with refused(code):
                    bring(world, by=by)

    def test_reviewers_of_uses_are_asked_nothing_and_their_public_figures_say_nothing(self, home, world):
        """Their desk is of people from outside; that there is an order is the keeper's and the regulator's."""
        from beholden.gate.linked_pairs import waiting
        from beholden.gate.models import LinkedPair, Linking
        from integration.world import REVIEWERS

        searched(world)
        assert [waiting(one) for one in REVIEWERS] == [(), ()]
        assert not LinkedPair.objects.exists()
        assert not Linking.objects.exists()


class TestWhatIsRefused:
    """D22, D35: by the rules of every order, before anybody is compared; and by those of a search."""

    NEVER_BEGUN = {
        "a letter": ("gate.only_asked", {"shown": Shown.LETTER}),
        "a notice": (
            "gate.order_by_name",
            {"shown": Shown.STATUTORY_NOTICE, "issuer": Issuer.PUBLIC_OFFICER, "purpose": "statutory-notice",
             "items": ("nc_year",)},
        ),
        "a whole school": ("gate.order_by_name", {"whole_school": True, "items": ("nc_year",)}),
        "numbers": ("gate.nobody_sought", {"children": (NamedChild("Z123", BEGAN.date()),)}),
        "letters that are lost": (
            "gate.sought_unread",
            {"children": (SoughtChild("J\N{REPLACEMENT CHARACTER}rgen", "Example", BORN),)},
        ),
    }  # fmt: skip

    @pytest.mark.parametrize("paper", NEVER_BEGUN)
    def test_what_is_no_such_order_leaves_nothing_behind_at_all(self, home, world, paper):
        code, changes = self.NEVER_BEGUN[paper]
        before = whole(home)
        with refused(code):
            find(world, by_name(world, **changes))
        assert whole(home) == before

    def test_nobody_is_compared_before_two_have_brought_the_same_paper(self, home, world):
        """One registrar alone learns nothing of anybody, and leaves a line of having asked; nor is the index made (D22)."""
        first = bring(world)
        assert bring(world) == first
        assert (first.is_compared, standing()[0].state, standing()[0].second) == (False, "begun", "")
        assert not list(home.index.iterdir())
        assert not list(home.keys.glob("search.*"))
        with refused("gate.not_sought"):
            waits_for(first.name, REGISTRAR)
        with refused("gate.not_sought"):
            prepared(world)
        asked = by_name(world)
        for other in (
            replace(asked, children=asked.children[1:]),
            replace(asked, items=("nc_year",)),
            replace(asked, knows_of_safety=True),
        ):
            with refused("gate.search_other"):
                bring(world, other, by=SECOND)
        assert bring(world, by=SECOND) == replace(first, is_compared=True)
        assert bring(world, by=THIRD) == replace(first, is_compared=True)

    def test_two_have_brought_the_same_paper_however_each_typed_it(self, home, world):
        """What is compared is the same: facts are a set, and spaces, signs and capitals make no other name or postcode."""
        asked = by_name(world)
        one = replace(sealing.by_name(world.children()[0]), surname="O'Hara-Quillfeather", postcode="AB1 2CD")
        other = replace(
            one,
            given_name=f" {one.given_name.upper()}",
            surname="o\N{RIGHT SINGLE QUOTATION MARK}hara  quillfeather",
            postcode="ab12cd",
        )
        first = bring(world, replace(asked, children=(one, *asked.children[1:])))
        typed = replace(asked, children=(other, *asked.children[1:]), items=ITEMS[::-1])
        assert bring(world, typed, by=SECOND) == replace(first, is_compared=True)

    def test_nothing_is_prepared_that_was_not_searched_or_was_typed_otherwise_then(self, home, world):
        with refused("gate.not_sought"):
            prepared(world)
        searched(world)
        asked = by_name(world)
        other = replace(asked, children=(replace(asked.children[0], postcode="ZZ1 1ZZ"), *asked.children[1:]))
        with refused("gate.not_sought"):
            prepared(world, other)
        with refused("gate.search_other"):
            bring(world, other)
        with refused("gate.not_sought"):
            prepared(world, replace(asked, reference="ORDER-2"))

    def test_one_paper_one_search_and_after_it_was_carried_out_none(self, home, world):
        name = searched(world)
        assert find(world) == bring(world, by_name(world, reference=" order-1 ")).name == name
        carried(world, by_name(world))
        with refused("gate.order_twice"):
            find(world)

    def test_nobody_looks_at_a_child_who_is_kept_safe_unless_the_court_knows(self, home, world):
        """That somebody searched stays all the same: who asks about a hidden child is no secret of their own (D35)."""
        from beholden.gate.actions.searching import end
        from beholden.people.actions import flag

        flag(person_of(world, 8), "hidden", by=REGISTRAR, at=world.at)
        with refused("gate.order_safety"):
            find(world)
        (one,) = standing()
        assert one.state == "begun"
        with refused("gate.not_sought"):
            waits_for(one.name, REGISTRAR)
        with refused("gate.search_other"):
            bring(world, by_name(world, knows_of_safety=True))
        end(one.name, by=REGISTRAR, at=world.at)
        name = find(world, by_name(world, knows_of_safety=True))
        assert 9 in {pair.place for _, pair in waits_for(name, REGISTRAR)}

    def test_a_child_put_under_a_flag_after_the_search_stops_the_order_as_ever(self, home, world):
        from beholden.people.actions import flag

        searched(world)
        flag(person_of(world, 0), "hidden", by=REGISTRAR, at=world.at)
        with refused("gate.order_safety"):
            prepared(world)

    def test_what_goes_on_is_an_order_by_numbers_with_the_birth_dates_that_are_held(self, home, world):
        """So a slip in the paper keeps no fact longer (D33), and every later step is the one of every order."""
        from beholden.gate.actions.searching import by_number

        of, child = next(
            (of, one)
            for of, one in enumerate(world.children())
            if one.born.day <= 12 and one.born.day != one.born.month
        )
        turned = replace(
            sealing.by_name(child), born=child.born.replace(month=child.born.day, day=child.born.month)
        )
        asked = by_name(world, children=(SoughtChild("Zebedee", "Quillfeather", BORN), turned))
        name = find(world, asked)
        for by in (REGISTRAR, SECOND):
            look(world, name, by, {2: Opinion.SAME})
        got = by_number(asked, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        assert got.order == replace(asked, children=(NamedChild(child.upn, child.born),)), of
        assert got.places == (2,)

    def test_a_child_who_is_in_the_register_no_more_stops_it(self, home, world):
        searched(world)
        gone = person_of(world, 8)
        with postgres.connected(home, "cluster") as connection:
            connection.execute("delete from vault.lookup where person_id = %s", [gone])
            connection.execute("delete from vault.person where id = %s", [gone])
        with refused("gate.order_child"):
            prepared(world)

    def test_where_nobody_is_found_there_is_nothing_to_hand_over(self, home, world):
        stranger = (SoughtChild("Zebedee", "Quillfeather", BORN),)
        find(world, by_name(world, children=stranger))
        with refused("gate.order_none_found"):
            prepared(world, by_name(world, children=stranger))


class TestWhenItIsOver:
    def test_called_off_nobody_reads_it_any_more_and_the_paper_can_be_searched_for_anew(self, home, world):
        """D36: the key is gone, from copies too. That there was a search, and by whom, stays."""
        from beholden.gate.actions.searching import end

        name = searched(world)
        end(name, by=SECOND, at=world.at)
        assert not list(home.keys.glob("search.*"))
        with refused("gate.not_sought"):
            prepared(world)
        with refused("gate.search_over"):
            waits_for(name, THIRD)
        again = find(world)
        assert {one.name: one.state for one in standing()} == {name: "over", again: "waits"}
        assert len(waits_for(again, REGISTRAR)) > 10
        with refused("gate.search_over"):
            end("no-such", by=REGISTRAR, at=world.at)

    def test_who_ends_a_search_and_searches_anew_tells_the_regulator(self, home, world):
        """A first word that was not liked can be said again in another search of the paper: so it is counted."""
        from beholden.gate.actions.searching import end

        find(world, by_name(world, reference="ORDER-2"))
        end(searched(world), by=REGISTRAR, at=world.at)
        searched(world)
        said = for_regulator(carried(world, by_name(world))).report["by_name"]
        assert (said["of_this_paper"], said["searches"]) == (2, 3)

    def test_one_that_does_not_open_is_listed_as_broken_beside_the_others_and_can_be_ended(self, home, world):
        """Its name is needed to end it, and stands in the list alone."""
        from beholden.gate.actions.searching import end

        whole, broken = searched(world), find(world, by_name(world, reference="ORDER-2"))
        (home.keys / f"search.{broken}").unlink()
        assert {one.name: one.state for one in standing()} == {whole: "looked at", broken: "broken"}
        with refused("home.key_missing"):
            waits_for(broken, REGISTRAR)
        end(broken, by=REGISTRAR, at=world.at)
        assert {one.name: one.state for one in standing()} == {whole: "looked at", broken: "over"}
        assert find(world, by_name(world, reference="ORDER-2")) != broken

    @pytest.mark.parametrize("days", [89, 90])
    def test_what_led_to_no_order_is_over_when_its_secret_would_be(self, home, world, days):
        from beholden.gate.actions.searching import end_due

        searched(world)
        assert end_due(by=CLOCK, at=world.at + timedelta(days=days)) == (days == 90)
        assert bool(list(home.keys.glob("search.*"))) == (days < 90)

    def test_an_order_that_is_called_off_is_prepared_anew_from_the_same_search(self, home, world):
        from beholden.gate.actions.carrying import call_off

        searched(world)
        first = prepared(world)
        call_off(first, by=REGISTRAR, at=world.at)
        assert prepared(world) != first

    def test_a_seal_that_was_called_off_and_is_open_ends_no_search_of_its_paper(self, home, world):
        """It led to nothing: the court's order still stands, and is prepared anew."""
        from beholden.gate.actions import carrying
        from beholden.gate.actions.searching import end_due
        from beholden.gate.actions.unsealing import take
        from beholden.gate.regulator import opening, print_word

        searched(world)
        name = prepared(world)
        signed(world, name)
        (file,) = home.quarantine.iterdir()
        file.unlink()
        with pytest.raises(FileNotFoundError):  # logged, and struck before it left
            carrying.carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        take(
            print_word(opening(for_regulator(name), the_log().read, REGULATOR_SEED)),
            by=REGISTRAR,
            at=world.at,
        )
        carrying.call_off(name, by=REGISTRAR, at=world.at)
        assert end_due(by=CLOCK, at=world.at) == 0
        assert prepared(world) != name

    def test_the_keepers_process_ends_it(self, home, world):
        from beholden.hatch.chores import end_letters

        searched(world)
        end_letters(world.at + timedelta(days=90))
        assert not list(home.keys.glob("search.*"))


def test_fsck_finds_every_change_of_what_was_kept_and_a_key_that_is_gone(home, world):
    searched(world)
    assert checked(home) == []
    columns = {
        "at": "at + interval '1 second'",
        "by": "by || 'x'",
        "asks": "reverse(asks)",
        "second": "second || 'x'",
        "named": "named + 1",
        "opens_by": "opens_by + 1",
        '"order"': 'reverse("order")',
        "sought": "'\\x00'",
    }
    with postgres.connected(home, "owner") as connection:
        connection.execute("create temporary table kept as select * from gate_search")
        for column, value in columns.items():
            connection.execute(f"update gate_search set {column} = {value}")
            assert {one.code for one in checked(home)} == {"fsck.search"}, column
            connection.execute(f"update gate_search set {column} = kept.{column} from kept")
        connection.execute("update gate_search set ended_at = now()")
        assert {one.code for one in checked(home)} == {"fsck.search_kept"}
        connection.execute("update gate_search set ended_at = null")
        assert checked(home) == []
        (key,) = home.keys.glob("search.*")
        key.unlink()
        assert {one.code for one in checked(home)} == {"fsck.search"}
        connection.execute("delete from gate_search")
    key.write_bytes(b"")
    assert "fsck.orphan" in {one.code for one in checked(home)}
