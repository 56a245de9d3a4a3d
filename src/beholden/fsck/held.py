# SPDX-License-Identifier: Apache-2.0
"""Checks what is held: returns, manifest, row files, vault. Sees digests, counts and ids; no row, no name.

Each return is compared with its entry in the log, its line of the manifest and its file; each file with the vault.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from beholden.catalogue import Catalogue, Store
from beholden.fsck.files import below, digest, is_leftover, names
from beholden.fsck.rules import ROWS, TIDY, Findings, found, missing_and_extra, note
from beholden.home import Home
from beholden.ledger import queries as ledger
from beholden.ledger.queries import Boxed
from beholden.ledger.vocabulary.events import ReturnAccepted
from beholden.ledger.vocabulary.terms import band
from beholden.register import queries as register
from beholden.register.checked import Asked, Fault
from beholden.register.queries import HeldFile, HeldReturn

_RETURN, _MANIFEST = "table rows_return", "table rows_manifest"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KEYS = "keys/persons.slots"
_VAULT = {
    Fault.KEY: (
        "person_key",
        _KEYS,
        "the key in the slot file does not open",
        "Put back the newest copy of the slot file.",
    ),
    Fault.BLOB: ("person_sealed", "table vault.person", "a sealed part does not open", ROWS),
    Fault.LOOKUP: ("lookup_missing", "table vault.lookup", "a look-up is missing or changed", ROWS),
}
_SCHEMAS = (1,)


def check_rows(home: Home, catalogue: Catalogue) -> Findings:
    """Returns against log, manifest and files; then what lies among the files that no line names."""
    said = Counter(_said())
    superseded: dict[str, HeldReturn] = {}
    by: dict[str, HeldReturn] = {}
    held: list[tuple[object, ...]] = []
    for one in register.held_returns():
        if one.status == "superseded":
            superseded[one.receipt] = one
        if one.supersedes is not None:
            by[one.supersedes] = one
        if one.status != "refused":
            held.append(_facts(one))
            yield from _check_said(one)
        yield from _check_return(one)
        for file in one.files:
            yield from _check_file(home, one, file, catalogue)
    yield from _check_chain(superseded, by)
    unheld, unsaid = missing_and_extra(said.elements(), held)
    if unheld:
        sentence = f"The log has {unheld:,} accepted returns that the table has not, or has with other facts."
        yield found("return_missing", _RETURN, sentence, ROWS)
    if unsaid:
        sentence = f"The table has {unsaid:,} returns of which the log does not say that they were accepted."
        yield found("return_unsaid", _RETURN, sentence, ROWS)
    for name in names(home.rows):
        if not is_leftover(name) and not register.manifest_names(name):
            yield note("orphan", f"rows/{name}", "No line of the manifest names this row file.", TIDY)


def _said() -> Iterator[tuple[object, ...]]:
    for row in ledger.spoken("events", ReturnAccepted.kind):
        if isinstance(row.says, ReturnAccepted):
            yield _entry(row, row.says)


def _entry(row: Boxed, says: ReturnAccepted) -> tuple[object, ...]:
    return says.school, says.band, says.commitment.hex(), row.at, row.by


def _facts(one: HeldReturn) -> tuple[object, ...]:
    """What a return and its entry both know: opaque school, band, the file itself, the second, and who brought it."""
    at = one.at.astimezone(UTC).replace(microsecond=0)
    return one.opaque, band(max(one.pupils, 0)), one.commitment, at, one.by


def _check_said(one: HeldReturn) -> Findings:
    row = None if one.outbox is None else ledger.said((one.outbox,)).get(one.outbox)
    if row is None or not isinstance(row.says, ReturnAccepted) or _entry(row, row.says) != _facts(one):
        sentence = f"Return {one.receipt} is not what the entry that speaks of it says."
        yield found("return", _RETURN, sentence, ROWS)


def _check_return(one: HeldReturn) -> Findings:
    stem = f"{one.collection}-{one.term}-{one.year}-{one.school}-"
    stored = [file for file in one.files if file.retired_at is None]
    sound = (
        one.receipt.startswith("refused-" if one.status == "refused" else stem)
        and _SHA256.fullmatch(one.digest) is not None
        and one.findings_are_sound
        and (one.status != "refused" or one.pupils == 0)
    )
    if not sound:
        yield found(
            "return", _RETURN, f"Return {one.receipt} does not hold together with its own receipt.", ROWS
        )
    if len(one.files) != (one.status != "refused") or len(stored) != (one.status == "accepted"):
        yield found(
            "manifest", _MANIFEST, f"Return {one.receipt} is {one.status}; its lines do not say so.", ROWS
        )
    for file in one.files:
        stem = f"{one.term}{one.year}-"
        if file.rows != one.pupils or file.made_at != one.at or not file.path.startswith(stem):
            yield found(
                "manifest", _MANIFEST, f"The line of {file.path} does not fit return {one.receipt}.", ROWS
            )


def _check_chain(superseded: dict[str, HeldReturn], by: dict[str, HeldReturn]) -> Findings:
    """A return is superseded exactly if another supersedes it, of the same school and term; its files retired then."""
    for receipt in superseded.keys() | by.keys():
        old, new = superseded.get(receipt), by.get(receipt)
        fits = (
            old is not None
            and new is not None
            and (old.collection, old.term, old.year, old.school)
            == (new.collection, new.term, new.year, new.school)
            and all(file.retired_at == new.at for file in old.files)
        )
        if not fits:
            sentence = f"Return {receipt} is not superseded as the returns after it say."
            yield found("return", _RETURN, sentence, ROWS)


def _check_file(home: Home, one: HeldReturn, file: HeldFile, catalogue: Catalogue) -> Findings:
    """The file is there, is what was written, has the columns of its schema, and is about people of the vault."""
    path = home.rows / file.path
    where = f"rows/{file.path}"
    if path.parent != home.rows or not path.is_file():
        yield found("row_file_missing", where, f"The row file of return {one.receipt} is not there.")
        return
    if digest(path) != file.digest:
        yield found(
            "row_file", where, f"The row file of return {one.receipt} is not the one that was written."
        )
        return
    if file.schema not in _SCHEMAS:
        yield found("manifest", _MANIFEST, f"{where} has a schema that this version does not know.", ROWS)
        return
    columns = dict(register.columns(file.path))
    known = {item.id: item.type.value for item in catalogue.items.values() if item.store is Store.ROWS}
    wanted = {"person": "binary16", "on_roll": "bool"} | known
    off = sorted(name for name, kind in columns.items() if wanted.get(name) != kind)
    if off or not {"person", "on_roll"} <= set(columns):
        yield found("columns", where, f"Its columns are not those of the catalogue: {', '.join(off)}.")
    elif register.rows_in(file.path) != file.rows:
        yield found("manifest", _MANIFEST, f"{where} has another number of rows than its line says.", ROWS)
    elif strangers := register.strangers_in(file.path):
        yield found("strangers", where, f"{strangers:,} of its people are not in the vault.", ROWS)


def check_vault(home: Home) -> Findings:
    """Every person's slot opens every blob, both look-ups lead there, no others do, and the index says the same."""
    counts = register.vault_counts()
    if counts.people and not home.slots.is_file():
        yield found(
            "slots_missing", _KEYS, f"The slot file is not there; {counts.people:,} people have keys in it."
        )
        return
    faults: dict[Fault, list[int]] = {}
    people = 0
    for page in register.vault_pages():
        people += page.people
        for fault, slot in page.faults:
            faults.setdefault(fault, []).append(slot)
    for fault, slots in faults.items():
        code, where, what, step = _VAULT[fault]
        sentence = f"For {len(slots):,} of {people:,} people {what}; the first has slot {min(slots)}."
        yield found(code, where, sentence, step)
    missing = len(faults.get(Fault.LOOKUP, ()))
    unread = len(set(faults.get(Fault.KEY, [])) | set(faults.get(Fault.BLOB, [])))
    extra = counts.lookups - (2 * (people - unread) - missing)
    if extra > 0 and not unread:
        sentence = f"{extra:,} look-ups lead to somebody whose number and birth date do not give them."
        yield found("lookup_extra", "table vault.lookup", sentence, ROWS)
    yield from _check_slots(home, counts.last_slot)
    if not unread and register.index_differs():
        sentence = "The index by which people are found who are alike does not say what the vault says."
        yield found("index", "index", sentence, "Remove index/current: the next list has it made anew.")
    yield from _check_questions()


def _check_slots(home: Home, last: int) -> Findings:
    if not home.slots.is_file():
        return
    where = below(home, home.slots)
    spare = register.spare_slots()
    if spare.odd_bytes:
        sentence = f"The slot file ends in the middle of a slot; the last that anybody has is {last}."
        yield note(
            "slots_torn", where, sentence, "Nothing: a write was cut off, and the slot is passed over."
        )
    if spare.torn:
        sentence = f"{spare.torn:,} slots that nobody has do not open: torn by a crash, or damaged."
        yield note("slots_torn", where, sentence, "Nothing: nobody's record depends on them.")
    if spare.unused:
        sentence = f"{spare.unused:,} keys were made and never used: an acceptance was cut off."
        yield note("slots_unused", where, sentence, "Nothing: they open nothing.")


def _raised_by(received_at: datetime | None, one: Asked) -> bool:
    if not one.receipt:  # no return raised it: a registrar asked of two that look alike
        return True
    if received_at is None:
        return False
    return received_at <= one.at if one.again else received_at == one.at


def _check_questions() -> Findings:
    asked = register.questions()
    given = register.receipts_given(tuple({one.receipt for one in asked}))
    wrong = sum(not one.is_sound or not _raised_by(given.get(one.receipt), one) for one in asked)
    if wrong:
        sentence = f"{wrong:,} questions whether two records are one person do not hold together."
        yield found("question", "table vault.question", sentence, ROWS)
    suggested = register.unsound_suggestions()
    if suggested:
        sentence = f"{suggested:,} suggestions that two records are one child do not hold together."
        yield found("suggestion", "table vault.suggestion", sentence, ROWS)
