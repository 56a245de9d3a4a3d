# SPDX-License-Identifier: Apache-2.0
"""What an order compels, from the paper to the family's proof, by the commands that keeper and others type. D22, D37."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

import homes
from beholden.gate.orders import SoughtChild
from beholden.ledger.sealing import countersign
from beholden.linkage.deciding import SAYS
from integration import sealing
from integration.sealing import COURT_IDENTITY, COURT_SEED, OUTSIDE_SEED, REGULATOR_IDENTITY, REGULATOR_SEED
from integration.typed import command
from integration.world import HEARD, REGISTRAR, World

PAPER = """\
# As the paper says it.
shown = "court_order"
issuer = "family_court"
instrument = "dpa-2018"
paragraph = "Sch 2 Part 1 para 5(2)"
reference = "ORDER-1"
made_on = {made_on}
purpose = "court-order"
serves = "court-order"
reason = "missing_child"
recipient = "court-7"
collection = "SC/SPR/2026"
items = ["nc_year", "sessions_possible"]
whole_school = false
recurring = false
knows_of_safety = false
opens_by = {opens_by}
"""
CHILD = """
[[child]]
number = "{number}"
born = {born}
"""


BY_NAME = """
[[child_by_name]]
given_name = "{0.given_name}"
surname = "{0.surname}"
born = {0.born}
postcode = ""
"""


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    """A register of today: families are told, everybody has a key."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            from beholden.gate.actions.deciding import snapshot_registry

            begins = datetime.now(UTC).replace(microsecond=0) - HEARD - timedelta(days=3)
            world = World(tmp_path_factory.mktemp("town"), pupils=30, at=begins)
            world.returns()
            world.published()
            world.told()
            snapshot_registry(by=REGISTRAR, at=world.at)
        yield home, world


@pytest.fixture
def home(prepared):
    with homes.copied(prepared[0]) as lent:
        yield lent


@pytest.fixture
def desk(prepared, tmp_path):
    return Desk(copy.copy(prepared[1]), tmp_path)


class Desk:
    """What lies on the desks: the papers, and the key files of everybody who signs or opens."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        secrets = {
            "outside": OUTSIDE_SEED.hex(),
            "regulator": REGULATOR_SEED.hex(),
            "court": COURT_SEED.hex(),
            "regulator.id": str(REGULATOR_IDENTITY),
            "court.id": str(COURT_IDENTITY),
        }
        for name, secret in secrets.items():
            self.file(name, secret)

    def file(self, name, content):
        path = self.folder / name
        path.write_text(content)
        return path

    def at(self, name):
        return self.folder / name

    def letters(self):
        """One letter for each child that is the first in one."""
        return list({letter[3][0]: letter for letter in self.world.letters()}.values())

    def named(self):
        return [self.child(letter) for letter in self.letters()[:2]]

    def child(self, letter):
        return next(one for one in self.world.children() if one.upn == letter[3][0])

    def paper(self, **changed):
        today = datetime.now(UTC).date()
        text = PAPER.format(made_on=today, opens_by=changed.pop("opens_by", today + timedelta(days=90)))
        by_name = changed.pop("by_name", ())
        text += "".join(BY_NAME.format(one) for one in by_name)
        if not by_name:
            text += "".join(CHILD.format(number=one.upn, born=one.born) for one in self.named())
        for old, new in changed.items():
            assert f"\n{old} = " in text
            kept = [line for line in text.split("\n") if not line.startswith(f"{old} = ")]
            text = "\n".join([f"{old} = {new}", *kept])
        return self.file("paper.toml", text)


def enrolled(home):
    """The registrar enrols court, regulator and somebody outside by commands, too."""
    for ref, kind, identity, seed in (
        ("court-7", "court", COURT_IDENTITY, COURT_SEED),
        ("regulator", "regulator", REGULATOR_IDENTITY, REGULATOR_SEED),
        ("commissioner", "independent", None, OUTSIDE_SEED),
    ):
        keys = ("--key", identity.to_public()) if identity else ()
        words = ("--kind", kind, "--country", "England", *keys, "--check-key", sealing.public(seed))
        assert command(home, "body", "enrol", ref, "A body", *words)[0] == 0
    assert command(home, "officer", "appoint", "independent", "commissioner", "--ref", "outside-1")[0] == 0


def done(home, *words, typed=()):
    status, said = command(home, *words, typed=typed)
    assert status == 0, (words[:2], status, said)
    return said


def key_of(home):
    return (home.ledger / "handovers" / "vkey").read_text().strip()


def moved_to(monkeypatch, moment):
    """Let the commands run at a later moment."""

    class Then(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    for module in ("commands", "regulators", "compelling"):
        monkeypatch.setattr(f"beholden.cli.{module}.datetime", Then)


def proof(home, desk, place, name):
    """The family's file, asked for at the desk with its letter, and what it says offline."""
    letter = desk.letters()[place]
    first = desk.child(letter)
    out = desk.at(name)
    done(home, "bundle", "--out", out, typed=(letter[1], first.born.isoformat(), "yes"))
    return json.loads(done(home, "verify", out, "--json"))


def test_the_whole_way_from_the_paper_to_the_familys_proof(home, desk, monkeypatch):
    """D22, D37: two officers, outside, the regulator told and signing, carried; open by its day; the family reads it."""
    said = []

    def run(*words):
        said.append(done(home, *words))
        return said[-1]

    enrolled(home)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    paper = desk.paper(opens_by=tomorrow, items='["nc_year", "sessions_possible", "surname", "postcode"]')
    name = run("sealed", "prepare", paper, "--by", "registrar").split()[0]
    assert command(home, "sealed", "carry", name, "--by", "registrar")[0] == "gate.compulsion_state"
    assert command(home, "sealed", "to-sign", name, "--out", desk.at("early"))[0] == "gate.compulsion_state"
    assert command(home, "sealed", "agree", name, "--by", "registrar")[0] == "gate.same_officer"
    run("sealed", "agree", name, "--by", "registrar-2")
    run("sealed", "to-sign", name, "--out", desk.at("entry"))
    run(
        "outside",
        "sign",
        desk.at("entry"),
        "--signing-key",
        desk.at("outside"),
        "--out",
        desk.at("signature"),
    )
    run("sealed", "sign", name, desk.at("signature"), "--by", "outside-1")
    carried = run("sealed", "carry", name, "--by", "registrar")
    assert run("sealed", "carry", name, "--by", "registrar") == carried  # again: nothing more happens
    for_regulator, for_court = (line.split()[-1] for line in carried.splitlines()[1:3])
    (held,) = json.loads(run("sealed", "list", "--by", "registrar", "--json"))
    assert (held["number"], held["state"], held["seen"]) == (1, "released", False)

    keys = ("--log", home.ledger / "handovers", "--key", key_of(home))
    seeing = ("--identity", desk.at("regulator.id"), *keys, "--signing-key", desk.at("regulator"))
    run("regulator", "seen", for_regulator, *seeing, "--out", desk.at("word"))
    run("sealed", "take", desk.at("word"))
    assert f"{name}  1  released  seen by the regulator  opens by {tomorrow}" in run(
        "sealed", "list", "--by", "registrar-2"
    )
    before = [proof(home, desk, place, "before") for place in (0, 9)]
    assert [(one["K"], one["S"], one["P"], one["Q"]) for one in before] == [(1, [1], [], [])] * 2

    from beholden.hatch.chores import carry, open_seals

    day = datetime.combine(tomorrow, time(0, 1), UTC)
    open_seals(day)
    carry(day)
    moved_to(monkeypatch, day)
    assert json.loads(run("sealed", "list", "--by", "registrar", "--json"))[0]["state"] == "opened"
    opening = ("--identity", desk.at("court.id"), *keys, "--signing-key", desk.at("court"))
    assert '"rows": 2' in run("recipient", "check", for_court, *opening, "--out", desk.at("found"))
    run("sealed", "confirm", desk.at("found"))
    after = [proof(home, desk, place, "after") for place in (0, 9)]
    assert [(one["S"], one["P"], one["Q"], one["R"]) for one in after] == [
        ([], [1], [], []),
        ([], [], [1], [1]),
    ]
    every = "".join(said)
    for child in desk.named():
        told = (child.upn, child.born.isoformat(), child.surname, child.address.postcode)
        assert not any(text in every for text in told)


def test_children_named_by_name_are_looked_for_looked_at_by_two_and_prepared(home, desk):
    """D22, D32: only `look` shows anything of a child, and of a name only what is nearly the same."""
    enrolled(home)
    first, second = desk.named()
    letters = second.surname
    slip = letters[0] + letters[2] + letters[1] + letters[3:]
    stranger = SoughtChild("Zebedee", "Quillfeather", first.born)
    asked = (sealing.by_name(first), stranger, replace(sealing.by_name(second), surname=slip))
    paper = desk.paper(by_name=asked, items='["nc_year", "postcode"]')
    assert command(home, "sealed", "prepare", paper, "--by", "registrar") == ("gate.not_sought", "")
    said = [done(home, "sealed", "find", paper, "--by", "registrar")]
    search = said[0].split()[0]
    assert "A second registrar brings the same paper" in said[0]
    assert command(home, "sealed", "look", search, "--by", "registrar")[0] == "gate.not_sought"
    said.append(done(home, "sealed", "find", paper, "--by", "registrar-2"))
    assert said[-1].startswith(f"{search}\nCompared.")
    with_wrong = command(home, "sealed", "look", search, "--by", "registrar", typed=("perhaps",))
    assert with_wrong[0] == "cli.word"
    looked = done(home, "sealed", "look", search, "--by", "registrar", typed=("same",) * 9)
    assert {line for line in looked.splitlines() if line.startswith("Child")} == {
        "Child 1 of the paper",
        "Child 3 of the paper",
    }
    assert f"the paper: {slip.lower()}  the register: {second.surname.lower()}" in looked
    for value in (first.born.isoformat(), first.upn, first.address.postcode, "Zebedee"):
        assert value not in looked
    for verdict in ("bits", *SAYS.values()):
        assert verdict not in looked, "who looks does not know what the rules made of it"
    assert command(home, "sealed", "prepare", paper, "--by", "registrar")[0] == "gate.search_waits"
    done(home, "sealed", "look", search, "--by", "registrar-2", typed=("same",) * 9)
    assert done(home, "sealed", "look", search, "--by", "registrar-2") == "Nothing more waits for you.\n"
    said.append(done(home, "sealed", "searches", "--by", "registrar"))
    assert "3 named  looked at\n  not found: 2\n1 searches." in said[-1]
    said.append(done(home, "sealed", "searches", "--by", "registrar", "--json"))
    assert json.loads(said[-1])[0]["not_found"] == [2]
    said.append(done(home, "sealed", "prepare", paper, "--by", "registrar"))
    done(home, "sealed", "agree", said[-1].split()[0], "--by", "registrar-2")
    said.append(done(home, "sealed", "end-search", search, "--by", "registrar"))
    assert json.loads(done(home, "sealed", "searches", "--by", "registrar", "--json"))[0]["state"] == "over"
    assert command(home, "sealed", "searches", "--by", "outside-1")[0] == "gate.role"
    every = "".join(said)
    for child in asked:
        assert not any(text in every for text in (child.given_name, child.surname, child.born.isoformat()))


REFUSED = {
    "a letter": ({"shown": '"letter"'}, "gate.only_asked"),
    "for every month": ({"recurring": "true"}, "gate.order_recurring"),
    "what serves immigration control": ({"serves": '"immigration-enforcement"'}, "gate.order_serves"),
    "a notice for an address": (
        {
            "shown": '"statutory_notice"',
            "issuer": '"public_officer"',
            "purpose": '"statutory-notice"',
            "items": '["postcode"]',
        },
        "gate.order_who",
    ),
    "a reason that is not in the catalogue": ({"purpose": '"no-such"'}, "catalogue.unknown_purpose"),
}


@pytest.mark.parametrize("paper", REFUSED)
def test_what_compels_nothing_is_refused_with_what_to_do(home, desk, paper):
    """D22: a letter asks. Nothing is built, and nothing of a child is said."""
    changed, code = REFUSED[paper]
    enrolled(home)
    got, said = command(home, "sealed", "prepare", desk.paper(**changed), "--by", "registrar")
    assert (got, said) == (code, "")
    assert not list(home.quarantine.iterdir())
    assert json.loads(done(home, "sealed", "list", "--by", "registrar", "--json")) == []


def test_called_off_it_is_gone_and_another_role_sees_no_list(home, desk):
    enrolled(home)
    name = done(home, "sealed", "prepare", desk.paper(), "--by", "registrar").split()[0]
    assert command(home, "sealed", "list", "--by", "outside-1")[0] == "gate.role"
    done(home, "sealed", "call-off", name, "--by", "registrar")
    assert not list(home.quarantine.iterdir())
    assert command(home, "sealed", "call-off", "no-such", "--by", "registrar")[0] == "gate.compulsion_state"


def test_a_signature_that_is_none_and_bytes_that_are_no_seal(home, desk):
    """A key signs nothing that its owner could not read; what is no signature is refused in words."""
    enrolled(home)
    name = done(home, "sealed", "prepare", desk.paper(), "--by", "registrar").split()[0]
    done(home, "sealed", "agree", name, "--by", "registrar-2")
    other = desk.file("other", "beholden/agreement/v1\n{}")
    signing = ("--signing-key", desk.at("outside"), "--out", desk.at("signature"))
    assert command(home, "outside", "sign", other, *signing)[0] == "ledger.other_message"
    assert not desk.at("signature").exists()
    sign = ("sealed", "sign", name, desk.at("signature"), "--by", "outside-1")
    assert command(home, *sign)[0] == "cli.signature"
    said = countersign(b"beholden/second/v1\n{}", seed=OUTSIDE_SEED)
    desk.file("signature", json.dumps(said.to_json()))
    assert command(home, *sign)[0] == "gate.second_signature"
