# SPDX-License-Identifier: Apache-2.0
"""A study over time: every run names a child by the same made-up number, because families were asked just that.

It is asked with a reason, judged like a fact, agreed, published and told; it reaches over no second use, and whoever is
kept safe is followed no further. D6, D7, D15, D18, D19, D31, D34, D35.
"""

import copy
import json
from dataclasses import replace

import pytest

import homes
from beholden.refusals import Refusal
from beholden.uses.rules import Mark, Recurrence, Says, Setting
from beholden.uses.rules.panel import OVER_TIME
from integration.repeated import RULES, YEAR, Yearly
from integration.replayed import audit, enrolled
from integration.test_repeated_use import closed_day, done_all, handovers
from integration.world import APPLICANT, IDENTITY, REGISTRAR

WHY = "The question is how the same children do in the years after they were ill."
BASE = "https://register.example/"
STRUCK = Mark(Says.YES, "Two pictures are enough.", without=(OVER_TIME,))


class Followed(Yearly):
    """A yearly study that asks to follow the same children."""

    why = WHY
    facts = None
    room: dict = {}

    def draft(self, **changes):
        return super().draft(**(self.room | changes))

    def agreed(self, ref, *, by=APPLICANT, **said):
        super().agreed(ref, by=by, **({"facts": self.facts} | said))

    def application(self, items, **changes):
        return super().application(items, **({"over_time": self.why} | changes))

    def next_run(self, home, year):
        """Play one more run to its end, and return its parcel."""
        self.pass_to(self.at + YEAR)
        self.returned(year)
        self.again()
        self.told(only=())
        return self.confirmed(home, self.released())


def begun(folder):
    world = Followed(folder, catalogue=RULES)
    world.returned(2026)
    return world


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A study over time after its first run."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = begun(tmp_path_factory.mktemp("town"))
            world.published()
            world.told()
            parcel = world.confirmed(home, world.released())
        yield home, world, parcel


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def world(prepared, home):
    return copy.deepcopy(prepared[1])


def numbers(rows):
    return set(rows["pseudonym"].to_pylist())


def released_in(place, world):
    """The persons who went in one of the handovers, oldest first."""
    from beholden.gate.actions.tracing import _released

    return _released(handovers(world)[place])


def page(world):
    from django.test import Client

    return Client().get(f"/uses/{world.use}").content.decode()


def text(world):
    from beholden.uses.standing import agreement

    return agreement(world.use, base=BASE).text


SAID = "Each child keeps the same made-up number, so they can see how a child changes."


def test_every_run_names_a_child_alike_and_each_is_proved_and_made_again_for_itself(world, home, prepared):
    """D15, D28: who is in both has one number in both; registry, list and tags are each run's own."""
    from beholden.fsck.tables import check_tables

    first, second = prepared[2], world.next_run(home, 2027)
    both = released_in(0, world) & released_in(1, world)
    assert len(both) == len(numbers(first.rows) & numbers(second.rows)) == first.rows.num_rows
    assert not set(first.tags) & set(second.tags)
    assert len({one.decision.registry_id for one in handovers(world)}) == 2
    enrolled(world)
    for one, parcel in zip(handovers(world), (first, second), strict=True):
        assert audit(world, one.id, parcel.rows).agrees
    assert list(check_tables(home, RULES)) == []


def test_it_is_published_agreed_and_told_in_one_plain_sentence(world, home):
    """D6, D26: in the agreement with its reason, on the page of the use and on each page of a family."""
    from django.test import Client

    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown
    from beholden.uses.queries import published_text

    assert WHY.rstrip(".") in text(world)
    assert "Each child has the same made-up number every time, in this use and in no other" in text(world)
    assert "other ones each time" not in text(world)
    assert SAID in page(world)
    assert Client().get(f"/uses/{world.use}.json").json()["recurs"]["over_time"] is True
    assert json.loads(published_text(world.use).text)["application"]["over_time"] == WHY
    letter = next(one for one in world.letters() if len(one[3]) == 1)
    (notice,) = world.open(letter).notices
    assert notice.recurs.over_time
    shown = Shown(letter[1], letter[2], world.seconds[letter[0]])
    shown = replace(shown, second=family.enter(shown, catalogue=RULES, at=world.at).own_code)
    (child,) = family.overview(shown, catalogue=RULES, at=world.at).children
    (coming,) = family.used(AboutChild(shown, child.ref), catalogue=RULES, at=world.at).proposed
    assert coming.over_time


def test_a_no_between_two_runs_takes_the_row_back_under_the_number_that_both_have(world, home, prepared):
    """D31: the message names the row of its own handover; the next list has the number no more."""
    from beholden.gate import message_key
    from beholden.gate.message import unlock

    letter = next(one for one in world.letters() if len(one[3]) == 1)
    person = world.open(letter).children[0].person
    world.keep_out(letter)
    closed_day(world)
    (path,) = [one for one in home.messages.iterdir() if one.stat().st_size]
    message = unlock(path.read_bytes(), identity=str(IDENTITY), key=message_key.public())
    (ask,) = message.asks
    rows = {row["tag"]: row["pseudonym"] for row in prepared[2].rows.to_pylist()}
    assert rows[ask.tag] == ask.pseudonym.hex()
    done_all(world, home)
    second = world.next_run(home, 2027)
    assert person not in released_in(1, world)
    assert numbers(prepared[2].rows) - numbers(second.rows) == {ask.pseudonym.hex()}


def test_a_file_that_got_out_fits_the_run_of_its_tags_and_without_them_every_run(world, home, tmp_path):
    """D34: a number that all runs have cannot say from which of them a file is; a tag can."""
    import pyarrow.parquet as pq

    from beholden.gate.actions.tracing import whose

    second = world.next_run(home, 2027)
    first, latest = handovers(world)
    leaked = tmp_path / "leaked.parquet"
    pq.write_table(second.rows.slice(0, 4), leaked)
    (match,) = whose(leaked, by=REGISTRAR, at=world.at)
    assert (match.disclosure, match.how, match.rows) == (latest.id, "tags", 4)
    pq.write_table(second.rows.slice(0, 4).drop_columns(["tag"]), leaked)
    found = whose(leaked, by=REGISTRAR, at=world.at)
    assert {(one.disclosure, one.how, one.rows) for one in found} == {
        (one.id, "pseudonyms", 4) for one in (first, latest)
    }


def test_an_amendment_shows_it_as_a_difference_and_begins_with_new_numbers(world, home, prepared):
    """D7, D19: who wants to follow no more, or to follow from now on, asks anew; no number reaches over two uses."""
    from beholden.uses.papers import public_papers

    items = ("nc_year", "sessions_possible", "session_details")
    asked = world.application(items, recurrence=Recurrence.EACH_YEAR, over_time="")
    old, world.use = world.use, world.another(amends=world.use, application=asked)
    (difference,) = [one for one in public_papers(world.use) if one.kind == "difference"]
    assert [one for one in difference.body["changes"] if one["question"] == "over_time"] == [
        {"question": "over_time", "before": WHY, "after": ""}
    ]
    world.told()
    amended = world.confirmed(home, world.released())
    assert world.use != old
    assert amended.rows.num_rows
    assert not numbers(prepared[2].rows) & numbers(amended.rows)


# --- the panel ---


def test_what_the_panel_struck_out_is_not_agreed_not_told_and_not_done(keeper_home, tmp_path):
    """D18: like a fact that is not needed, while the study itself is granted."""
    from beholden.uses.papers import public_papers

    world = begun(tmp_path / "town")
    world.facts = STRUCK
    world.published()
    world.told()
    first = world.confirmed(keeper_home, world.released())
    second = world.next_run(keeper_home, 2027)
    assert not numbers(first.rows) & numbers(second.rows)
    assert "The made-up numbers are other ones each time." in text(world)
    assert WHY.rstrip(".") not in text(world)
    assert "It comes again every year" in page(world)
    assert SAID not in page(world)
    (decision,) = [one for one in public_papers(world.use) if one.kind == "decision"]
    assert (decision.body["over_time"], decision.body["says"]) == ("", "yes")


def test_what_was_struck_out_once_is_never_brought_back(world, home, prepared):
    """D41: the panel looks again during a run and ends it; a later look brings no run back to the old numbers."""
    third = None
    for year, facts in ((2027, STRUCK), (2028, None)):
        world.pass_to(world.at + YEAR)
        world.returned(year)
        world.again()
        looked_at_again(world, facts)
        world.told(only=())
        latest = world.confirmed(home, world.released())
        assert not numbers(prepared[2].rows) & numbers(latest.rows)
        assert third is None or not numbers(third.rows) & numbers(latest.rows)
        third = latest
    assert SAID not in page(world)
    enrolled(world)
    (first, *_) = handovers(world)
    assert audit(world, first.id, prepared[2].rows).agrees, "what left before is still what it was"


def looked_at_again(world, facts):
    """Every school objects; the panel answers them, agrees once more, and it is agreed and published anew."""
    from beholden.uses import actions as uses
    from beholden.uses.models import Use
    from beholden.uses.papers import open_objections

    for path in world.files:
        uses.school_objects(world.use, reason="Small.", catalogue=RULES, by=world.sender(path), at=world.at)
    uses.hear_children(world.use, who="A council.", view="Enough.", by=REGISTRAR, at=world.at)
    replies = dict.fromkeys(open_objections(Use.objects.get(pk=world.use)), "You are right.")
    world.agreed(world.use, replies=replies, facts=facts)


def test_it_may_be_judged_only_where_it_was_asked_for(keeper_home, tmp_path):
    world = begun(tmp_path / "town")
    world.why, world.facts = "", STRUCK
    with pytest.raises(Refusal, match=r"^uses\.review_strikes:"):
        world.published()


# --- who is kept safe ---


def test_in_the_reading_room_a_child_who_is_kept_safe_is_followed_no_further(keeper_home, tmp_path):
    """D35: from then on its number is of one run, and so is that of one more, drawn: a new number proves nothing."""
    from beholden.people.actions import flag

    world = begun(tmp_path / "town")
    items = ("nc_year", "entry_date")
    typed = {"setting": Setting.READING_ROOM, "why_elsewhere": "", "recurrence": Recurrence.EACH_YEAR}
    world.room = {"exit": "enclave", "items": items, "application": world.application(items, **typed)}
    world.published()
    world.told()
    world.released()
    (first,) = in_the_room(keeper_home, world)
    world.pass_to(world.at + YEAR)
    flag(world.open(world.letters()[0]).children[0].person, "severed", by=REGISTRAR, at=world.at)
    world.returned(2027)
    world.again()
    world.told(only=())
    world.released()
    first, second = in_the_room(keeper_home, world)
    assert first.num_rows == second.num_rows
    assert len(numbers(second) - numbers(first)) == second["entry_date"].null_count == 2
    fresh = {row["pseudonym"] for row in second.to_pylist() if row["entry_date"] is None}
    assert fresh == numbers(second) - numbers(first)
    leaked = tmp_path / "leaked.csv"
    leaked.write_text("\n".join(sorted(fresh)))
    from beholden.gate.actions.tracing import whose

    (match,) = whose(leaked, by=REGISTRAR, at=world.at)
    assert (match.disclosure, match.rows) == (handovers(world)[1].id, 2)


def in_the_room(home, world):
    """The rows that lie in the reading room, the oldest handover first."""
    from beholden.gate import room
    from beholden.home import keys

    found = []
    for one in handovers(world):
        (path,) = [path for path in home.enclave.iterdir() if path.name == one.file]
        key = keys.load(home, room.key_name(one.id))
        found.append(room.unseal(path.read_bytes(), key=key, list_id=one.id).rows)
    return found
