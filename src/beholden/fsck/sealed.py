# SPDX-License-Identifier: Apache-2.0
"""Checks what is sealed: row, lists, parcel, the regulator's file and the log tell one story. Names nobody.

A finding names a seal by the first signs of its random id. Who is in it, which order and which court never stand there.
"""

from collections.abc import Sequence

from beholden.fsck import lists
from beholden.fsck.files import digest, is_leftover, names
from beholden.fsck.guard import guarded
from beholden.fsck.handed import check_crown
from beholden.fsck.rules import LEFT, ROWS, TIDY, Findings, Handover, found, judge, note
from beholden.gate import held as gate
from beholden.gate.catalogues import file_name
from beholden.gate.held import HeldCompulsion
from beholden.gate.seals import number_under
from beholden.home import Home, keys
from beholden.ledger import queries as ledger
from beholden.ledger.tags import Committed, identifier, tag, tag_key
from beholden.ledger.vocabulary.handovers import Outcome
from beholden.ledger.vocabulary.sealed import Details, Sealed, Seen, Unsealed
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.people.queries import organisation
from beholden.refusals import Refusal
from beholden.register import queries as register

_HERE = "table gate_compulsion"
_KINDS = (Sealed, Seen, Unsealed)


def check_sealed(home: Home) -> Findings:
    """Every seal is what the log says, was told to the regulator, and has left only if logged; none is missing."""
    counts, told = [0, 0, 0], set[str]()
    for one in gate.held_compulsions():
        told.add(one.file)
        for place in range(len(_KINDS)):
            counts[place] += one.said[place] is not None
        yield from guarded(_HERE, _check(home, one))
    told |= {one.file for one in gate.held_lengthenings()}
    said = ledger.counted()
    if [said.get(kind.kind, 0) for kind in _KINDS] != counts:
        yield found("sealed_missing", _HERE, "The log speaks of other seals than the table has.", ROWS)
    for name in names(home.regulator):
        if name not in told and not is_leftover(name):
            yield note("orphan", f"regulator/{name}", "No sealed handover names this file.", TIDY)


def _check(home: Home, one: HeldCompulsion) -> Findings:
    name = f"Sealed handover {one.id[:8]}"
    rows = ledger.said(tuple(number for number in one.said if number is not None))
    says = [None if number is None or number not in rows else rows[number].says for number in one.said]
    row = rows.get(one.said[0]) if one.said[0] is not None else None
    details = Details.from_json(one.details)
    yield from judge(
        Handover(
            id=one.id,
            state="built" if one.state in {"agreed", "signed"} else one.state,
            file=one.file,
            waits=(home.quarantine / one.file).is_file(),
            gone=(home.released / one.file).is_file(),
            is_said=row is not None and row.index is not None,
            has_intent=one.said[0] is not None,
            is_withdrawn=one.state == "withdrawn",
            table=_HERE,
        )
    )
    if one.said[0] is not None:
        fits = row is not None and isinstance(says[0], Sealed) and one.logged_at is not None
        if not fits or not _is_said(one, says[0], row.at if row else None):
            yield found("sealed", _HERE, f"{name} is not what its entry in the log says.", ROWS)
        yield from _check_told(home, one, name)
    if not _follow(one, says, details):
        yield found("sealed", _HERE, f"What the log says of {name.lower()} is another's.", ROWS)
    if not _is_itself(home, one, details):
        yield found("sealed", _HERE, f"The row of {name.lower()} does not fit itself.", ROWS)
    for folder in (home.quarantine, home.released):
        path = folder / one.file
        if path.is_file() and digest(path) != details.payload.hex():
            where = f"{folder.name}/{one.file}"
            yield found("parcel", where, f"The file of {name.lower()} is not the one that was committed.")
    yield from _check_tags(home, one, details, name)


def _is_said(one: HeldCompulsion, said: object, at: object) -> bool:
    if not isinstance(said, Sealed) or one.logged_at is None:
        return False
    entry = {name: value for name, value in said.to_json().items() if name != "seq"}
    return entry == dict(one.entry) and one.logged_at.replace(microsecond=0) == at


def _follow(one: HeldCompulsion, says: Sequence[object], details: Details) -> bool:
    """Say whether what was said after a seal is about this one."""
    _, seen, unsealed, outcome = says
    number = number_under(one.said[0])
    fits = [
        one.said[1] is None or (isinstance(seen, Seen) and seen.seq == number),
        one.said[2] is None
        or (isinstance(unsealed, Unsealed) and (unsealed.seq, unsealed.details) == (number, details)),
        one.said[3] is None or (isinstance(outcome, Outcome) and outcome.id.hex() == one.id),
    ]
    return all(fits)


def _is_itself(home: Home, one: HeldCompulsion, details: Details) -> bool:
    """Say whether name, registry, recipient, paper, rules, officers and times of a row are of one making."""
    named = details.header.recipient
    return (
        recipient_key_hash(bytes.fromhex(organisation(named.id).check_key)) == named.key
        and identifier(details.header.to_json()) == details.id
        and (details.id.hex(), details.header.registry.id.hex()) == (one.id, one.registry)
        and one.order[0] == one.order[1]
        and (home.catalogues / file_name(one.catalogue)).is_file()
        and one.officers[0] == one.by
        and {one.people.made_at, one.tags.made_at} == {one.at}
    )


def _check_told(home: Home, one: HeldCompulsion, name: str) -> Findings:
    path = home.regulator / one.file
    if not path.is_file() or digest(path) != one.told:
        sentence = f"What the regulator was to be told of {name.lower()} is not there, or was changed."
        yield found("regulator_untold", f"regulator/{one.file}", sentence, LEFT)


def _check_tags(home: Home, one: HeldCompulsion, details: Details, name: str) -> Findings:
    """The tag file gives the root, and holds the tag of everybody named and of nobody else with a key."""
    tags, people = home.sets / one.tags.path, home.sets / one.people.path
    if not tags.is_file() or not people.is_file():
        return  # said where lists are looked at
    made, crown = lists.committed(tags, details.id, one.tags.width)
    yield from check_crown(home, one.tags, crown)
    if Committed(made.n, made.depth, made.root) != details.set.committed:
        yield found("tags_root", f"sets/{one.tags.path}", f"The list of {name.lower()} is not its own.")
        return
    try:
        key = keys.load(home, f"registry.{one.registry}")
    except Refusal:
        return  # said where registries are looked at
    wrong = inside = 0
    with lists.opened(tags, one.tags.width) as held, lists.opened(people, one.people.width) as named:
        for seed in register.seeds():
            goes = seed.person.bytes in named
            inside += goes
            # A key that was the child's when the list was made stays the key of this list, whatever came after.
            wrong += goes != any(
                tag(tag_key(key, proof_id), details.id) in held for proof_id in seed.every_id
            )
    if wrong or inside != one.people.count:
        yield found(
            "tags", f"sets/{one.tags.path}", f"The list of {name.lower()} holds others than it names.", ROWS
        )
