# SPDX-License-Identifier: Apache-2.0
"""Of what the rules decide of a list of names a sample is drawn, unseen, and two people say how often it is wrong (D32).

England's catalogue lets no purpose match lists; these worlds live under one that does.
"""

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.catalogue import restore
from beholden.gate.sampled import EACH
from beholden.home import postgres
from beholden.kinds import Actor, Role
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.events import ListAudited, ListsAudited
from beholden.linkage.sampling import Opinion
from census_builder import upn
from integration.named import (
    STRANGERS,
    WHERE,
    hand_in,
    line,
    listed,
    look,
    released,
    replace_time,
    rightly,
    written,
)
from integration.officers import shown
from integration.test_compulsion import person_of
from integration.test_match import MATCHING, said
from integration.world import IDENTITY, REGISTRAR, REVIEWERS, SEED, copy_of

NUMBERED = replace(WHERE, fields=WHERE.fields | {"pupil_number": "upn"})


def others(children):
    """Records of people who live where somebody lives and bear the given name, and have nothing else of theirs."""
    return [
        f"{line(f'other-{place}', child, last='Quillfeather', born='1999-11-23')},{upn(900 + place)}"
        for place, child in enumerate(children)
    ]


def strangers():
    """Many who are like nobody, so that somebody who is a little alike is more likely nobody."""
    letters = "abcdefghijklmnopqrst"
    return [
        f"stranger-{one}{other},Z{one}{other}o,Q{other}{one}ck,{1950 + place}-0{1 + place % 9}-1{place % 10},,"
        for place, one in enumerate(letters)
        for other in letters
    ]


def numbered(folder, lines):
    path = folder / "numbered.csv"
    path.write_text("\n".join(("case,first,last,born,pc,upn", *lines, "")), encoding="utf-8")
    return path


def mixed(world, folder):
    """A list of half of the children, and of somebody else beside each of the other half."""
    children = world.children()
    half = len(children) // 2
    known = [f"{one}," for one in listed(children[:half])]
    return numbered(folder, [*known, *others(children[half:]), *strangers()])


def hand_in_mixed(world, folder):
    return hand_in(world, mixed(world, folder), where=NUMBERED)


def drawn(*strata):
    from beholden.gate.models import LinkedPair

    return LinkedPair.objects.filter(sampled__in=strata or ("taken", "near", "far")).order_by("pk")


def everybody_looks(world, says=rightly):
    from beholden.ledger.actions import sequence

    for reviewer in REVIEWERS:
        look(world, reviewer, says)
    sequence(at=world.at)


def test_what_the_rules_decided_waits_among_the_rest_and_its_page_does_not_tell(kind, tmp_path):
    """Neither what was decided, nor why, nor what the sum or a part of it came to, and no pair is left to be told by where it stands."""
    from beholden.gate.linked_pairs import opened, waiting
    from beholden.gate.models import LinkedPair
    from beholden.linkage.deciding import SAYS
    from beholden.rights.panel import pairs
    from beholden.rights.panel.asked import Agrees, PairPage, WhichPair

    world = kind.world
    with copy_of(kind):
        hand_in_mixed(world, tmp_path)
        rows = {row.pk: row for row in LinkedPair.objects.all()}
        waits = [rows[one.number] for one in waiting(REVIEWERS[0])]
        assert {row.sampled for row in waits} >= {"taken", "near"}
        assert {row.accepted for row in waits} == {True, False}
        for row in waits:
            question = WhichPair(shown(REVIEWERS[0], at=world.at), row.pk)
            page = repr(pairs.one(question, catalogue=world.catalogue, at=world.at))
            assert SAYS[opened(row).explanation.reason] not in page
    assert {one.name for one in fields(PairPage)} == {"officer", "pair", "left", "agrees"}
    assert {one.name for one in fields(Agrees)} == {"field", "says", "sent", "held"}
    places = [row.sampled == "taken" for row in waits]
    assert places != sorted(places)
    assert places != sorted(places, reverse=True)


def test_of_a_record_that_came_to_nobody_no_person_and_no_reference_is_kept(kind, tmp_path):
    """What is sealed says how two records agree, and whom they may be of stands nowhere (D13, D36)."""
    world = kind.world
    with copy_of(kind) as home:
        hand_in_mixed(world, tmp_path)
        passed = list(drawn("near", "far"))
        with postgres.connected(home, "owner") as connection:
            rows = str(connection.execute("select * from gate_linkedpair").fetchall())
        kept = b"".join(path.read_bytes() for path in home.sets.rglob("*") if path.is_file())
    assert len(passed) > 5
    assert {(row.person, row.reference, row.accepted) for row in passed} == {(None, "", False)}
    assert "other-" not in rows
    assert b"other-" not in kept


def test_nobody_who_is_met_by_another_record_is_drawn_as_missed(harming, tmp_path):
    """Beside whom they live is on the list as well: so nobody is missed, whatever becomes of the second record."""
    world = harming.world
    children = world.children()
    path = numbered(tmp_path, [*(f"{one}," for one in listed(children)), *others(children), *strangers()])
    with copy_of(harming):
        hand_in(world, path, where=NUMBERED)
        people = set(drawn("taken").values_list("person", flat=True))
        assert len(people) == EACH
        assert harming.hidden not in people
        assert not drawn("near", "far").exists()


def test_whom_people_do_not_find_to_be_the_same_is_not_passed_on(kind, tmp_path):
    """What people said stands above what was accepted; and a sample finds nobody (D32)."""
    world = kind.world
    with copy_of(kind) as home:
        hand_in(world, kind.roster)
        struck = next(row for row in drawn("taken") if row.reference in kind.yes)
        everybody_looks(
            world, lambda t, ref: Opinion.DIFFERENT if ref == struck.reference else rightly(t, ref)
        )
        parcel = world.parcel(home, released(world))
    assert struck.accepted
    assert set(parcel.rows["reference"].to_pylist()) == kind.yes - {struck.reference}


def test_a_record_that_came_to_nobody_stays_so_whatever_people_say(kind, tmp_path):
    world = kind.world
    with copy_of(kind) as home:
        hand_in_mixed(world, tmp_path)
        everybody_looks(world, lambda truth, _: Opinion(truth) if truth else Opinion.SAME)
        (entry,) = said(ListAudited)
        references = world.parcel(home, released(world)).rows["reference"].to_pylist()
    assert references
    assert not [one for one in references if one.startswith("other-")]
    assert "missed_low" not in {one.name for one in fields(entry)}  # it hangs on how many came to nobody


@pytest.mark.parametrize("keep_until", ["years 1", "age 3"])
def test_a_fact_that_should_have_been_wiped_tells_nobody_apart_and_the_others_do(kind, keep_until):
    """D33: each is kept until its own day."""
    from beholden.gate.actions.grouping import told_apart
    from beholden.gate.ids import column
    from beholden.uses.queries import asked

    world = kind.world
    said_of = json.loads(MATCHING.content)
    said_of["item"]["sen_provision"]["keep_until"] = keep_until
    with copy_of(kind):
        people = column(person_of(world, place) for place in range(10))

        def by(catalogue):
            at = world.at + timedelta(days=400)
            found = told_apart(asked(world.use), people, catalogue, by=REGISTRAR, at=at)
            return {name for groups in found.values() for name in groups}

        assert by(MATCHING) - by(restore(print_json(said_of))) == {"special_needs"}
        assert by(restore(print_json(said_of))) >= {"free_meals", "region", "sex"}


def test_a_list_of_the_least_band_has_no_figure_though_thirty_were_drawn(kind, tmp_path):
    """Who handed in thirty would know by it that all are held, and who of them said no (D13, D32)."""
    from beholden.gate.models import LinkedPair, Linking

    world = kind.world
    with copy_of(kind):
        hand_in(world, kind.roster)
        drawn_of_long = drawn("taken").count()
        everybody_looks(world)
        hand_in(world, written(tmp_path, listed(world.children()[:12])))
        everybody_looks(world)
        long, short = said(ListAudited)
        newest = Linking.objects.latest("pk")
        kept = newest.audited
        met = LinkedPair.objects.filter(roster=newest.roster, known="").count()
    assert drawn_of_long == EACH
    assert (long.false_low, long.false_high) == (None, None)
    assert (long.with_birth_date, long.with_postcode, long.with_number) == (100, 100, 0)
    assert {short.false_low, short.false_high, short.with_birth_date} == {None}
    assert kept["strata"]["taken"]["whole"]["drawn"] == met > 9
    assert set(kept["strata"]["taken"]["groups"]) >= {"sex", "region", "free_meals", "language"}


def test_a_list_of_which_the_log_says_that_many_were_found_has_a_figure_in_fives(kind):
    """Thirty right ones: at most one in eight is wrong. In no one way are more than 64 found in the second (D13)."""
    from beholden.gate.audits import public_audit
    from beholden.gate.models import Linking

    counts = {"drawn": EACH, "wrong": 0, "unsaid": 0}
    kept = {"strata": {"taken": {"pairs": 100, "whole": counts, "groups": {}}}, "looked_same": 0}
    others = dict.fromkeys(
        ("cut_short", "several", "unread", "with_birth_date", "with_number", "with_postcode"), 0
    )

    def of(by_number, by_values):
        found = {"accepted_by_number": by_number, "accepted_by_values": by_values, "records": 100}
        said = public_audit(Linking(figures={**found, **others}, audited=kept))
        return said["false_low"], said["false_high"]

    assert of(0, 100) == of(100, 0) == (0, 15)
    assert of(50, 50) == of(64, 36) == (None, None)


def test_who_is_kept_safe_is_not_one_of_several_who_came_near(kind, tmp_path):
    """A record that is like two, of whom one is kept safe, is like one: else it would say that the other is held (D35)."""
    from beholden.gate.models import LinkedPair, Linking
    from beholden.people.actions import flag

    world = kind.world
    first, second = world.children()[:2]
    assert (first.surname, first.address) == (second.surname, second.address)
    of_both = [line(f"both-{place}", first, first="", born="") for place in range(10)]

    def several(*safe):
        """How many records come near several, while some are kept safe; and who came near."""
        with copy_of(kind):
            for person in safe:
                flag(person, "hidden", by=REGISTRAR, at=world.at)
            hand_in(world, written(tmp_path, of_both))
            met = LinkedPair.objects.filter(known="").values_list("person", flat=True)
            return Linking.objects.latest("pk").figures["several"], sorted(met)

    many, (one, other) = several()
    assert many == 10
    assert several(one) == (0, [other])


def by_other_bodies(world, folder, lines=None):
    """Two more bodies get a use each, and hand in a list, of all children by itself: it is looked at, and settled."""
    from beholden.people import actions as people
    from beholden.people.queries import Body

    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw().hex()
    for name in ("court", "council"):
        applicant = Actor(f"applicant-{name}", Role.APPLICANT, name)
        recipient = Actor(f"recipient-{name}", Role.RECIPIENT, name)
        body = Body(name, f"The {name}", "government", "England", str(IDENTITY.to_public()), public)
        people.enrol(body, by=REGISTRAR, at=world.at)
        for officer in (applicant, recipient):
            people.appoint(officer.ref, officer.role, name, by=REGISTRAR, at=world.at)
        world.use = world.another(by=applicant, exit="match", items=())
        handed = lines or listed(world.children())
        hand_in(world, written(folder, handed, name=f"{name}.csv"), by=recipient)
        everybody_looks(world)


def quarter_on(world):
    """Let the quarter end, as the keeper's process does, and carry the entry into the log."""
    from beholden.gate.actions.settling import say_year
    from beholden.ledger.actions import sequence

    world.at += timedelta(days=93)
    told_of = say_year(by=REGISTRAR, at=world.at)
    assert not say_year(by=REGISTRAR, at=world.at)
    sequence(at=world.at)
    return told_of


def test_a_year_has_figures_of_three_bodies_lists_and_is_said_once(kind, tmp_path):
    """And again only when three handed one in since, so that the difference is of no one list (D13, D32)."""
    with copy_of(kind):
        world = replace_time(kind.world, kind.world.at)
        for number in range(3):
            hand_in(world, written(tmp_path, listed(world.children()), name=f"{number}.csv"))
            everybody_looks(world)
        assert not quarter_on(replace_time(world, world.at))
        by_other_bodies(world, tmp_path)
        assert quarter_on(world)
        (entry,) = said(ListsAudited)
        assert entry.lists == 5
        assert (entry.false_low, entry.lost_low) == (0, None)
        assert 10 < entry.false_high < 40
        found = {(one.column, one.group) for one in entry.groups}
        assert {column for column, _ in found} >= {"sex", "region"}
        world.use = kind.world.use
        hand_in(world, kind.roster)
        everybody_looks(world)
        assert not quarter_on(world)


def test_a_body_whose_list_has_nobody_drawn_makes_no_year(kind, tmp_path):
    """Two lists of strangers beside one of children: the figure would be that one's alone (D13)."""
    with copy_of(kind):
        world = replace_time(kind.world, kind.world.at)
        hand_in(world, kind.roster)
        everybody_looks(world)
        by_other_bodies(world, tmp_path, STRANGERS)
        assert len(said(ListAudited)) == 3
        assert not quarter_on(world)


def test_fsck_finds_every_change_of_what_was_drawn_and_counted(kind, tmp_path):
    from beholden.fsck.tables import check_tables

    changes = {
        "gate_linkedpair": ("sampled = case sampled when 'taken' then '' else 'taken' end",),
        "gate_linking": (
            "audited = jsonb_set(audited, '{looked_same}', '7')",
            "audit_outbox = 1",
            "figures = jsonb_set(figures, '{strata}', '{}')",
        ),
        "gate_linkedyear": ("since = since + 300", "until = until + 90", "outbox = 1"),
    }
    with copy_of(kind) as home:
        world = replace_time(kind.world, kind.world.at)
        hand_in(world, kind.roster)
        everybody_looks(world)
        by_other_bodies(world, tmp_path)
        assert quarter_on(world)
        assert list(check_tables(home, MATCHING)) == []
        with postgres.connected(home, "owner") as connection:
            for table, every_change in changes.items():
                connection.execute(f"alter table {table} disable trigger user")
                connection.execute(f"create temporary table kept as select * from {table}")
                key = "roster_id" if table == "gate_linking" else "id"
                first = f"(select min({key}) from {table})"
                if table == "gate_linkedpair":
                    first = f"(select min(id) from {table} where known = '' and sampled in ('', 'taken'))"
                for change in every_change:
                    column = change.split(" = ")[0]
                    connection.execute(f"update {table} set {change} where {key} = {first}")
                    assert {one.code for one in check_tables(home, MATCHING)} & {"fsck.linked"}, change
                    connection.execute(
                        f"update {table} set {column} = kept.{column} from kept where kept.{key} = {table}.{key}"
                    )
                connection.execute("drop table kept")
        assert list(check_tables(home, MATCHING)) == []
