# SPDX-License-Identifier: Apache-2.0
"""Checks what was said: the outbox against the signed logs; uses, tellings, letters and answers against the outbox.

An answer is checked against its day: each is a leaf of the root that the log has.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

import pyrage

from beholden.catalogue import Catalogue
from beholden.choices import queries as choices
from beholden.choices.queries import HeldAnswer
from beholden.fsck.logs import check_earlier, published_size, signed_size
from beholden.fsck.rules import ROWS, Findings, found, note
from beholden.home import Home
from beholden.kinds import PersonId, Role
from beholden.ledger import queries as ledger
from beholden.ledger.queries import Boxed
from beholden.ledger.signer import log_of
from beholden.ledger.tiles import TILE_WIDTH
from beholden.ledger.vocabulary.events import ChoicesOfDay, NoticeGiven, UseMoved
from beholden.ledger.vocabulary.terms import band
from beholden.notices import queries as notices
from beholden.notices.queries import HeldLetter, Telling
from beholden.people import queries as people
from beholden.refusals import Refusal
from beholden.register import queries as register
from beholden.uses.held import HeldUse, held_uses

_OUTBOX, _USE, _STEP = "table ledger_outbox", "table uses_use", "table uses_step"
_RUN, _LETTER = "table notices_run", "table notices_letter"
_ANSWER, _DAY, _ASKED = "table choices_answered", "table choices_day", "table choices_asked"
_BATCH = 1_000
_REFUSED = (
    "Take what the row was to say as not logged: nothing that needs it may leave. Find out what proposed it, and "
    "do that anew."
)
_ED25519_BYTES = 32
T = TypeVar("T")


def _batches(items: Iterator[T]) -> Iterator[tuple[T, ...]]:
    while batch := tuple(islice(items, _BATCH)):
        yield batch


# --- the outbox ---


def check_outbox(home: Home, log: str) -> Findings:
    """Every carried row's bytes stand at its index, none is missing, and none goes beyond what was signed."""
    size, at, last = signed_size(home, log), 0, None
    entries = _entries(home, log, size)
    rest: list[Boxed] = []
    for row in ledger.boxed(log):
        if row.index is None:
            rest.append(row)
            continue
        if row.index >= size:
            if row.index < signed_size(home, log):  # carried since we began: the next check looks at it
                continue
            sentence = f"Row {row.outbox} is entry {row.index:,} of {log}, of which {size:,} are signed."
            step = "The log was restored from an older copy, or lost: bring the newest back."
            yield found("database_ahead", _OUTBOX, sentence, step)
            return
        if last is not None and row.carried_at != last:
            yield from check_earlier(home, log, row.index, size)
        if row.index != at:
            yield found("outbox", _OUTBOX, f"Entries {at:,} to {row.index - 1:,} of {log} have no row.", ROWS)
        entry = next(
            islice(entries, row.index - at, None), row.entry
        )  # unreadable: said where files are looked at
        if row.entry != entry or row.entry is None:
            sentence = f"Row {row.outbox} does not say what entry {row.index:,} of {log} says."
            yield found("outbox", _OUTBOX, sentence, ROWS)
        at, last = row.index + 1, row.carried_at
    yield from _published(home, log, at)
    yield from _beyond(log, size - at, entries, rest)


def _published(home: Home, log: str, at: int) -> Findings:
    shown = published_size(home, log)
    if shown < at:
        where = f"ledger/{log}/checkpoint"
        yield found(
            "checkpoint_old", where, f"{at:,} entries of {log} were published, and it speaks of {shown:,}."
        )


def _entries(home: Home, log: str, size: int) -> Iterator[bytes]:
    held = log_of(home, log)
    for start in range(0, size, TILE_WIDTH):
        try:
            yield from held.entries(size, start, min(start + TILE_WIDTH, size))
        except (Refusal, OSError):  # said where the files are looked at
            return


def _beyond(log: str, count: int, entries: Iterator[bytes], rest: Sequence[Boxed]) -> Findings:
    """Say what log and rows have beyond one another: what a crash leaves, or an older database."""
    waiting = [row for row in rest if row.refused_at is None]
    boxed = [row.entry for row in waiting]
    lost = 0
    for entry in entries:
        if entry in boxed:
            boxed.remove(entry)
        else:
            lost += 1
    if lost:
        sentence = f"{lost:,} entries of {log} are in the log, and in no row of the database."
        step = f"The database was restored from an older copy, or rows are lost. {ROWS}"
        yield found("database_behind", _OUTBOX, sentence, step)
    elif count > 0:
        sentence = f"{count:,} entries of {log} are said, and their rows do not know it yet."
        yield note("unmarked", _OUTBOX, sentence, "Run any command that writes: it finishes this.")
    elif waiting:
        sentence = f"{len(waiting):,} rows wait to be said in {log}."
        yield note("waiting", _OUTBOX, sentence, "Run any command that writes: it says them.")
    if None in boxed:
        yield found("outbox", _OUTBOX, f"A row that waits to be said in {log} can never be said.", ROWS)
    for row in rest:
        if row.refused_at is not None:
            sentence = f"Row {row.outbox} was refused for good and is not in {log}: {row.refused_because}"
            yield found("refused", _OUTBOX, sentence, _REFUSED)


# --- uses and who asks ---


def check_uses() -> Findings:
    """Each use is what its newest entry says, texts and all; each step has its entry; each body's keys are keys."""
    steps = 0
    for use in held_uses():
        steps += sum(step.outbox is not None for step in use.steps)
        yield from _check_use(use)
    said = ledger.counted().get(UseMoved.kind, 0)
    if said != steps:
        yield found(
            "step_missing", _STEP, f"The log speaks of {said:,} steps of uses; the table has {steps:,}.", ROWS
        )
    for body in people.organisations():
        if not _has_keys(body.check_key, body.encryption_key):
            yield found("organisation", "table people_organisation", f"A key of {body.ref} is damaged.", ROWS)
    roles = {role.value for role in Role}
    for ref, role in people.officer_roles():
        if role not in roles:
            yield found(
                "officer", "table people_officer", f"Officer {ref} has a role that there is not.", ROWS
            )


def _check_use(use: HeldUse) -> Findings:
    said = ledger.said(step.outbox for step in use.steps if step.outbox is not None)
    for place, step in enumerate(use.steps):
        row = said.get(step.outbox) if step.outbox is not None else None
        if row is None or not isinstance(row.says, UseMoved):
            yield found("step", _STEP, f"A step of {use.ref} has no entry of its own.", ROWS)
            continue
        body = row.says
        is_last = place == len(use.steps) - 1
        agrees = (
            (body.use, body.purpose, body.exit) == (use.ref, use.purpose, use.exit)
            and body.commitment.hex() == use.commitment
            and (not is_last or (body.state, body.rule or "") == (use.state, use.rule))
        )
        if not agrees:
            yield found("use", _USE, f"{use.ref} is not what entry {row.index} of events says.", ROWS)
        if (step.state, step.at.replace(microsecond=0), step.by) != (body.state, row.at, row.by):
            yield found(
                "step", _STEP, f"A step of {use.ref} is not what entry {row.index} of events says.", ROWS
            )
    if not use.steps and use.state != "draft":
        yield found("step", _STEP, f"{use.ref} is {use.state}, and has no step.", ROWS)


def _has_keys(check_key: str, encryption_key: str) -> bool:
    try:
        whole = not check_key or len(bytes.fromhex(check_key)) == _ED25519_BYTES
        return whole and (not encryption_key or pyrage.x25519.Recipient.from_str(encryption_key) is not None)
    except (ValueError, pyrage.RecipientError):
        return False


# --- tellings, letters and answers ---


def check_tellings() -> Findings:
    """Each telling that ended has its notice in the log; the newest of a use has the last day to answer that it has."""
    said: defaultdict[str, list[datetime]] = defaultdict(list)
    for row in ledger.spoken("events", NoticeGiven.kind):
        if isinstance(row.says, NoticeGiven):
            said[row.says.use].append(row.at)
    uses = {use.ref: use for use in held_uses()}
    told: defaultdict[str, list[Telling]] = defaultdict(list)
    for run in notices.runs():
        told[run.use].append(run)
    for use, tellings in told.items():
        ended = sorted(run.closed_at.replace(microsecond=0) for run in tellings if run.closed_at is not None)
        if ended != sorted(said.pop(use, [])):
            yield found("telling", _RUN, f"The telling of {use} ended otherwise than the log says.", ROWS)
        if use not in uses or not _is_answered_by(uses[use], tellings):
            yield found("telling", _RUN, f"{use} and its telling have different last days to answer.", ROWS)
    if said:
        yield found(
            "telling", _RUN, f"The log speaks of tellings of {len(said):,} uses that are not here.", ROWS
        )


def _is_answered_by(use: HeldUse, tellings: list[Telling]) -> bool:
    """Say whether a use has the last day of its newest telling; none, where its newest run was not told yet."""
    newest = max(tellings, key=lambda one: one.number)
    if newest.number != use.run:
        return newest.number < use.run and use.answer_by is None
    return newest.closed_at is None or use.answer_by == newest.answer_by


def check_letters() -> Findings:
    """Each letter has a letter's form, a school that sent a return, and children of the vault."""
    unsound = strangers = 0
    schools: set[str] = set()
    for batch in _batches(notices.held_letters()):
        unsound += sum(not letter.is_sound for letter in batch)
        schools |= {letter.school for letter in batch}
        strangers += _unknown([child for letter in batch for child in letter.children])
    if unsound:
        yield found("letter", _LETTER, f"{unsound:,} letters do not have the form of a letter.", ROWS)
    if strangers:
        yield found("letter", _LETTER, f"Letters name {strangers:,} children who are not in the vault.", ROWS)
    if schools - register.schools_known(tuple(schools)):
        yield found("letter", _LETTER, "A letter is of a school that never sent a return.", ROWS)


def check_answers(catalogue: Catalogue) -> Findings:
    """Each answer is a child's of its letter, about something that can be answered; each day binds its answers."""
    refs = {use.ref for use in held_uses()}
    asked = {}
    for question in choices.held_questions():
        asked[question.use] = question.digest
        if not question.is_whole or question.use not in refs:
            yield found("asked", _ASKED, f"What {question.use} asks a yes for is not what was fixed.", ROWS)
    wrong = 0
    for batch in _batches(choices.held_answers()):
        letters = {letter.id: letter for letter in notices.letters_named([one.letter for one in batch])}
        strangers = register.unknown([one.person for one in batch])
        wrong += sum(
            one.person in strangers
            or not _is_sound(one, letters.get(one.letter), refs, catalogue)
            or one.asked not in {"", asked.get(one.target)}
            for one in batch
        )
    if wrong:
        sentence = f"{wrong:,} answers do not fit their letters, ask about nothing, or do not bear our seal."
        yield found("answer", _ANSWER, sentence, ROWS)
    yield from _check_days()


def _is_sound(one: HeldAnswer, letter: HeldLetter | None, refs: set[str], catalogue: Catalogue) -> bool:
    targets = {
        "use": one.target in refs,
        "purpose": one.target in catalogue.purposes,
        "contact": one.target == "",
        "all": one.target == "",
    }
    ours = letter is not None and letter.adult == one.adult and one.person in letter.children
    return ours and targets[one.scope] and one.is_whole


def _check_days() -> Findings:
    count = 0
    for day in choices.held_days():
        count += 1
        row = ledger.said((day.outbox,)).get(day.outbox)
        body = row.says if row else None
        said = isinstance(body, ChoicesOfDay) and (
            (body.day, body.band, body.root.hex()) == (day.day, day.band, day.root)
        )
        if not said:
            yield found("day", _DAY, f"What is held of {day.day} is not what the log says.", ROWS)
        if not day.is_whole or band(day.answers) != day.band:
            sentence = f"The answers that {day.day} binds are not those whose root is in the log."
            yield found("day_answers", _ANSWER, sentence, ROWS)
    said_days = ledger.counted().get(ChoicesOfDay.kind, 0)
    if said_days != count:
        sentence = f"The log speaks of {said_days:,} days; the table has {count:,}."
        yield found("day_missing", _DAY, sentence, ROWS)


def check_flags() -> Findings:
    """Everybody who is flagged is in the vault."""
    strangers = sum(_unknown(list(batch)) for batch in _batches(people.everybody_flagged()))
    if strangers:
        sentence = f"{strangers:,} safety flags are for somebody who is not in the vault."
        yield found("flag", "table people_safetyflag", sentence, ROWS)


def _unknown(children: list[PersonId]) -> int:
    return len(register.unknown(children))
