# SPDX-License-Identifier: Apache-2.0
"""Builds what was decided, in quarantine. What differs between ways out is their row of data and one builder each.

Nothing here leaves: what is built waits for its entry in the public log (`releasing`).
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from beholden.catalogue import Catalogue, Effect, Flag
from beholden.gate import catalogues, parcel, post, registries, room, rosters, sets
from beholden.gate.actions.inviting import rolls_of
from beholden.gate.actions.weighing import lists
from beholden.gate.check import is_duty
from beholden.gate.coarser import by_month
from beholden.gate.expression import marks, marks_digest
from beholden.gate.ids import listed, unpacked
from beholden.gate.models import Disclosure, Roster
from beholden.gate.pseudonyms import keyed, pseudonyms
from beholden.gate.rules import check_role
from beholden.home import here, keys
from beholden.home.files import write_durably
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.canonical import print_json
from beholden.ledger.elements import tags_of
from beholden.ledger.tags import TAG_BYTES, BucketTree, padding
from beholden.refusals import Refusal
from beholden.register import actions as register
from beholden.register.lent import ProofSeeds
from beholden.register.rows import read
from beholden.uses.queries import AskedUse, asked
from beholden.uses.rules.repeating import named_apart


@dataclass(frozen=True, slots=True)
class Going:
    """What a builder gets: a use, the handover's name and header, and the rows of everybody released (`person` first).

    `tags` are the rows' tags end to end, `filling` the random ones beside them; `borne` says whose row bears a mark;
    `rolls` are, of a letter that is passed on, each school's own pupil numbers.
    """

    id: str
    header: Mapping[str, object]
    use: AskedUse
    rows: pa.Table = field(repr=False)
    tags: bytes
    filling: tuple[bytes, ...]
    borne: Mapping[Flag, pa.Array]
    catalogue: Catalogue
    roster: Roster | None
    missing: bytes
    rolls: Mapping[str, tuple[str, ...]]


def build(disclosure: str, *, by: Actor, at: datetime) -> None:
    """Build file and tag list in quarantine; hash what is read back. Until it is logged it may be redone.

    The plan: 1 rows and keys are those of exactly the people who were decided on, and hold the items that were granted;
    2 a day of which the month was granted becomes its month; 3 everybody's tag, filled up with random ones to the size
    of the scope, but for a duty return, which has no list; 4 who bears a mark that changes a row, as of now: looked at
    again before it goes; 5 the way out's own builder; 6 the file is on the disk, and its hash is of what was read back.
    """
    check_role(by, Role.REGISTRAR)
    held = Disclosure.objects.select_related("decision__registry", "decision__roster").get(pk=disclosure)
    if held.state != "fixed":
        return
    use, catalogue = asked(UseRef(held.decision.use)), _rules(held)
    if is_duty(held) != (use.exit == "duty_return"):
        raise _no_list()  # 3
    released = unpacked(sets.read(held.decision.released))
    wanted = use.population
    upto = read.upto(wanted.collection, wanted.term, wanted.year)
    rows = read.rows(wanted.collection, wanted.term, wanted.year, use.items, released, upto=upto)
    if not released.equals(rows["person"].combine_chunks()):
        raise _rows_missing()  # 1
    rows = by_month(rows, use.months)  # 2
    tagged = _NO_TAGS if is_duty(held) else _tagged(held, released, by=by, at=at)  # 1, 3
    borne = _borne(held, use, released, catalogue, by=by, at=at)  # 4
    going = Going(
        disclosure,
        held.header,
        use,
        rows,
        tagged.tags,
        tagged.filling,
        borne,
        catalogue,
        held.decision.roster,
        _missing(held),
        rolls_of(use, by=by, at=at),
    )
    made = BUILDERS[use.exit](going)  # 5
    name = f"{held.decision.use}-{disclosure[:8]}-{secrets.token_hex(4)}.{made.kind}"
    write_durably(here().quarantine / name, made.content)
    payload = hashlib.sha256((here().quarantine / name).read_bytes()).hexdigest()  # 6
    with transaction.atomic():
        fresh = Disclosure.objects.select_for_update().get(pk=disclosure)
        if fresh.state != "fixed":  # another run was quicker: its parcel stands, ours is nobody's
            (here().quarantine / name).unlink()
            return
        if tagged.tree is not None:
            fresh.tags = sets.keep_list("tags", tagged.tree, at=at)
            fresh.depth, fresh.root = tagged.tree.committed.depth, tagged.tree.committed.root.hex()
        fresh.payload, fresh.file, fresh.state = payload, name, "built"
        fresh.marks = marks_digest(borne)
        fresh.upto_file, fresh.upto_correction = upto.file, upto.correction
        fresh.save()


@dataclass(frozen=True, slots=True)
class _Tagged:
    """The tags of those released, end to end, the random ones beside them, and the tree over both."""

    tags: bytes
    filling: tuple[bytes, ...]
    tree: BucketTree | None


_NO_TAGS = _Tagged(b"", (), None)


def _tagged(held: Disclosure, released: pa.Array, *, by: Actor, at: datetime) -> _Tagged:
    """Return the list of one handover, or refuse where somebody decided on has no key any more."""
    seeds = register.proof_seeds(among=released, by=by, at=at)
    if not released.equals(unpacked(seeds.people)):
        raise _rows_missing()
    tags = _tags(held, seeds)
    filling = padding(rosters.size_of(held.decision) - len(released))
    return _Tagged(
        tags, filling, BucketTree.build(bytes.fromhex(held.id), TAG_BYTES, tags + b"".join(filling))
    )


def _rows_missing() -> Refusal:
    return Refusal(
        "gate.rows_missing",
        "The rows on disk are not those of the people who were decided on.",
        next_step="Run `beholden fsck`; a return may have been superseded since: decide again.",
        authority="ARCHITECTURE section 5: decide, freeze, build",
    )


def _no_list() -> Refusal:
    return Refusal(
        "gate.no_list",
        "Only a return that a law requires goes without a list in the log, and it always does.",
        next_step="Call the handover off, run `beholden fsck`, and decide again.",
        authority="D28; docs/adr/0023",
    )


def _rules(held: Disclosure) -> Catalogue:
    """Return the catalogue under which it was decided, as it is kept: `releasing` asks whether it still holds."""
    found = catalogues.read(held.decision.catalogue)
    if found is None:
        raise Refusal(
            "gate.catalogue_changed",
            "This was decided under a catalogue that this version cannot read.",
            next_step="Call the handover off, and decide again under the catalogue in force.",
            authority="D41",
        )
    return found


def _missing(held: Disclosure) -> bytes:
    """Return what the recipient is told of who is missing: what the decision's commitment binds."""
    groups = held.decision.missing or []
    return print_json({"groups": groups, "scope": rosters.size_of(held.decision)})


def _borne(
    held: Disclosure, use: AskedUse, released: pa.Array, catalogue: Catalogue, *, by: Actor, at: datetime
) -> Mapping[Flag, pa.Array]:
    way = catalogue.exit(use.exit)
    if not way.marks:
        return {}
    return marks(released, lists(use, released, held.decision.registry, catalogue, by=by, at=at), way)


def _tags(held: Disclosure, seeds: ProofSeeds) -> bytes:
    """Return each released person's tag, end to end. The key of the snapshot is read once; no y is kept."""
    key = keys.load(here(), registries.key_name(bytes.fromhex(held.decision.registry_id)))
    return tags_of(key, seeds.proof_ids, bytes.fromhex(held.id))


# --- one builder for each way out ---


@dataclass(frozen=True, slots=True)
class Built:
    """A file as it will lie outside: its bytes, and how its name ends."""

    content: bytes = field(repr=False)
    kind: str


def _locked(going: Going, rows: pa.Table) -> bytes:
    """Return a parcel that the recipient's key alone opens."""
    to = going.use.recipient.encryption_key
    return parcel.pack(going.header, rows, going.filling, missing=going.missing, recipient=to)


def _extract(going: Going) -> Built:
    """A copy for the recipient: tag, pseudonym and items, locked to the recipient's key; sorted by tag."""
    table = pa.table(
        {
            "tag": unpacked(going.tags),
            "pseudonym": _pseudonyms(going.use, going.rows["person"].combine_chunks()),
        }
    )
    for item in going.use.items:
        table = table.append_column(item, going.rows[item])
    return Built(_locked(going, table.sort_by("tag")), "age")


def _duty_return(going: Going) -> Built:
    """What a law requires, locked to the body's key: pseudonym, whether the record is restricted, items; no tag.

    The body that a law names is no viewer to whom it is told where a child who is kept safe is or may be found.
    """
    people = going.rows["person"].combine_chunks()
    table = pa.table(
        {
            "pseudonym": _pseudonyms(going.use, people),
            "restricted": pa.array(listed(people, going.borne[Flag.RESTRICTED])),
        }
    )
    table = _with_items(going, table, _blanks(going, people))
    return Built(_locked(going, table.sort_by("pseudonym")), "age")


def _enclave(going: Going) -> Built:
    """Rows for the reading room: pseudonym, whether the record is restricted, items. No tag, nothing that names.

    Whose row lacks what tells where is not followed over time either: it has a number of this run alone (D35).
    """
    people = going.rows["person"].combine_chunks()
    restricted, blank = listed(people, going.borne[Flag.RESTRICTED]), _blanks(going, people)
    table = pa.table(
        {
            "pseudonym": _numbers(going.use, people, blank),
            "restricted": pa.array(restricted),
        }
    )
    table = _with_items(going, table, blank)
    key = keys.made(here(), room.key_name(going.id))
    return Built(
        room.seal(going.header, table.sort_by("pseudonym"), missing=going.missing, key=key), "sealed"
    )


def _match(going: Going) -> Built:
    """The answers to a list: for each *yes* its tag, the recipient's own reference, and the items granted, if any.

    A *no*, a number that the register does not know, and a child who is left out for whatever reason look the same: no
    line. The list in the log is as long as the list that was handed in; random tags fill the one up to the other.
    """
    if going.roster is None:
        raise TypeError("a match that was decided has its list")
    people = going.rows["person"].combine_chunks()
    table = pa.table(
        {"tag": unpacked(going.tags), "reference": pa.array(rosters.references(going.roster, people))}
    )
    for item in going.use.items:
        table = table.append_column(item, going.rows[item])
    return Built(_locked(going, table.sort_by("tag")), "age")


def _with_items(going: Going, table: pa.Table, blank: pa.Array) -> pa.Table:
    """Return a table with the items that were granted beside it; of a blank row, none that tells where (D35)."""
    for item in going.use.items:
        column = going.rows[item]
        if going.catalogue.item(item).tells_where:
            column = pc.if_else(blank, pa.scalar(None, type=column.type), column)
        table = table.append_column(item, column)
    return table


_BEHIND = frozenset({Effect.FIELDS_OUT, Effect.FIELDS_PER_VIEWER})
"""What a flag does where some fields stay behind; no exit for many has a viewer who may see them."""


def _blanks(going: Going, people: pa.Array) -> pa.Array:
    """Say of each row whether it lacks what tells where it is or may be found: a child's who is kept safe (D35).

    So that a blank proves nothing, as many others, drawn once for each use, have the same blanks.
    """
    if not going.use.over_time and not any(
        going.catalogue.item(item).tells_where for item in going.use.items
    ):
        return pa.repeat(False, len(people))
    way = going.catalogue.exit(going.use.exit)
    behind = [going.borne[flag] for flag in way.marks if way.effect(flag) in _BEHIND]
    blank = listed(people, pa.concat_arrays(behind))
    wanted = int(blank.sum())
    if wanted:
        lots = keyed(going.use.recipient.ref, going.use.ref, people.to_pylist(), b"blank")
        drawn = sorted((raw, place) for place, raw in enumerate(lots))
        for _, place in [one for one in drawn if not blank[one[1]]][:wanted]:
            blank[place] = True
    return pa.array(blank)


def _pseudonyms(use: AskedUse, people: pa.Array) -> pa.Array:
    return pa.array(pseudonyms(use.recipient.ref, use.named_in, people.to_pylist()))


def _numbers(use: AskedUse, people: pa.Array, blank: pa.Array) -> pa.Array:
    """Return the made-up number of each person, of a blank row one of this run alone."""
    named = _pseudonyms(use, people)
    if not use.over_time:
        return named
    apart = pseudonyms(use.recipient.ref, named_apart(use.ref, use.run), people.to_pylist())
    return pc.if_else(blank, pa.array(apart), named)


def _contact(going: Going) -> Built:
    """The letter that is passed on, and every school's own list: the same whoever is invited (D13, D16)."""
    key = keys.made(here(), post.key_name(going.id))
    if going.use.invitation is None:
        raise TypeError("a use that passes a letter on has it: `check_written` refuses it without")
    content = post.seal(going.header, going.use.invitation, going.rolls, key=key)
    return Built(content, "post")


BUILDERS: Mapping[str, Callable[[Going], Built]] = MappingProxyType(
    {
        "contact": _contact,
        "duty_return": _duty_return,
        "enclave": _enclave,
        "extract": _extract,
        "match": _match,
    }
)
"""What is built, and for which ways out: those of `uses.rules.BUILT` that many children go out by."""
