# SPDX-License-Identifier: Apache-2.0
"""A list of names is handed in: decided by printed rules, looked at by people, explained, and answered like any match.

England's catalogue lets no purpose match lists; these worlds live under one that does. D13, D21, D32.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from beholden.home import postgres
from beholden.kinds import Actor, Role
from beholden.ledger.vocabulary.events import ListLinked, RosterHanded
from beholden.linkage.deciding import Decision
from beholden.linkage.sampling import Opinion
from beholden.refusals import Refusal
from integration.named import (
    HARMING,
    THIRD,
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
from integration.replayed import audit, enrolled, with_copy
from integration.test_match import said
from integration.world import REGISTRAR, REVIEWERS, copy_of
from linking_twin import answered


def refused(code):
    return pytest.raises(Refusal, match=f"^{code}:")


def test_who_is_sure_is_answered_and_strangers_and_decoys_are_nobody(kind):
    """The same set expression as for every match: kept out, kept safe, not told are no row (D13)."""
    world = kind.world
    with copy_of(kind) as home:
        given = hand_in(world, kind.roster)
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        parcel = world.parcel(home, released(world))
        (entry,) = said(ListLinked)
        (handed,) = said(RosterHanded)
    assert parcel.rows.column_names == ["tag", "reference"]
    assert set(parcel.rows["reference"].to_pylist()) == kind.yes
    assert parcel.rows.num_rows + len(parcel.padding) == given.rows == handed.rows
    assert (entry.decoys, entry.decoys_accepted) == (12, 0)
    assert entry.by_values == 64


def test_nobody_is_taken_for_anybody_before_people_looked_where_it_can_harm(harming):
    """And nothing is decided while a pair waits (D32)."""
    world = harming.world
    with copy_of(harming) as home:
        hand_in(world, harming.roster)
        with refused("gate.pairs_wait"):
            world.decided()
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        parcel = world.parcel(home, released(world))
        (entry,) = said(ListLinked)
    assert set(parcel.rows["reference"].to_pylist()) == harming.yes
    assert (entry.by_values, entry.by_number, entry.by_people) == (64, 64, 64)
    assert entry.known_right == entry.known > 0
    assert entry.agree_high == 100


def test_an_auditor_finds_a_match_by_names_equal(kind):
    """The recipient's own references are part of what is compared (D21, D27)."""
    with copy_of(kind) as home:
        hand_in(kind.world, kind.roster)
        for reviewer in REVIEWERS:
            look(kind.world, reviewer, rightly)
        disclosure = released(kind.world)
        enrolled(kind.world)
        assert audit(kind.world, disclosure, with_copy(kind.world, home, disclosure)).agrees


def test_two_who_differ_are_settled_by_a_third_and_who_cannot_say_says_nobody(harming):
    from beholden.ledger.actions import sequence
    from beholden.people.actions import appoint

    world = harming.world

    def says(case, said_of_it):
        return lambda truth, reference: said_of_it if reference == case else rightly(truth, reference)

    first, second, *_ = sorted(harming.yes)
    with copy_of(harming) as home:
        hand_in(world, harming.roster)
        look(world, REVIEWERS[0], says(first, Opinion.DIFFERENT))
        look(world, REVIEWERS[1], says(second, Opinion.CANNOT_SAY))
        assert said(ListLinked) == []
        appoint(THIRD.ref, THIRD.role, THIRD.organisation, by=REGISTRAR, at=world.at)
        look(world, THIRD, lambda _, reference: Opinion.SAME if reference == first else Opinion.CANNOT_SAY)
        sequence(at=world.at)
        assert len(said(ListLinked)) == 1
        parcel = world.parcel(home, released(world))
    assert set(parcel.rows["reference"].to_pylist()) == harming.yes - {second}


def test_of_who_was_not_found_nothing_is_kept_and_of_who_was_no_name(kind):
    """No reference of theirs, and no name, date or postcode of anybody, lies in a file or a table of the home."""
    world = kind.world
    child = next(one for one in world.children() if len(one.surname) > 5)
    with copy_of(kind) as home:
        hand_in(world, kind.roster)
        held = b"".join(path.read_bytes() for folder in (home.sets, home.index) for path in every(folder))
        with postgres.connected(home, "owner") as connection:
            rows = [
                str(connection.execute(f"select * from {table}").fetchall())
                for table in ("gate_roster", "gate_linking", "gate_linkedpair")
            ]
    assert b"nobody-" not in held
    assert "nobody-" not in "".join(rows)
    for told_of in (child.surname, child.surname.lower(), child.address.postcode, "Quillfeather"):
        assert told_of.encode() not in held
        assert told_of not in "".join(rows)


def every(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_person_fifty_times_is_answered_once(kind, tmp_path):
    """By the first of its records, and no list of a name fifty times is anything else."""
    from beholden.gate import rosters

    world = kind.world
    child = world.children()[int(min(kind.yes).removeprefix("case-"))]
    with copy_of(kind):
        hand_in(world, written(tmp_path, [line(f"again-{place:02}", child) for place in range(50)]))
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        roster = rosters.newest(world.use)
        assert rosters.references(roster, rosters.people(roster)) == ["again-00"]


def test_a_record_that_comes_to_two_people_is_nobody(harming, tmp_path):
    """Even where reviewers said of both that they are the same (D32)."""
    from beholden.gate import rosters
    from beholden.gate.models import LinkedPair

    world = harming.world
    with copy_of(harming):
        hand_in(world, harming.roster)
        rows = LinkedPair.objects.filter(known="")
        pair = list(rows[:2])
        from beholden.gate.linked_pairs import taken

        pair[1].reference = pair[0].reference
        said_of_both = {one.pk: [Opinion.SAME, Opinion.SAME] for one in pair}
        assert taken(pair, said_of_both) == frozenset()
        assert taken(pair[:1], said_of_both) == {pair[0].person}
        assert rosters.newest(world.use).matched.count > 2


SWEEPS = (
    [f"t-{day},Alex,Example,{date(2010, 1, 1) + timedelta(days=day)},ZZ1 1ZZ" for day in range(80)],
    [
        f"t-{place},Alex{chr(97 + place % 26)}{chr(97 + place // 26)},Example,2012-05-05,ZZ1 1ZZ"
        for place in range(80)
    ],
)


@pytest.mark.parametrize("lines", SWEEPS, ids=["birth dates", "given names"])
def test_a_list_that_tries_people_out_is_refused_and_logged_and_nothing_of_it_is_kept(kind, tmp_path, lines):
    from beholden.gate.models import Linking, Roster
    from beholden.ledger.actions import sequence

    with copy_of(kind):
        with pytest.raises(Refusal, match=r"^gate\.roster_tries_"):
            hand_in(kind.world, written(tmp_path, lines))
        sequence(at=kind.world.at)
        (one,) = said(RosterHanded)
        assert (one.rows, one.rule.startswith("tries_")) == (80, True)
        assert Roster.objects.get().matched is None
        assert not Linking.objects.exists()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "gate.roster_form"),
        ([",Alex,Example,2012-05-05,ZZ1 1ZZ"], "linkage.id"),
        (["a b,Alex,Example,2012-05-05,ZZ1 1ZZ"], "gate.roster_form"),
        (["a,Alex,Example,2012-05-05,ZZ1 1ZZ", "a,Sam,Example,2012-05-06,ZZ1 1ZZ"], "gate.roster_form"),
        (["a,,,2012-05-05,ZZ1 1ZZ"], "gate.roster_form"),
        (["a,Alex,Example"], "linkage.line"),
    ],
)
def test_a_list_with_a_wrong_line_changes_nothing(kind, tmp_path, lines, code):
    from beholden.gate.models import Roster, SetFile

    with copy_of(kind) as home:
        before = SetFile.objects.count()
        with refused(code):
            hand_in(kind.world, written(tmp_path, lines))
        assert (Roster.objects.count(), SetFile.objects.count()) == (0, before)
        assert not list(home.keys.glob("pairs.*"))


def test_values_that_cannot_be_read_count_as_missing_and_are_counted(kind, tmp_path):
    """Bad input of honest lists: 30 February, a year of two figures, letters that are lost, all in capitals."""
    child = kind.world.children()[0]
    lines = [
        line("a", child, first=child.forename.upper(), last=child.surname.upper()),
        line("b", kind.world.children()[1], born="1/2/12"),
        line("c", kind.world.children()[2], born="2012-02-30"),
        line("d", kind.world.children()[3], first="J\ufffdrgen"),
    ]
    with copy_of(kind):
        assert hand_in(kind.world, written(tmp_path, lines)).unread == 3


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (Actor("applicant-2", Role.APPLICANT, "welfare"), "gate.role"),
        (Actor("stranger", Role.RECIPIENT, "northford"), "people.not_enrolled"),
        (REGISTRAR, "gate.role"),
    ],
)
def test_nobody_but_the_recipients_own_officer_hands_a_list_in(kind, by, code):
    with copy_of(kind), refused(code):
        hand_in(kind.world, kind.roster, by=by)


def test_too_many_decoys_taken_for_somebody_stop_the_list(kind, monkeypatch):
    """Fail closed: nothing of it is kept, its key is gone, and the public sees that it was stopped (D21, D32)."""
    from beholden.gate.models import Linking, Roster
    from beholden.ledger.actions import sequence
    from beholden.linkage import decoys

    held = decoys.seeded  # people who are held, in the place of people who are not: what decoys must never be

    def like_people(register, secret, count):
        for one in held(register, secret, count):
            yield decoys.Decoy(decoys.Kind.STRANGER, register.one(one.row)[0])

    monkeypatch.setattr(decoys, "decoys", like_people)
    with copy_of(kind) as home:
        with refused("gate.decoys_taken"):
            hand_in(kind.world, kind.roster)
        sequence(at=kind.world.at)
        assert [one.rule for one in said(RosterHanded)] == ["decoys"]
        assert Roster.objects.get().matched is None
        assert not Linking.objects.exists()
        assert not list(home.keys.glob("pairs.*"))


def test_who_looks_is_an_enrolled_reviewer_of_another_body_and_looks_once(harming):
    from beholden.gate.actions.settling import say
    from beholden.gate.linked_pairs import waiting
    from beholden.people.actions import appoint

    world = harming.world
    own = Actor("reviewer-n", Role.REVIEWER, "northford")
    with copy_of(harming):
        hand_in(world, harming.roster)
        appoint(own.ref, own.role, own.organisation, by=REGISTRAR, at=world.at)
        (first, *_) = waiting(REVIEWERS[0])
        assert waiting(own) == ()
        for by, code in (
            (own, "gate.own_pairs"),
            (REGISTRAR, "gate.role"),
            (Actor("nobody", Role.REVIEWER, "panel-a"), "people.not_enrolled"),
        ):
            with refused(code):
                say(first.number, Opinion.SAME, by=by, at=world.at)
        say(first.number, Opinion.SAME, by=REVIEWERS[0], at=world.at)
        assert first not in waiting(REVIEWERS[0])
        assert first in waiting(REVIEWERS[1])
        with refused("gate.pair_over"):
            say(first.number, Opinion.DIFFERENT, by=REVIEWERS[0], at=world.at)


def test_whoever_declared_an_interest_in_a_use_has_a_part_in_it(kind):
    from beholden.uses.actions import declare
    from beholden.uses.voices import has_no_part

    world = kind.world
    with copy_of(kind):
        ref = replace_time(world, world.at).before_the_panel()
        assert has_no_part(ref, REVIEWERS[0])
        declare(
            ref,
            interest=True,
            what="My sister works there.",
            by=REVIEWERS[0],
            at=world.at + timedelta(days=60),
        )
        assert not has_no_part(ref, REVIEWERS[0])
        assert has_no_part(ref, REVIEWERS[1])
        assert not has_no_part(ref, Actor("applicant-1", Role.REVIEWER, "panel-a"))


def test_nobody_looks_at_a_pair_of_a_child_who_is_kept_safe(harming):
    """They are in no answer, so nobody needs to (D35)."""
    from beholden.gate.models import LinkedPair

    with copy_of(harming):
        hand_in(harming.world, harming.roster)
        assert not LinkedPair.objects.filter(person=harming.hidden).exists()
        assert LinkedPair.objects.filter(person=harming.kept_out[0], known="").exists()


def test_the_registrar_reads_that_pairs_wait(harming):
    from beholden.rights.registrar import desk
    from beholden.rights.shown import WhichUse

    world = harming.world
    with copy_of(harming):
        world = replace_time(world, world.answer_by + timedelta(days=1))
        hand_in(world, harming.roster)
        question = WhichUse(shown(REGISTRAR, at=world.at), world.use)

        def waits():
            found = desk.desk(question, catalogue=world.catalogue, at=world.at)
            return {one.step: one.waits for one in (*found.work.next_steps, *found.work.more_steps)}.get(
                "decide"
            )

        assert waits() == "Reviewers still look at pairs of the list."
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        assert waits() == ""


def test_a_newer_list_takes_the_place_of_one_that_waits(harming, tmp_path):
    from beholden.gate.linked_pairs import waiting

    world = harming.world
    with copy_of(harming):
        hand_in(world, harming.roster)
        before = {one.number for one in waiting(REVIEWERS[0])}
        hand_in(world, written(tmp_path, listed(world.children()[:2])))
        after = {one.number for one in waiting(REVIEWERS[0])}
    assert before
    assert after
    assert not before & after


def test_the_family_of_somebody_found_reads_how_and_learns_no_value(harming):
    """What was sent agrees so and so; nothing of it is repeated, nor of the register (D32)."""
    from beholden.gate.linked_pairs import why_matched
    from beholden.gate.models import LinkedPair
    from beholden.linkage.explaining import told as sentence

    world = harming.world
    with copy_of(harming):
        hand_in(world, harming.roster)
        row = LinkedPair.objects.filter(known="", reference=min(harming.yes)).get()
        why = why_matched(world.use, row.person)
        child = world.children()[int(min(harming.yes).removeprefix("case-"))]
    says = sentence(why)
    assert says.startswith(
        "Somebody sent us details of a person, and asked if we hold them. The given name that they"
    )
    assert says.endswith("People looked at it, and said that it is the same person. So they were told: yes.")
    for value in (child.forename, child.surname, child.address.postcode, child.born.isoformat()):
        assert value not in says


def test_a_match_by_names_is_contested_and_the_registrar_reads_how_it_was_found(kind):
    """The exit is the same, so what says that somebody else is meant is the same (D21, D32)."""
    from beholden.contests.rules import Why
    from beholden.gate.actions.contesting import Paper, contest_by_post
    from beholden.rights.registrar import matches

    case = min(kind.yes)
    with copy_of(kind):
        world = replace_time(kind.world, kind.world.at)
        hand_in(world, kind.roster)
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        released(world)
        paper = Paper("P-2026-1", Why.STRANGER, reference=case)
        contest_by_post(world.use, paper, catalogue=world.catalogue, by=REGISTRAR, at=world.at)
        (one,) = matches.waiting(
            shown(REGISTRAR, at=world.at), catalogue=world.catalogue, at=world.at
        ).matches
    assert one.found_by == (
        "By what is alike. All that is known agrees well enough, and nobody else comes near. The given name is "
        "the same. The surname is the same. The birth date is the same. The postcode is the same. The sex was not known "
        "on one side. The pupil number was not known on one side."
    )


def test_the_key_of_a_lists_pairs_goes_with_the_use(harming):
    """From then on nobody reads why anybody was matched, not even from a copy (D25, D36)."""
    from beholden.gate.actions.settling import destroy_pair_keys
    from beholden.gate.linked_pairs import why_matched
    from beholden.gate.models import LinkedPair
    from beholden.uses.queries import asked

    world = harming.world
    with copy_of(harming) as home:
        hand_in(world, harming.roster)
        assert destroy_pair_keys(by=REGISTRAR, at=world.at) == 0
        over = datetime.combine(asked(world.use).ends_on, time(), UTC) + timedelta(days=1)
        assert destroy_pair_keys(by=REGISTRAR, at=over) == 1
        assert not list(home.keys.glob("pairs.*"))
        assert why_matched(world.use, LinkedPair.objects.filter(known="").first().person) is None


def test_the_list_is_answered_as_every_pair_by_itself_would_be(kind):
    """The live way and the slow twin: the same people, for the same reason (issue: index = naive)."""
    from beholden.gate.linked_pairs import opened
    from beholden.gate.models import LinkedPair
    from beholden.linkage import files
    from beholden.linkage.model import frequencies, shipped
    from beholden.register.vault import likeness
    from beholden.register.vault.wall import keeper

    world = kind.world
    with copy_of(kind):
        hand_in(world, kind.roster)
        rows = {row.person: row for row in LinkedPair.objects.filter(known="")}
        whys = {person: opened(row).explanation for person, row in rows.items()}
        with keeper():
            known = likeness.asked(lambda known: known)
            people = known.register.look(range(known.register.people))
            whose = [known.whose(row) for row in range(known.register.people)]
    request = list(files.people(kind.roster, WHERE, lambda _: None))
    counted = frequencies(one[0] for one in people)
    used = shipped()
    assert len(rows) > 20
    met = {}
    for one in request:
        prior = next(iter(whys.values())).prior
        for row, _, chance, verdict in answered(one, people, used, counted, prior=prior, adverse=False)[0]:
            if verdict.decision is not Decision.NONE:
                best = met.get(whose[row])
                if best is None or chance > best[1]:
                    met[whose[row]] = (one.ref, chance, verdict)
    for person, row in rows.items():
        ref, chance, verdict = met[person]
        assert (row.reference, row.accepted) == (ref, verdict.decision is Decision.ACCEPT)
        assert whys[person].posterior == pytest.approx(chance, abs=1e-9)
        assert whys[person].reason is verdict.reason


def test_fsck_finds_nothing_wrong_and_every_change_of_what_was_kept(harming):
    from beholden.fsck.tables import check_tables
    from beholden.ledger.actions import sequence

    world = harming.world
    with copy_of(harming) as home:
        hand_in(world, harming.roster)
        look(world, REVIEWERS[0], rightly)
        look(world, REVIEWERS[1], rightly)
        sequence(at=world.at)
        assert list(check_tables(home, HARMING)) == []
        changes = {
            "gate_linking": (
                "figures = jsonb_set(figures, '{records}', '1')",
                "seal = '\\x00'",
                "outbox = 1",
                "key = reverse(key)",
                "settled_at = settled_at + interval '1 second'",
            ),
            "gate_linkedpair": (
                "person = gen_random_uuid()",
                "reference = 'x' || id",
                "accepted = not accepted",
                "known = case known when '' then 'same' else '' end",
                "why = '\\x00'",
            ),
            "gate_pairopinion": (
                "says = case says when 'same' then 'different' else 'same' end",
                "by = by || 'x'",
                "at = at + interval '1 second'",
                "seal = '\\x00'",
            ),
        }
        with postgres.connected(home, "owner") as connection:
            for table, every_change in changes.items():
                connection.execute(f"alter table {table} disable trigger user")
                connection.execute(f"create temporary table kept as select * from {table}")
                key = "roster_id" if table == "gate_linking" else "id"
                for change in every_change:
                    column = change.split(" = ")[0]
                    real = " where known = ''" if table == "gate_linkedpair" else ""
                    first = f"(select min({key}) from {table}{real})"
                    connection.execute(f"update {table} set {change} where {key} = {first}")
                    assert {one.code for one in check_tables(home, HARMING)} & {"fsck.linked"}, change
                    connection.execute(
                        f"update {table} set {column} = kept.{column} from kept where kept.{key} = {table}.{key}"
                    )
                connection.execute("drop table kept")
        assert list(check_tables(home, HARMING)) == []


def test_a_list_of_1500_that_a_department_wants_each_month_is_refused_and_stands_in_public(kind):
    """The seed case: to find families is a purpose that the keeper refuses; the request is public with its rule."""
    from beholden.uses import actions as uses
    from beholden.uses.queries import register_of_uses

    world = kind.world
    by = Actor("applicant-2", Role.APPLICANT, "welfare")
    with copy_of(kind):
        wanted = world.draft(
            purpose="immigration-enforcement", exit="match", items=(), title="1,500 names each month"
        )
        ref = uses.draft(wanted, by=by, at=world.at)
        assert uses.submit(ref, catalogue=world.catalogue, by=by, at=world.at).value == "refused"
        (use,) = [one for one in register_of_uses(world.catalogue) if one.ref == ref]
        assert use.refused_rule
        with refused("gate.not_matched"):
            hand_in(replace(world, use=ref), kind.roster)


def test_a_list_of_20_is_matched_looked_at_and_disclosed(harming, tmp_path):
    """A court's question as a use of its own: nobody is disclosed whom two people did not look at.

    Under seal it goes another way: tests/integration/test_order_by_name.py.
    """
    world = harming.world
    twenty = sorted(harming.yes)[:20]
    children = world.children()
    lines = [line(case, children[int(case.removeprefix("case-"))]) for case in twenty]
    with copy_of(harming) as home:
        hand_in(world, written(tmp_path, lines))
        for reviewer in REVIEWERS:
            look(world, reviewer, rightly)
        parcel = world.parcel(home, released(world))
    assert sorted(parcel.rows["reference"].to_pylist()) == twenty
