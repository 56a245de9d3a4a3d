# SPDX-License-Identifier: Apache-2.0
"""Checks what was handed over: lists, registries, handovers, parcels. Sees ids, never rows. Decisions: `decided`.

A registry is audited exactly: everybody's place and commitment is derived anew. A handover's list too: the tag of
everybody who was released is in it, and of nobody else who could have been.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from beholden.fsck import lists
from beholden.fsck.files import POST, REGISTRY, ROOM, digest, is_leftover, is_sorted, names, walk
from beholden.fsck.rules import LEFT, ROWS, TIDY, Findings, Handover, found, judge, note
from beholden.gate import held as gate
from beholden.gate.held import HeldDisclosure, HeldRegistry, KeptSet
from beholden.gate.sets import crown_name, crowned_by
from beholden.gate.ways import CONTACT, ENCLAVE, gone_to
from beholden.home import Home, keys
from beholden.ledger import queries as ledger
from beholden.ledger.tags import Committed, commitment, identifier, label, tag, tag_key
from beholden.ledger.vocabulary.handovers import DutyOutcome, DutyReturn, Intent, Outcome, Registry
from beholden.ledger.vocabulary.terms import band, items_digest, recipient_key_hash
from beholden.people.queries import organisation
from beholden.refusals import Refusal
from beholden.register import queries as register
from beholden.uses.held import HeldUse

_REGISTRY, _DISCLOSURE = "table gate_registry", "table gate_disclosure"
_SETS = "table gate_setfile"
_DUTY = "duty_return"


def check_sets(home: Home) -> Findings:
    """Every list is what was written, sorted, each element once; each row is used, each file named."""
    used: set[str] = set()
    for kept in _used():
        if kept.path not in used:
            used.add(kept.path)
            yield from _check_set(home, kept)
    spare = gate.sets_counted() - len(used)
    if spare:
        yield found("set_unused", _SETS, f"{spare:,} lists are described that nothing uses.", ROWS)
    for name in names(home.sets):
        if not is_leftover(name) and not gate.names_set(crowned_by(name) or name):
            yield note("orphan", f"sets/{name}", "No row describes this list.", TIDY)


def _used() -> Iterator[KeptSet]:
    for registry in gate.held_registries():
        yield from (registry.elements, registry.keyed)
    for decision in gate.held_decisions():
        yield from (decision.scope, decision.released)
    for roster in gate.held_rosters():
        if roster.matched is not None:
            yield roster.matched
    for disclosure in gate.held_disclosures():
        if disclosure.tags is not None:
            yield disclosure.tags
    for sealed in gate.held_compulsions():
        yield from (sealed.people, sealed.tags)


def _check_set(home: Home, kept: KeptSet) -> Findings:
    path, where = home.sets / kept.path, f"sets/{kept.path}"
    if path.parent != home.sets or not path.is_file():
        yield found("set_missing", where, "This list is not there.")
    elif digest(path) != kept.digest:
        yield found("set_changed", where, "This list is not the one that was written.")
    elif path.stat().st_size != kept.count * kept.width:
        yield found("set_count", _SETS, f"{where} has another number of elements than its row says.", ROWS)
    elif not is_sorted(path, kept.width):
        yield found("set_order", where, "This list is not sorted, or has something twice.")


# --- registries ---


def check_registries(home: Home) -> Findings:
    """Header, name, root and log agree; the key is there; every element derives from the vault, and no other is."""
    known: set[str] = set()
    for one in gate.held_registries():
        known.add(one.id)
        yield from _check_registry(home, one)
    said = ledger.counted().get(Registry.kind, 0)
    if said != len(known):
        yield found(
            "registry_missing",
            _REGISTRY,
            f"The log speaks of {said:,} registries; the table has {len(known):,}.",
            ROWS,
        )
    for name in names(home.keys):
        if name.startswith(REGISTRY) and name.removeprefix(REGISTRY) not in known:
            sentence = "This is the key of a registry that was never published."
            yield note("orphan", f"keys/{name}", sentence, TIDY)


def _check_registry(home: Home, one: HeldRegistry) -> Findings:
    name = f"Registry {one.id[:8]}"
    row = ledger.said((one.outbox,)).get(one.outbox)
    body = row.says if row else None
    if not isinstance(body, Registry) or body.id.hex() != one.id or body.header.to_json() != one.header:
        yield found("registry", _REGISTRY, f"{name} is not what its entry in the log says.", ROWS)
        return
    if (
        {one.elements.made_at, one.keyed.made_at} != {one.made_at}
        or row is None
        or not is_at(one.made_at, row.at)
    ):
        yield found("registry", _REGISTRY, f"{name} and its lists were made at different times.", ROWS)
    if identifier(one.header).hex() != one.id:
        yield found("registry", _REGISTRY, f"{name} does not bear the name that its header gives it.", ROWS)
    path = home.sets / one.elements.path
    if not is_whole(home, one.elements) or not is_whole(home, one.keyed):
        return  # said where lists are looked at
    made, crown = lists.committed(path, bytes.fromhex(one.id), one.elements.width)
    yield from check_crown(home, one.elements, crown)
    if made != body.set.committed:
        yield found(
            "registry_root", f"sets/{one.elements.path}", f"{name} has another root than the log says."
        )
    yield from _audit_registry(home, one, name)


def is_whole(home: Home, kept: KeptSet) -> bool:
    """Say whether a list is on disk as its row describes it."""
    path = home.sets / kept.path
    return path.is_file() and digest(path) == kept.digest and path.stat().st_size == kept.count * kept.width


def check_crown(home: Home, kept: KeptSet, made: bytes) -> Findings:
    """The hashes kept beside a list are the list's."""
    path = home.sets / crown_name(kept.path)
    if not path.is_file() or path.read_bytes() != made:
        yield found(
            "crown",
            f"sets/{path.name}",
            "The hashes that are kept beside a list are not there, or are not the list's. Proofs are right, and slow.",
            "Nothing, or put it back from a backup: the next family's file that needs it makes it again.",
        )


def _audit_registry(home: Home, one: HeldRegistry, name: str) -> Findings:
    try:
        key = keys.load(home, f"{REGISTRY}{one.id}")
    except Refusal:
        yield found(
            "key", f"keys/{REGISTRY}{one.id}", f"The key of {name.lower()} is not there, or is damaged."
        )
        return
    list_id = bytes.fromhex(one.id)
    inside = fitting = 0
    with (
        lists.opened(home.sets / one.elements.path, one.elements.width) as elements,
        lists.opened(home.sets / one.keyed.path, one.keyed.width) as keyed,
    ):
        for seed in register.seeds():
            if seed.person.bytes in keyed:
                inside += 1
                at = label(seed.label_seed, list_id)
                fitting += any(
                    at + commitment(tag_key(key, proof_id), at) in elements for proof_id in seed.every_id
                )
    if (inside, fitting) != (one.keyed.count, one.elements.count) or inside != fitting:
        sentence = (
            f"{name} has {one.elements.count:,} keys for {one.keyed.count:,} people; the vault knows {inside:,} of "
            f"them, and {fitting:,} keys are theirs."
        )
        yield found("registry_keys", f"sets/{one.elements.path}", sentence, ROWS)


def is_at(kept: datetime, said: datetime) -> bool:
    """Say whether an instant is the one of an entry, which knows whole seconds only."""
    return kept.replace(microsecond=0) == said


# --- handovers ---


_INTENTS, _OUTCOMES = (Intent.kind, DutyReturn.kind), (Outcome.kind, DutyOutcome.kind)


def check_handovers(home: Home, uses: dict[str, HeldUse]) -> Findings:
    """State, file, list, decision, use and log of every handover tell one story; nothing else has left."""
    intents = outcomes = 0
    files: dict[str, set[str]] = {folder.name: set() for folder in _gone(home)}
    rooms: set[str] = set()
    for one in gate.held_disclosures():
        use = uses.get(one.decision.use)
        way = "" if use is None else use.exit
        files[gone_to(home, way).name].add(one.file)
        if way == ENCLAVE:
            rooms.add(f"{ROOM}{one.id}")
        if way == CONTACT:
            rooms.add(f"{POST}{one.id}")
        intents += one.intent is not None
        outcomes += one.outcome is not None
        yield from _check_handover(home, one, use)
    for sealed in gate.held_compulsions():  # looked at in `fsck.sealed`
        files[home.released.name].add(sealed.file)
        outcomes += sealed.said[-1] is not None
    counted = ledger.counted()
    said = tuple(sum(counted.get(kind, 0) for kind in kinds) for kinds in (_INTENTS, _OUTCOMES))
    if said != (intents, outcomes):
        sentence = "The log speaks of other handovers, or other outcomes, than the table has."
        yield found("handover_missing", _DISCLOSURE, sentence, ROWS)
    yield from _check_unnamed(home, files, rooms)


def _gone(home: Home) -> tuple[Path, ...]:
    """Where a file can lie that has gone: handed over, in the reading room, or passed on."""
    return home.released, home.enclave, home.post


def _check_unnamed(home: Home, files: Mapping[str, set[str]], rooms: set[str]) -> Findings:
    """Nothing lies with what has gone, in the room, in quarantine or among the room's keys that no handover names.

    In a folder below there is nothing of ours: whatever lies there was put there.
    """
    for folder in _gone(home):
        for path in walk(folder):
            name = path.relative_to(folder).as_posix()
            if name not in files[folder.name] and not is_leftover(name):
                sentence = "This was released, and no handover names it: the public log does not know of it."
                yield found("released_unlogged", f"{folder.name}/{name}", sentence, LEFT)
    known = set().union(*files.values())
    for name in names(home.quarantine):
        if name not in known and not is_leftover(name):
            yield note(
                "orphan", f"quarantine/{name}", "No handover names this file: a build was cut off.", TIDY
            )
    for name in names(home.keys):
        if name.startswith((ROOM, POST)) and name not in rooms:
            sentence = "This is the key of nothing in the reading room or the post."
            yield note("orphan", f"keys/{name}", sentence, TIDY)


def _check_handover(home: Home, one: HeldDisclosure, use: HeldUse | None) -> Findings:
    name = f"Handover {one.id[:8]}"
    rows = ledger.said(tuple(number for number in (one.intent, one.outcome) if number is not None))
    row = rows.get(one.intent) if one.intent is not None else None
    intent = row.says if row is not None and isinstance(row.says, Intent | DutyReturn) else None
    told = rows.get(one.outcome) if one.outcome is not None else None
    outcome = told.says if told is not None and isinstance(told.says, Outcome | DutyOutcome) else None
    folder = gone_to(home, "" if use is None else use.exit)
    yield from judge(
        Handover(
            id=one.id,
            state=one.state,
            file=one.file,
            waits=bool(one.file) and (home.quarantine / one.file).is_file(),
            gone=bool(one.file) and (folder / one.file).is_file(),
            folder=folder.name,
            is_said=row is not None and intent is not None and row.index is not None,
            has_intent=one.intent is not None,
            is_withdrawn=outcome is not None and outcome.outcome == "withdrawn",
        )
    )
    if one.intent is not None and (row is None or intent is None or not _is_said_of(one, intent, row.at)):
        yield found("handover", _DISCLOSURE, f"{name} is not what its entry in the log says.", ROWS)
    if one.outcome is not None and (outcome is None or outcome.id.hex() != one.id):
        yield found("handover", _DISCLOSURE, f"The outcome of {name.lower()} is another's.", ROWS)
    if identifier(one.header).hex() != one.id or not _fits(one, use):
        yield found(
            "handover",
            _DISCLOSURE,
            f"The header of {name.lower()} is not its decision's and its use's.",
            ROWS,
        )
    yield from _check_payload(home, one, name)
    yield from _check_tags(home, one, name)


def _is_said_of(one: HeldDisclosure, intent: Intent | DutyReturn, at: datetime) -> bool:
    if isinstance(intent, DutyReturn):
        return (
            (intent.id.hex(), intent.payload.hex(), intent.header.to_json())
            == (one.id, one.payload, one.header)
            and intent.band == band(one.decision.scope.count)
            and (one.tags, one.root, one.depth) == (None, "", None)
            and one.logged_at is not None
            and is_at(one.logged_at, at)
        )
    listed = Committed(n=one.tags.count if one.tags else -1, depth=one.depth or 0, root=intent.set.root)
    return (
        (intent.id.hex(), intent.payload.hex(), intent.set.root.hex()) == (one.id, one.payload, one.root)
        and intent.set.committed == listed
        and intent.header.to_json() == one.header
        and one.logged_at is not None
        and is_at(one.logged_at, at)
    )


def _fits(one: HeldDisclosure, use: HeldUse | None) -> bool:
    """Say whether a header is the one that its decision, its use and its recipient give."""
    header = one.header
    decided = ledger.said((one.decision.outbox,)).get(one.decision.outbox)
    if use is None or decided is None or not isinstance(header, dict):
        return False
    recipient, registry = header.get("recipient"), header.get("registry")
    try:
        check_key = bytes.fromhex(organisation(use.applicant).check_key)
    except (Refusal, ValueError):
        return False
    then = use.at(one.decision.at)
    return (
        header.get("use") == use.ref == one.decision.use
        and header.get("decision") == decided.index
        and header.get("items") == items_digest(then.items).hex()
        and (header.get("purpose"), header.get("population")) == (use.purpose, then.population)
        and recipient == {"id": use.applicant, "key": recipient_key_hash(check_key).hex()}
        and (registry.get("id") == one.decision.registry if isinstance(registry, dict) else use.exit == _DUTY)
    )


def _check_payload(home: Home, one: HeldDisclosure, name: str) -> Findings:
    for folder in (home.quarantine, *_gone(home)):
        path = folder / one.file
        if one.file and path.is_file() and digest(path) != one.payload:
            where = f"{folder.name}/{one.file}"
            yield found("parcel", where, f"The file of {name.lower()} is not the one whose hash was logged.")


def _check_tags(home: Home, one: HeldDisclosure, name: str) -> Findings:
    """The tag file gives the root, and holds the tag of everybody released and of nobody else with a key."""
    if one.tags is None:
        is_duty = isinstance(one.header, dict) and "registry" not in one.header
        if not is_duty and one.state not in {"fixed", "withdrawn"}:
            yield found("handover", _DISCLOSURE, f"{name} was built and has no list of tags.", ROWS)
        return
    if not is_whole(home, one.tags) or not is_whole(home, one.decision.released):
        return
    where, path, list_id = f"sets/{one.tags.path}", home.sets / one.tags.path, bytes.fromhex(one.id)
    made, crown = lists.committed(path, list_id, one.tags.width)
    yield from check_crown(home, one.tags, crown)
    if (made.root.hex(), made.depth, made.n) != (one.root, one.depth, one.decision.size):
        yield found("tags_root", where, f"The list of {name.lower()} is not the one that was fixed.")
        return
    try:
        key = keys.load(home, f"{REGISTRY}{one.decision.registry}")
    except Refusal:
        return  # said where registries are looked at
    missing = strange = inside = 0
    with (
        lists.opened(path, one.tags.width) as tags,
        lists.opened(home.sets / one.decision.released.path, one.decision.released.width) as released,
    ):
        for seed in register.seeds():
            held = any(tag(tag_key(key, proof_id), list_id) in tags for proof_id in seed.every_id)
            goes = seed.person.bytes in released
            inside += goes
            missing, strange = missing + (goes and not held), strange + (held and not goes)
    if missing or strange or inside != one.decision.released.count:
        sentence = (
            f"The list of {name.lower()} lacks {missing:,} of those who were released, and holds {strange:,} who "
            f"were not; {one.decision.released.count - inside:,} of those released are not in the vault."
        )
        yield found("tags", where, sentence, ROWS)
