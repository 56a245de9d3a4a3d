# SPDX-License-Identifier: Apache-2.0
"""Checks what was put right: each day against its entry, each message against its file, its day and its recipient.

Sees hashes, counts and opaque ids; what a message says is locked to its recipient.
"""

from datetime import date

from beholden.fsck.files import digest, is_leftover, names
from beholden.fsck.rules import ROWS, TIDY, Findings, found, note
from beholden.gate import message_key
from beholden.gate.message import VERSION, Done, check_done
from beholden.home import Home
from beholden.kinds import PersonId
from beholden.ledger import queries as ledger
from beholden.ledger import tree
from beholden.ledger.vocabulary.redress import IncidentMoved, RedressOfDay
from beholden.ledger.vocabulary.terms import band
from beholden.people.queries import organisation
from beholden.redress import incidents
from beholden.redress import queries as redress
from beholden.redress.queries import HeldDay, HeldMessage
from beholden.refusals import Refusal
from beholden.register import queries as register

_DAY, _MESSAGE, _DONE = "table redress_day", "table redress_message", "table redress_done"
_INCIDENT = "table redress_incident"
_LINE, _ASKED = "table rows_correction", "table redress_asked"
_AGAIN = (
    "Close the next day: what was not said is found again, and said then. If it stays, read the keeper's log."
)


def check_days() -> Findings:
    """Each day is what its entry says; its roots are made of its own lines and messages; no entry lacks its day."""
    count = upto = 0
    for one in redress.held_days():
        count += 1
        row = ledger.said((one.outbox,)).get(one.outbox)
        body = row.says if row else None
        if not isinstance(body, RedressOfDay) or body.to_json() != _said(one):
            yield found("redress", _DAY, f"The day {one.day} is not what the log says of it.", ROWS)
        if tree.root(redress.leaves_of(one.day)).hex() != one.messages:
            sentence = f"The messages of {one.day} are not those whose root is in the log."
            yield found("redress_messages", _MESSAGE, sentence, ROWS)
        if not _binds(one, upto):
            sentence = f"The corrections that {one.day} binds are not those whose root is in the log."
            yield found("redress_lines", _LINE, sentence, ROWS)
        upto = one.upto
    said = ledger.counted().get(RedressOfDay.kind, 0)
    if said != count:
        sentence = f"The log speaks of {said:,} days of putting right; the table has {count:,}."
        yield found("redress_missing", _DAY, sentence, ROWS)
    yield from _check_lines()


def _said(one: HeldDay) -> dict[str, object]:
    """What the entry of a day says, made anew from its row and the keeper's own key."""
    return {
        "band": one.band,
        "corrections": one.corrections,
        "day": one.day.isoformat(),
        "due": one.due,
        "kept": one.kept,
        "key": message_key.public().hex(),
        "messages": one.messages,
        "sent": one.sent,
    }


def _binds(one: HeldDay, behind: int) -> bool:
    lines = register.corrections_behind(behind, upto=one.upto)
    mine = {line.commitment for line in lines}
    return (
        one.upto == (lines[-1].number if lines else behind)
        and len(mine) == one.count
        and mine <= set(one.leaves)
        and list(one.leaves) == sorted(one.leaves)
        and len(one.leaves) == one.band == band(one.count)
        and tree.root(one.leaves).hex() == one.corrections
    )


def _check_lines() -> Findings:
    lines = register.corrections_behind(0)
    strangers = register.unknown(sorted({line.person for line in lines}))
    if strangers or not all(line.is_sound for line in lines):
        yield found("correction", _LINE, "A correction is of nobody in the vault, or has no salt.", ROWS)


def check_messages(home: Home) -> Findings:
    """Each message lies there as it was written and follows the one before; each word is the recipient's own.

    And none is missing: every handover whose rows may still lie with a recipient has one of the last closed day.
    """
    newest: dict[str, str] = {}
    files: set[str] = set()
    people: set[PersonId] = set()
    days = {one.day: one for one in redress.held_days()}
    for one in redress.held_messages():
        files.add(one.file)
        people.update(asking.person for asking in one.asks)
        yield from _check_message(home, one, newest.get(one.bound.handover, ""))
        newest[one.bound.handover] = one.bound.digest
    if strangers := register.unknown(sorted(people)):
        yield found("redress_asked", _ASKED, f"{len(strangers):,} of those asked about are unknown.", ROWS)
    for name in names(home.messages):
        if name not in files and not is_leftover(name):
            yield note("orphan", f"messages/{name}", "No row names this message: it was cut off.", TIDY)
    yield from _check_none_missing(max(days, default=None))


def _check_message(home: Home, one: HeldMessage, before: str) -> Findings:
    path, where = home.messages / one.file, f"messages/{one.file}"
    if path.parent != home.messages or not path.is_file():
        yield found("message_missing", where, "This message is not there.")
    elif digest(path) != one.bound.digest:
        yield found("message", where, "This message is not the one that was written.")
    stem = f"{one.bound.use}-{one.bound.handover[:8]}-{one.bound.day.isoformat()}-"
    if (
        one.bound.before != before
        or not one.file.startswith(stem)
        or one.bound.made_at.date() <= one.bound.day
    ):
        yield found("message", _MESSAGE, f"The row of {one.file} does not fit the one before it.", ROWS)
    if one.signature is not None and not _is_word(one, one.signature):
        yield found("message_done", _DONE, f"The word about {one.file} is not the recipient's own.", ROWS)


def _is_word(one: HeldMessage, signature: bytes) -> bool:
    if one.done_at is None or one.done_at < one.bound.made_at:
        return False
    try:
        key = bytes.fromhex(organisation(one.bound.recipient).check_key)
        digest_, handover = bytes.fromhex(one.bound.digest), bytes.fromhex(one.bound.handover)
        check_done(Done(one.bound.day, digest_, handover, key, signature, VERSION), check_key=key)
    except (Refusal, ValueError):
        return False
    return True


def _check_none_missing(last: date | None) -> Findings:
    if last is None:
        return
    written = {one.bound.handover for one in redress.held_messages() if one.bound.day == last}
    for handover in redress.followed():
        logged = handover.logged_at
        # What is logged on one day leaves on the next at the latest (`intent_max_age_hours`).
        if logged is not None and logged.date() < last and handover.id not in written:
            sentence = f"Handover {handover.id[:8]} has no message of {last}, the last closed day."
            yield found("message_missing", _MESSAGE, sentence, _AGAIN)


def check_incidents() -> Findings:
    """Each step of an incident is what its entry says, texts and people and all; no entry and no incident lacks one."""
    count = 0
    seen: set[str] = set()
    for one in incidents.held_steps():
        count += 1
        seen.add(one.ref)
        row = ledger.said((one.outbox,)).get(one.outbox)
        body = row.says if row else None
        said = (
            row is not None
            and isinstance(body, IncidentMoved)
            and body.to_json() == one.says
            and row.by == one.by
            and row.at == one.at.replace(microsecond=0)
        )
        if not said or not one.is_whole:
            yield found("incident", _INCIDENT, f"Incident {one.ref} is not what the log says of it.", ROWS)
    said_of = ledger.counted().get(IncidentMoved.kind, 0)
    if (said_of, incidents.counted()) != (count, len(seen)):
        sentence = f"The log speaks of {said_of:,} steps of incidents; the tables have {count:,}."
        yield found("incident_missing", _INCIDENT, sentence, ROWS)
