# SPDX-License-Identifier: Apache-2.0
"""A return that a law requires: decided like every use, told before, logged before it leaves, and without a list (D6, D18, D27)."""

import pyarrow as pa
import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import homes
from beholden.catalogue import Flag
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from integration.replayed import audit, enrolled
from integration.world import CATALOGUE, REGISTRAR, World

MINISTRY = Actor("applicant-ministry", Role.APPLICANT, "ministry")
THERE = Actor("recipient-ministry", Role.RECIPIENT, "ministry")
KEY = pyrage.x25519.Identity.generate()
ITEMS = ("sex", "nc_year", "sen_provision")


def asked(world, items=ITEMS):
    """Enrol the body that the law names, and take its return from draft to publication, told to those it reaches."""
    from beholden.people import actions as people
    from beholden.people.queries import Body

    public = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw().hex()
    body = Body("ministry", "Ministry for Schools", "government", "England", str(KEY.to_public()), public)
    people.enrol(body, by=REGISTRAR, at=world.at)
    for officer in (MINISTRY, THERE):
        people.appoint(officer.ref, officer.role, officer.organisation, by=REGISTRAR, at=world.at)
    world.use = world.another(
        by=MINISTRY,
        title="The school census goes to the ministry",
        purpose="statutory-return",
        exit="duty_return",
        items=items,
        application=world.application(items, gateway="si-2013-2094"),
    )


def played(folder, items=ITEMS):
    world = World(folder)
    world.returns()
    world.published()
    asked(world, items)
    return world


@pytest.fixture(scope="module")
def sent(base_home, tmp_path_factory):
    """One world in which most letters came back, one family answers *keep out*, and the return is sent."""
    with homes.clone(base_home) as home:
        world = played(tmp_path_factory.mktemp("town"))
        handles = [handle.adult for school in world.town.schools for handle in world.handles(school)]
        world.told(undelivered=frozenset(handles[1:]))
        world.refused = world.keep_out(world.letters()[0])
        world.disclosure = world.released()
        yield world, home


def entries():
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries as raw

    return [parse(one, log="handovers").body for one in raw("handovers")]


def test_everybody_is_in_it_told_or_not_whatever_was_answered(sent):
    """D6: the law requires it on its day; its page says so, and offers no answer."""
    from beholden.gate.parcel import unpack
    from beholden.gate.queries import released_file

    world, home = sent
    parcel = unpack((home.released / released_file(world.disclosure)).read_bytes(), identity=str(KEY))
    assert parcel.rows.num_rows == len(world.children())
    assert parcel.rows.column_names == ["pseudonym", "restricted", *sorted(ITEMS)]
    assert parcel.padding == ()
    assert parcel.header["use"] == world.use
    names = parcel.rows["pseudonym"].to_pylist()
    assert names == sorted(names)


def test_it_stands_in_the_log_before_it_leaves_and_without_a_list(sent):
    world, _ = sent
    (duty,) = [body for body in entries() if body.kind == "duty"]
    assert duty.id.hex() == world.disclosure
    assert duty.band == 64
    assert duty.header.use == world.use
    assert [body for body in entries() if body.kind == "intent"] == []


def test_a_familys_file_says_that_it_proves_nothing_about_it(sent):
    """D27: and the family's page shows it like every other use."""
    from beholden.gate.actions.proving import bundle
    from beholden.gate.looks import handovers_of
    from beholden.ledger.verify import verify

    world, _ = sent
    person = world.refused[0]
    account = verify(bundle(person, by=REGISTRAR, at=world.at))
    assert [one.use for one in account.duties] == [world.use]
    assert account.listed == 0
    assert any("a law made the keeper send" in line for line in account.sentences())
    assert [(one.use, one.in_list) for one in handovers_of(person)] == [(world.use, True)]


def test_a_trace_and_a_file_that_got_out_lead_to_it(sent, tmp_path):
    """D31, D34: without tags, its pseudonyms name it, which are of this body and this use alone."""
    from pyarrow import csv

    from beholden.gate.actions.tracing import places, whose
    from beholden.gate.parcel import unpack
    from beholden.gate.queries import released_file

    world, home = sent
    (went,) = places(world.refused[0], "sex", by=REGISTRAR, at=world.at).handovers
    assert (went.use, went.recipient, went.with_item) == (world.use, "ministry", True)
    parcel = unpack((home.released / released_file(world.disclosure)).read_bytes(), identity=str(KEY))
    leaked = tmp_path / "leaked.csv"
    csv.write_csv(parcel.rows.slice(0, 5), leaked)
    (match,) = whose(leaked, by=REGISTRAR, at=world.at)
    assert (match.disclosure, match.how, match.rows) == (world.disclosure, "pseudonyms", 5)


def test_the_public_sees_it_and_the_card_counts_it_as_announced(sent):
    """D26, D38."""
    from beholden.catalogue import MeasureName, Subject
    from beholden.gate.queries import public_numbers
    from beholden.reportcard.queries import card_of_home

    world, home = sent
    card = card_of_home(home, catalogue=CATALOGUE, on=world.at.date())
    (line,) = [one for one in card.of(Subject.TRANSPARENCY).measures if one.name is MeasureName.ANNOUNCED]
    assert (line.found.numerator, line.found.denominator) == (1, 1)
    assert public_numbers(world.use).outcome in {"released", "delivered"}


def test_everything_of_it_agrees_for_fsck(sent):
    from beholden.fsck.decided import check_decisions
    from beholden.fsck.handed import check_handovers, check_sets
    from beholden.fsck.rules import Weight
    from beholden.uses.held import held_uses

    _, home = sent
    found = [
        *check_sets(home),
        *check_decisions(home),
        *check_handovers(home, {one.ref: one for one in held_uses()}),
    ]
    assert [one.code for one in found if one.weight is Weight.FINDING] == []


def test_only_the_body_that_the_law_names_says_that_it_arrived_and_once(sent):
    from beholden.gate.actions.proving import arrived

    world, _ = sent
    other = Actor("recipient", Role.RECIPIENT, "northford")
    for by, code in ((other, "gate.not_the_recipient"), (REGISTRAR, "gate.role")):
        with pytest.raises(Refusal) as no:
            arrived(world.disclosure, by=by, at=world.at)
        assert no.value.code == code
    for _ in range(2):
        arrived(world.disclosure, by=THERE, at=world.at)
    assert [body.outcome for body in entries() if body.kind == "duty_outcome"] == ["delivered"]


def test_no_auditor_replays_it_because_no_row_of_it_bears_a_tag(sent):
    """D27: said as what it is, and not as a handover that is not in the log."""
    world, _ = sent
    enrolled(world)
    with pytest.raises(Refusal, match=r"^gate\.replay_no_list:"):
        audit(world, world.disclosure, pa.table({"tag": []}))


def test_nothing_but_the_day_until_which_a_fact_is_kept_takes_anybody_out(keeper_home, tmp_path):
    """D33, D35: a flag does not: it keeps back what tells where a child is, never the row; deciding twice decides once."""
    from beholden.gate.actions import deciding
    from beholden.gate.queries import registrar_numbers
    from beholden.people.actions import flag

    assert CATALOGUE.exit("duty_return").removes == (Flag.PAST_RETENTION,)
    world = played(tmp_path)
    world.told()
    for kind, letter in zip(("hidden", "severed", "restricted"), world.letters(), strict=False):
        flag(world.open(letter).children[0].person, kind, by=REGISTRAR, at=world.at)
    decision = world.decided()
    whole = registrar_numbers(decision, catalogue=CATALOGUE, exit_name="duty_return")
    assert (whole.scope, whole.released) == (len(world.children()), len(world.children()))
    assert deciding.decide(world.use, catalogue=CATALOGUE, by=REGISTRAR, at=world.at) == decision


def test_of_a_child_who_is_kept_safe_goes_nothing_that_tells_where_it_may_be_found(keeper_home, tmp_path):
    """D35: the row goes, as the law requires; the days and the bed at school stay, and another row lacks them too."""
    from beholden.gate.actions import releasing
    from beholden.gate.parcel import unpack
    from beholden.gate.queries import released_file
    from beholden.people.actions import flag

    items = ("boarder", "entry_date", "nc_year")
    world = played(tmp_path, items)
    world.told()
    told = dict.fromkeys(child.person for letter in world.letters() for child in world.open(letter).children)
    first, second = list(told)[:2]
    flag(first, "hidden", by=REGISTRAR, at=world.at)
    decision, common = world.decided(), {"by": REGISTRAR, "at": world.at}
    disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **common)
    releasing.build(disclosure, **common)
    releasing.log_intent(disclosure, **common)
    flag(second, "severed", by=REGISTRAR, at=world.at)
    with pytest.raises(Refusal) as no:
        releasing.release(disclosure, catalogue=CATALOGUE, **common)
    assert no.value.code == "gate.overtaken"
    releasing.call_off(disclosure, **common)
    disclosure = world.released()
    rows = unpack((keeper_home.released / released_file(disclosure)).read_bytes(), identity=str(KEY)).rows
    assert rows.num_rows == len(world.children())
    assert [rows[item].null_count for item in items] == [4, 4, 0]


def test_a_duty_return_that_is_called_off_is_said_to_be_withdrawn(keeper_home, tmp_path):
    from beholden.gate.actions import releasing

    world = played(tmp_path)
    world.told()
    decision = world.decided()
    common = {"by": REGISTRAR, "at": world.at}
    disclosure = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **common)
    releasing.build(disclosure, **common)
    releasing.log_intent(disclosure, **common)
    releasing.call_off(disclosure, **common)
    assert [(body.kind, getattr(body, "outcome", "")) for body in entries()][-2:] == [
        ("duty", ""),
        ("duty_outcome", "withdrawn"),
    ]
    assert list(keeper_home.quarantine.iterdir()) == []
    assert list(keeper_home.released.iterdir()) == []


def test_an_extract_cannot_go_without_its_list(keeper_home, tmp_path):
    """D11, D28: whoever rewrites the header of an extract so that it names no registry gets nothing out."""
    from beholden.gate.actions import releasing
    from beholden.gate.models import Disclosure
    from beholden.ledger.tags import identifier

    world = World(tmp_path)
    world.returns()
    world.published()
    world.told()
    decision = world.decided()
    common = {"by": REGISTRAR, "at": world.at}
    fixed = releasing.fix_header(world.use, decision, catalogue=CATALOGUE, **common)
    header = Disclosure.objects.get(pk=fixed).header
    bare = {key: value for key, value in header.items() if key not in {"mode", "registry"}}
    forged = identifier(bare).hex()
    Disclosure.objects.filter(pk=fixed).update(id=forged, header=bare)
    with pytest.raises(Refusal) as no:
        releasing.build(forged, **common)
    assert no.value.code == "gate.no_list"
    assert list(keeper_home.quarantine.iterdir()) == []
    assert list(keeper_home.released.iterdir()) == []


def watched(world, home, copy):
    """Return what somebody sees who copies what this home publishes, and watches it."""
    from beholden.cli.logs import export
    from beholden.ledger.queries import published_key
    from beholden.ledger.signer import LOGS
    from beholden.reportcard.watching import watch

    export(home.root, copy)
    return watch(copy, keys=[published_key(log) for log in LOGS], before=None, on=world.at.date())


def test_whoever_watches_sees_nothing_wrong(sent, tmp_path):
    """D26, D27: a return without a list is no release without a list, and stands behind its decision like every other."""
    world, home = sent
    seen, alarms = watched(world, home, tmp_path / "copy")
    assert alarms == ()
    assert seen is not None
