# SPDX-License-Identifier: Apache-2.0
"""A list is handed in, and each row is answered by the one set expression: a yes, or nothing at all. D13, D18, D21.

England's catalogue lets no purpose match lists; these worlds live under one that does. One world is played for the
module; what needs another goes on from a copy.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pytest

import homes
from beholden.home import postgres
from beholden.kinds import Actor, Role
from beholden.ledger.entries import parse
from beholden.ledger.tags import recompute
from beholden.ledger.vocabulary.events import Decision as DecisionEntry
from beholden.ledger.vocabulary.events import RosterHanded
from beholden.refusals import Refusal
from integration.replayed import audit, enrolled, with_copy
from integration.world import RECIPIENT, REGISTRAR, World, copy_of
from rulebooks import with_exit

OTHER_AUDITOR = Actor("auditor-2", Role.AUDITOR, "second-office")
MATCHING = with_exit("public-interest-study", "match")


@dataclass
class Told:
    """A home where a match was told, with the list that its recipient has in hand."""

    home: object
    world: World
    kept_out: tuple
    hidden: object
    roster: object
    yes: frozenset


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def listed(children):
    return [f"case-{place},{child.upn},{child.born.isoformat()}" for place, child in enumerate(children)]


def written(folder, lines, name="roster.csv"):
    path = folder / name
    path.write_text("\n".join(("reference,number,birth_date", *lines, "")))
    return path


def hand_in(world, path, *, by=RECIPIENT, catalogue=MATCHING):
    from beholden.gate.actions.matching import hand_in as take

    return take(world.use, path, catalogue=catalogue, by=by, at=world.at)


def begun(folder, *, items=(), catalogue=MATCHING):
    """A match that was told: one letter's children are kept out, one child is hidden."""
    from beholden.people.actions import flag

    world = World(folder, pupils=40, catalogue=catalogue)
    world.returns()
    world.published()
    world.use = world.another(exit="match", items=items)
    world.told()
    letters = world.letters()
    kept_out = world.keep_out(letters[0])
    opened = {child.person: letter for letter in letters for child in world.open(letter).children}
    hidden = min(set(opened) - set(kept_out))
    flag(hidden, "hidden", by=REGISTRAR, at=world.at)
    return world, kept_out, hidden


def numbers(world, *people):
    """Whose pupil numbers these are: asked of the vault, as a person with both could."""
    from beholden.register.actions import with_number_and_birth

    return {
        child.upn
        for child in world.children()
        for found in with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=world.at)
        if found in people
    }


def found_of(world, children, out):
    """The references of those children who must be found: reached by a school, and not among these numbers."""
    reached = {n for school in world.town.schools for one in world.handles(school) for n in one.numbers}
    return frozenset(
        f"case-{place}"
        for place, child in enumerate(children)
        if child.upn in reached and child.upn not in out
    )


@pytest.fixture(scope="module")
def told(base_home, tmp_path_factory):
    """A list of every child on roll, one with a wrong birth date, and two numbers that nobody has."""
    from beholden.settings import found

    folder = tmp_path_factory.mktemp("town")
    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world, kept_out, hidden = begun(folder)
            children = world.children()
            lines = listed(children)
            wrong = children[-1]
            lines[-1] = f"case-{len(lines) - 1},{wrong.upn},{(wrong.born + timedelta(days=1)).isoformat()}"
            lines += ["nobody-1,A999000000001,2012-05-05", "nobody-2,Z123,2013-06-06"]
            out = numbers(world, *kept_out, hidden) | {wrong.upn}
            yes = found_of(world, children, out)
        yield Told(home, world, kept_out, hidden, written(folder, lines), yes)


@pytest.fixture(scope="module")
def answered(told):
    """The same match, its list handed in, decided and released."""
    from beholden.settings import found

    with ExitStack() as stack:
        home = stack.enter_context(homes.duplicate(told.home))
        with found.acting_as(home, "keeper"):
            given = hand_in(told.world, told.roster)
            disclosure = released(told.world)
        stack.enter_context(found.acting_as(home, "keeper"))
        yield home, disclosure, given


def released(world):
    from beholden.gate.actions import releasing

    decision = world.decided()
    return releasing.release_use(world.use, decision, catalogue=MATCHING, by=REGISTRAR, at=world.at)


def said(kind):
    from beholden.ledger.queries import entries

    return [
        body
        for body in (parse(raw, log="events").body for raw in entries("events"))
        if isinstance(body, kind)
    ]


def test_a_yes_is_a_row_with_a_tag_and_the_own_reference_and_a_no_is_nothing(answered, told):
    """No, not in the register, wrong birth date, kept out, kept safe, not told: all the same to who asked (D13)."""
    home, disclosure, given = answered
    parcel = told.world.parcel(home, disclosure)
    assert parcel.rows.column_names == ["tag", "reference"]
    assert set(parcel.rows["reference"].to_pylist()) == told.yes
    assert len(told.yes) > 10
    assert parcel.rows.num_rows + len(parcel.padding) == given.rows
    assert list(parcel.tags) == sorted(parcel.tags)


def test_the_list_in_the_log_is_as_long_as_the_list_that_was_handed_in(answered, told):
    """Whatever was found: beside the answers, the number found would tell how many were left out (D13)."""
    home, disclosure, given = answered
    parcel = told.world.parcel(home, disclosure)
    committed = recompute(bytes.fromhex(disclosure), (*parcel.tags, *parcel.padding))
    assert committed.n == given.rows
    assert [one.scope for one in said(DecisionEntry)] == [given.rows]


def test_what_comes_back_when_a_list_is_handed_in_tells_nothing_of_the_register(answered):
    _, _, given = answered
    assert set(given.__slots__) == {"use", "rows", "salt"}


def test_the_log_says_that_a_list_was_handed_in_and_how_long_it_was(answered, told):
    """Counted in public, child by child in the committed list (D21); the file's hash is bound under a salt."""
    import hashlib

    _, _, given = answered
    (one,) = said(RosterHanded)
    digest = hashlib.sha256(told.roster.read_bytes()).digest()
    assert (one.rows, one.rule) == (given.rows, None)
    assert one.commitment == hashlib.sha256(given.salt + digest).digest()


def test_a_child_can_prove_whether_a_yes_was_said_about_it(answered, told):
    """A yes is a disclosure: it stands in the committed set by the child's own tag (D21, D27, D28)."""
    from beholden.gate.actions.proving import bundle
    from beholden.ledger.verify import verify
    from beholden.register.actions import with_number_and_birth

    place = int(min(told.yes).removeprefix("case-"))
    child = told.world.children()[place]
    (person,) = with_number_and_birth(child.upn, child.born, by=REGISTRAR, at=told.world.at)
    for who, standing in ((person, (1, 0)), (told.kept_out[0], (0, 1)), (told.hidden, (0, 1))):
        account = verify(bundle(who, by=REGISTRAR, at=told.world.at))
        assert (len(account.present), len(account.absent)) == standing


def test_of_who_was_not_found_nothing_is_kept(answered, told):
    """No reference, number or birth date of theirs lies in a file or a table of the home."""
    home, _, _ = answered
    held = b"".join(path.read_bytes() for path in home.sets.iterdir())
    found = {f"case-{place}".encode() for place in range(len(told.world.children()) - 1)}
    assert set(re.findall(rb"case-\d+|nobody-\d+", held)) == found  # the last one's birth date was wrong
    with postgres.connected(home, "owner") as connection:
        rows = connection.execute("select * from gate_roster").fetchall()
    assert "nobody" not in str(rows)


def test_fsck_finds_nothing_wrong_and_every_change_of_the_list_that_was_handed_in(answered):
    from beholden.fsck.tables import check_tables

    home, _, _ = answered
    assert list(check_tables(home, MATCHING)) == []
    changes = {
        "rows = rows + 1": {"fsck.roster", "fsck.decision", "fsck.tags_root"},
        "digest = reverse(digest)": {"fsck.roster"},
        "use = 'U-2026-0001'": {"fsck.roster"},
        "by = 'x'": {"fsck.roster"},
        "outbox = 1": {"fsck.roster"},
        "at = at + interval '1 second'": {"fsck.roster"},
        "salt = '\\x00'": {"fsck.roster"},
        "rule = 'run', matched_id = null": {"fsck.roster", "fsck.set_unused"},
    }
    with postgres.connected(home, "owner") as connection:
        connection.execute("alter table gate_roster disable trigger user")
        before = connection.execute("select * from gate_roster").fetchone()
        for change, codes in changes.items():
            connection.execute(f"update gate_roster set {change}")
            assert {one.code for one in check_tables(home, MATCHING)} == codes, change
            columns = "use, rows, digest, salt, rule, outbox, at, by, matched_id"
            names = [one.name for one in connection.execute("select * from gate_roster").description]
            values = [before[names.index(name)] for name in columns.split(", ")]
            connection.execute(
                f"update gate_roster set ({columns}) = ({', '.join(['%s'] * len(values))})", values
            )
        connection.execute("alter table gate_roster enable trigger user")
    assert list(check_tables(home, MATCHING)) == []


def test_a_list_that_tries_numbers_is_refused_and_logged_and_nothing_of_it_is_kept(told, tmp_path):
    """D21: an enumeration is refused before the register is asked, and the public sees that it was tried."""
    from beholden.gate.models import Roster
    from beholden.ledger.actions import sequence

    run = MATCHING.limits.match_run
    born = date(2010, 1, 1)
    lines = [f"r{n},A80120000{5000 + n},{(born + timedelta(days=n)).isoformat()}" for n in range(run + 1)]
    with copy_of(told) as home:
        before = sorted(path.name for path in home.sets.iterdir())
        with refused("gate.roster_run"):
            hand_in(told.world, written(tmp_path, lines))
        sequence(at=told.world.at)
        assert [(one.rows, one.rule) for one in said(RosterHanded)] == [(run + 1, "run")]
        (kept,) = Roster.objects.all()
        assert kept.matched is None
        assert sorted(path.name for path in home.sets.iterdir()) == before
        with refused("gate.no_roster"):
            told.world.decided()


def test_a_list_with_a_wrong_line_changes_nothing(told, tmp_path):
    from beholden.gate.models import Roster, SetFile

    with copy_of(told):
        before = SetFile.objects.count()
        with refused("gate.roster_form"):
            hand_in(told.world, written(tmp_path, [*listed(told.world.children()[:3]), "half a line"]))
        assert (Roster.objects.count(), SetFile.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (Actor("applicant-2", Role.APPLICANT, "welfare"), "gate.role"),
        (Actor("stranger", Role.RECIPIENT, "northford"), "people.not_enrolled"),
        (REGISTRAR, "gate.role"),
    ],
)
def test_nobody_but_the_recipients_own_officer_hands_a_list_in(told, by, code):
    with copy_of(told), refused(code):
        hand_in(told.world, told.roster, by=by)


def test_no_list_comes_in_between_a_decision_and_its_release(told):
    with copy_of(told):
        hand_in(told.world, told.roster)
        told.world.decided()
        with refused("gate.not_matched"):
            hand_in(told.world, told.roster)


def test_the_floor_of_told_is_of_everybody_in_scope_and_not_of_the_list(told, tmp_path):
    """Of the list it would answer for one child by a refusal: three who were kept out are no reason to stop."""
    from beholden.gate.models import Decision

    world = told.world
    with copy_of(told):
        out = numbers(world, *told.kept_out)
        hand_in(world, written(tmp_path, listed([one for one in world.children() if one.upn in out])))
        made = Decision.objects.select_related("released", "scope").get(pk=world.decided())
        assert made.released.count == 0
        assert made.scope.count == len(out)


def test_a_short_list_is_filled_up_to_ten_in_public(told, tmp_path):
    """One to nine would point at somebody; the recipient knows how many it asked for anyway."""
    world = told.world
    with copy_of(told) as home:
        hand_in(world, written(tmp_path, listed(world.children()[:3])))
        parcel = world.parcel(home, released(world))
        assert parcel.rows.num_rows + len(parcel.padding) == 10


def test_named_facts_leave_beside_a_yes_where_they_were_granted(base_home, tmp_path):
    with homes.clone(base_home) as home:
        world, *_ = begun(tmp_path, items=("nc_year",))
        hand_in(world, written(tmp_path, listed(world.children())))
        parcel = world.parcel(home, released(world))
    assert parcel.rows.column_names == ["tag", "reference", "nc_year"]
    assert parcel.rows["nc_year"].null_count == 0


def test_no_purpose_of_england_may_match_lists():
    """The keeper's choice (D20, D21): the way out is built, and no purpose names it."""
    from beholden.catalogue import load

    assert not [one.code for one in load("england").purposes.values() if "match" in one.exits]


def test_an_auditor_finds_a_match_equal_and_an_exchanged_answer(told):
    """The recipient's own references are part of what is compared (D21, D27)."""
    with copy_of(told) as home:
        hand_in(told.world, told.roster)
        disclosure = released(told.world)
        enrolled(told.world)
        enrolled(told.world, OTHER_AUDITOR, seed=bytes(range(1, 33)))
        copy = with_copy(told.world, home, disclosure)
        assert audit(told.world, disclosure, copy).agrees
        references = copy["reference"].to_pylist()
        swapped = pa.array([references[1], references[0], *references[2:]])
        exchanged = copy.set_column(1, "reference", swapped)
        made = audit(told.world, disclosure, exchanged, by=OTHER_AUDITOR, seed=bytes(range(1, 33)))
        assert dict(made.found.faults) == {"anothers": 2}
