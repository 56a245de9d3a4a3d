# SPDX-License-Identifier: Apache-2.0
"""Tables as a way out: one census frozen, said in the log, asked by whoever likes, withdrawn. D13, D18, D20, D24.

One world is played for the module; each test looks at what came of it, or goes on from a copy.
"""

import json
import shutil
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations

import msgspec
import pytest

import homes
from beholden.catalogue import SHIPPED, load
from beholden.hatch import verbs
from beholden.home import keys
from beholden.ledger.entries import parse
from beholden.refusals import Refusal
from beholden.tables import cubes, shelf
from integration.world import APPLICANT, CATALOGUE, REGISTRAR, World

CENSUS = "SC/SPR/2026"
NAME = "pupils-sc-spr-2026"
BY_SEX = {"about": "pupils", "ask": "count", "by": ["sex"]}
WHY = "A school sent the wrong file."


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def begun(folder, pupils=240):
    from beholden.gate.actions.governing import set_catalogue

    world = World(folder, pupils=pupils)
    set_catalogue(CATALOGUE, by=REGISTRAR, at=world.at)
    world.returns()
    return world


def freeze(world, *, catalogue=CATALOGUE, by=REGISTRAR, data="pupils", census=CENSUS):
    from beholden.gate.actions.freezing import freeze as frozen

    return frozen(data, census, catalogue=catalogue, by=by, at=world.at)


def withdraw(world, name=NAME, why=WHY, by=REGISTRAR):
    from beholden.gate.actions.freezing import withdraw as withdrawn

    withdrawn(name, why, by=by, at=world.at)


@dataclass
class Asked:
    """The keeper's end of the hatch, asked as a door asks it, without the socket."""

    world: World
    catalogue: object = CATALOGUE

    def __post_init__(self):
        from beholden.hatch.table import keeper

        self.keeper = keeper(self.catalogue, since=self.world.at)

    def verb(self, verb, question):
        raw = msgspec.json.encode(verbs.Asked(verb.name, msgspec.Raw(msgspec.json.encode(question))))
        back = msgspec.json.decode(self.keeper.answer(raw, at=self.world.at), type=verbs.Answered)
        if back.refused is not None:
            raise back.refused.refusal()
        return msgspec.json.decode(back.answer, type=verb.answer)

    def ask(self, question, asker="a"):
        return json.loads(self.verb(verbs.TABLES_ASK, shelf.Ask(json.dumps(question), asker)).document)

    def shelf(self):
        (found,) = self.verb(verbs.TABLES_SHELF, verbs.Nothing()).sets
        return found

    def lines(self):
        return self.verb(verbs.TABLES_LOG, verbs.Nothing()).lines


def said():
    from beholden.ledger.queries import entries

    return [parse(raw, log="events") for raw in entries("events")]


@pytest.fixture(scope="module")
def frozen(base_home, tmp_path_factory):
    """A home in which a census is frozen, and its world."""
    from beholden.settings import found

    with ExitStack() as stack:
        home = stack.enter_context(homes.fresh(base_home))
        with found.acting_as(home, "keeper"):
            world = begun(tmp_path_factory.mktemp("town"))
            assert freeze(world) == NAME
        yield home, world


@pytest.fixture
def world(frozen):
    """A copy of that home, in which this test may do what it likes."""
    with homes.copied(frozen[0]):
        yield copy(frozen[1])


# --- frozen and said ---


def test_the_log_says_of_a_release_what_anybody_may_check_and_no_figure(world):
    (entry,) = [one for one in said() if one.kind == "table"]
    body = entry.body.to_json()
    assert set(body) == {"band", "catalogue", "commitment", "data", "moment", "policy", "release"}
    assert (body["data"], body["moment"], body["release"], body["band"]) == (
        "pupils",
        CENSUS,
        "sc-spr-2026",
        512,
    )
    assert body["catalogue"] == CATALOGUE.hash
    assert body["policy"] == Asked(world).shelf().policy


def test_a_table_counts_everybody_and_each_figure_is_near_the_truth(world):
    """Also those whose family said no to everything, and who is kept safe: none of them is missing."""
    children = world.children()
    made = Asked(world).ask(BY_SEX)
    shown = {cell["at"]["sex"]: cell.get("value") for cell in made["cells"]}
    for sex, words in (("F", "Girls"), ("M", "Boys")):
        assert abs(shown[words] - sum(child.sex == sex for child in children)) <= 7
    assert made["release"] == NAME


def test_one_family_choice_or_a_flag_changes_nothing_in_a_cube(base_home, tmp_path):
    """Two worlds that differ in what one family says, and in who is kept safe, have one cube, cell by cell (D13)."""
    from beholden.people.actions import flag
    from beholden.settings import found

    with ExitStack() as stack:
        home = stack.enter_context(homes.fresh(base_home))
        with found.acting_as(home, "keeper"):
            world = World(tmp_path, pupils=60)
            world.returns()
            world.published()
            world.told()
            keys.create(home, "tables")
        frozen = []
        for says_no in (False, True):
            with homes.copied(home) as made:
                its = copy(world)
                if says_no:
                    hidden = its.open(its.letters()[1]).children[0].person
                    its.keep_out(its.letters()[0])
                    flag(hidden, "hidden", by=REGISTRAR, at=its.at)
                freeze(its)
                frozen.append(cubes.load(made.tables, "pupils"))
        assert frozen[0] == frozen[1]


# --- rates and means ---


def missed(world):
    """Return of each child on roll its sex, and of how many of a hundred half days the returns say it was away."""
    from beholden.register.rows import read

    share = CATALOGUE.data_set("pupils").shares[0]
    found = read.everybody("SC", "SPR", 2026, ("sex", *share.items)).to_pylist()
    return [
        (
            row["sex"],
            100
            * sum(one["sessions"] for one in row[share.item] if one["code"] in share.codes)
            / row[share.whole],
        )
        for row in found
        if row[share.item] and row[share.whole]
    ]


def test_a_mean_is_near_the_truth_by_as_much_as_its_error_says(world):
    """The mean of half days missed, from codes of the return; children of whom none are asked have no share."""
    made = Asked(world).ask(BY_SEX | {"ask": {"mean": "missed"}})
    shown = {cell["at"]["sex"]: cell.get("value") for cell in made["cells"]}
    for sex, words in (("F", "Girls"), ("M", "Boys")):
        shares = [share for its, share in missed(world) if its == sex]
        assert 50 < len(shares) < 120
        most = 5 * (max(shares) - min(shares)) / len(shares) + 0.1
        assert abs(shown[words] - sum(shares) / len(shares)) < most
    (small,) = made["hidden"]
    assert (small["symbol"], small["cells"], small["why"]) == ("c", 1, "small")
    assert "5 times the difference" in made["error"]


def test_what_is_on_offer_names_the_measures_and_why_a_child_was_away_is_not_asked(world):
    asked = Asked(world)
    assert [one.name for one in asked.shelf().measures] == ["missed", "missed_not_agreed"]
    with refused("tables.withheld"):
        asked.ask(BY_SEX | {"ask": {"mean": "session_details"}})
    with refused("tables.unknown"):
        asked.ask(BY_SEX | {"ask": {"mean": "sessions_possible"}})


def test_a_rate_is_of_the_two_counts_and_none_of_fewer_than_23(world):
    """How many of a hundred are girls; by school year the groups are too small, and say so."""
    asked, girls = Asked(world), {"rate": "Girls", "of": "sex"}

    def figures(ask, by):
        cells = asked.ask({"about": "pupils", "ask": ask, "by": by})["cells"]
        return {tuple(cell["at"].values()): cell["value"] for cell in cells if "value" in cell}

    part, whole = figures("count", ["language", "sex"]), figures("count", ["language"])
    rates = figures(girls, ["language"])
    assert ("English",) in rates
    for (language,), rate in rates.items():
        assert rate == int(100 * part[language, "Girls"] / whole[language,] + 0.5)
    by_year = asked.ask({"about": "pupils", "ask": girls, "by": ["school_year"]})
    assert all("value" not in cell or cell["value"] > 0 for cell in by_year["cells"])
    assert {one["why"] for one in by_year["hidden"]} <= {"small", "base", "area"}
    assert by_year["hidden"]


def test_whose_half_days_should_have_been_wiped_counts_and_has_no_share(world, tmp_path):
    """They are kept for fewer years than the rest: after that a census still has counts, and no mean (D33)."""
    from beholden.gate.actions.governing import set_catalogue

    folder = shutil.copytree(SHIPPED["england"], tmp_path / "pack")
    items = (folder / "items.toml").read_text().replace('keep_until = "years 6"', 'keep_until = "years 1"')
    (folder / "items.toml").write_text(items)
    tighter = load(folder)
    before = Asked(world).ask(BY_SEX)["cells"]
    withdraw(world)
    world.at += timedelta(days=365)
    set_catalogue(tighter, by=REGISTRAR, at=world.at)
    freeze(world, catalogue=tighter)
    asked = Asked(world, tighter)
    assert asked.ask(BY_SEX)["cells"] == before
    mean = asked.ask(BY_SEX | {"ask": {"mean": "missed"}})
    assert {(one["why"], one["cells"]) for one in mean["hidden"]} == {("area", 3)}


# --- asked ---


def test_an_equal_question_rephrased_has_the_equal_answer_and_is_one_line_of_the_log(world):
    asked = Asked(world)
    first = asked.ask({"about": "pupils", "ask": "count", "by": ["sex", "free_meals"]})
    again = asked.ask(
        {"by": ["free_meals", "sex"], "ask": "count", "about": "pupils", "release": "sc-spr-2026"}
    )
    assert first == again
    asked.ask({"about": "pupils", "ask": "count", "by": ["sex", "free_meals"], "show": {"sex": ["Girls"]}})
    (line,) = asked.lines()
    assert (line.day, line.often) == (world.at.date().isoformat(), 3)
    assert json.loads(line.question)["by"] == ["free_meals", "sex"]
    assert asked.ask(json.loads(line.question)) == first, "a line of the log asks the same again"


def test_what_is_refused_is_refused_with_what_to_ask_instead_and_is_no_line_of_the_log(world):
    asked = Asked(world)
    for question, code in (
        ({"about": "horses", "ask": "count", "by": ["sex"]}, "tables.unknown_data_set"),
        (BY_SEX | {"where": {"sex": "F"}}, "tables.slice"),
        (BY_SEX | {"by": ["nationality"]}, "tables.withheld"),
        (BY_SEX | {"by": ["region", "authority"]}, "tables.two_areas"),
        (BY_SEX | {"release": "sc-spr-1990"}, "tables.no_release"),
        ({"about": ["pupils"], "ask": "count", "by": ["sex"]}, "tables.unknown_data_set"),
    ):
        with refused(code):
            asked.ask(question)
    assert asked.lines() == ()


def test_one_asker_meets_the_limit_and_another_does_not(world):
    """Every table by authority, one after the other: at some point enough is told of one group. Others go on."""
    asked = Asked(world)
    fields = [one.name for one in asked.shelf().fields if not one.area]
    wanted = [("authority", *some) for many in range(4) for some in combinations(fields, many)]
    refusals = []
    for by in wanted:
        try:
            asked.ask({"about": "pupils", "ask": "count", "by": list(by)})
        except Refusal as no:
            refusals.append((by, no.code))
    assert refusals
    assert {code for _, code in refusals} == {"tables.overlap"}
    by = list(refusals[0][0])
    assert asked.ask({"about": "pupils", "ask": "count", "by": by}, asker="b")["release"] == NAME
    assert asked.ask({"about": "pupils", "ask": "count", "by": ["authority"]}), "what was had costs nothing"
    withdraw(world)
    freeze(world)
    with refused("tables.overlap"):  # a new release of the same census begins nothing anew
        asked.ask({"about": "pupils", "ask": "count", "by": by})


def test_nothing_of_who_asked_is_in_the_database(world):
    from django.db import connection

    from beholden.gate.models import TableAsked

    Asked(world).ask(BY_SEX, asker="somebody's hash")
    columns = {field.column for field in TableAsked._meta.get_fields()}
    assert columns == {"id", "day", "release_id", "question", "often"}
    assert connection.vendor == "postgresql"


# --- who may, and when not ---


def test_only_the_registrar_freezes_and_withdraws(world):
    with refused("gate.role"):
        freeze(world, by=APPLICANT)
    with refused("gate.role"):
        withdraw(world, by=APPLICANT)


def test_of_one_census_one_release_stands(world):
    with refused("tables.stands_already"):
        freeze(world)
    assert [one.kind for one in said()].count("table") == 1


def test_a_withdrawn_release_answers_nothing_and_keeps_name_and_reason(world):
    asked = Asked(world)
    asked.ask(BY_SEX)
    withdraw(world)
    with refused("tables.no_release"):
        asked.ask(BY_SEX)
    with refused("tables.withdrawn"):
        asked.ask(BY_SEX | {"release": "sc-spr-2026"})
    assert said()[-1].kind == "table_withdrawn"
    world.at += timedelta(hours=1)
    assert freeze(world) == f"{NAME}-2"
    assert asked.ask(BY_SEX)["release"] == f"{NAME}-2"
    newer, older = asked.shelf().releases
    assert (newer.name, newer.withdrawn) == (f"{NAME}-2", "")
    assert (older.name, older.withdrawn) == (NAME, WHY)
    withdraw(world)  # again: nothing more is said
    assert [one.kind for one in said()].count("table_withdrawn") == 1


def test_a_release_of_the_same_children_gives_the_same_figures(world):
    """Errors hang on who is in a cell: a new release of one census tells nothing by its difference."""
    asked = Asked(world)
    before = asked.ask(BY_SEX)["cells"]
    withdraw(world)
    freeze(world)
    assert asked.ask(BY_SEX)["cells"] == before


def test_nothing_answers_before_the_log_has_it(world, monkeypatch):
    """The entry waits in the box: whoever asks is told to ask later."""
    from beholden.gate.actions import freezing

    withdraw(world)
    carried = []
    monkeypatch.setattr(freezing, "sequence", lambda *, at: carried.append(at))
    freeze(world)
    asked = Asked(world)
    with refused("tables.no_release"):
        asked.ask(BY_SEX)
    with refused("tables.unsaid"):
        asked.ask(BY_SEX | {"release": "sc-spr-2026-2"})


@pytest.mark.parametrize("harm", ["gone", "another"])
def test_without_its_key_nothing_is_counted_and_nothing_answered(world, harm):
    from beholden.home import here

    keys.path(here(), "tables").unlink()
    if harm == "another":
        keys.create(here(), "tables")
    code = {"gone": "home.key_missing", "another": "tables.other_key"}[harm]
    with refused(code):
        Asked(world).ask(BY_SEX)
    withdraw(world)
    if harm == "gone":
        with refused("home.key_missing"):
            freeze(world)


def test_a_cube_that_was_changed_answers_nothing(world):
    from beholden.home import here

    path = here().tables / NAME / "cube.json"
    path.write_text(path.read_text().replace('"source": "', '"source": "0', 1))
    with refused("tables.other_cube"):
        Asked(world).ask(BY_SEX)


def test_a_census_that_is_none_and_rules_that_are_not_in_force_are_refused(world):
    with refused("gate.table_moment"):
        freeze(world, census="SC/AUT/2026")
    with refused("catalogue.unknown_data_set"):
        freeze(world, data="horses")
    with refused("gate.not_in_force"):
        freeze(world, catalogue=load("us"))


def test_of_a_census_that_nobody_sent_there_is_no_release(base_home, tmp_path):
    """An empty town: nothing is frozen, and whoever asks is told that there is no release."""
    from beholden.gate.actions.governing import set_catalogue
    from beholden.gate.models import TableRelease

    with homes.clone(base_home) as home:
        empty = World(tmp_path, pupils=40)
        set_catalogue(CATALOGUE, by=REGISTRAR, at=empty.at)
        with refused("register.nothing_held"):
            freeze(empty)
        assert not TableRelease.objects.exists()
        assert not any(home.tables.iterdir())
        assert Asked(empty).shelf().releases == ()
        with refused("tables.no_release"):
            Asked(empty).ask(BY_SEX)


def test_tables_of_a_purpose_that_is_refused_by_now_answer_nothing(world):
    """Tighter rules hold at once: also for what was frozen before."""
    purposes = dict(CATALOGUE.purposes)
    purpose = purposes["education-statistics"]
    purposes["education-statistics"] = replace(purpose, review_on=world.at.date())
    overdue = replace(CATALOGUE, purposes=purposes)
    with refused("gate.table_purpose"):
        Asked(world, overdue).ask(BY_SEX)


# --- what was refused rows ---


def test_a_refused_request_is_answered_by_a_table(world):
    from beholden.kinds import Actor, Role
    from beholden.tables import address
    from beholden.uses import actions as uses
    from beholden.uses.tabled import tables_for

    world.published()
    by = Actor("applicant-2", Role.APPLICANT, "welfare")
    ref = uses.draft(world.draft(purpose="commercial-reuse", items=("fsm_eligible",)), by=by, at=world.at)
    assert uses.submit(ref, catalogue=CATALOGUE, by=by, at=world.at).value == "refused"
    question = {"about": "pupils", "ask": {"rate": "Yes", "of": "free_meals"}, "by": ["authority"]}
    common = {"catalogue": CATALOGUE, "by": REGISTRAR, "at": world.at}
    with refused("tables.withheld"):
        uses.answer_by_table(ref, json.dumps(question | {"by": ["postcode"]}).encode(), **common)
    with refused("uses.table_release"):
        uses.answer_by_table(ref, json.dumps(question | {"release": "sc-spr-2026"}).encode(), **common)
    for _ in range(2):  # twice is once
        uses.answer_by_table(ref, json.dumps(question).encode(), **common)
    (offered,) = tables_for(ref, CATALOGUE)
    assert address.question(offered.about, offered.query) == question
    assert Asked(world).ask(dict(offered.question))["release"] == NAME
    with refused("uses.state"):
        uses.answer_by_table(world.use, json.dumps(question).encode(), **common)
