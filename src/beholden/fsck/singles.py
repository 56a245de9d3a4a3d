# SPDX-License-Identifier: Apache-2.0
"""Checks what left about one person at a time: the journal's file, its index, and what the public log binds."""

from collections.abc import Iterator
from datetime import date
from itertools import zip_longest

from beholden.catalogue import Catalogue
from beholden.fsck.rules import ROWS, Findings, found, note
from beholden.gate import journal, lookups
from beholden.gate import looks as gate
from beholden.gate.journal import Line
from beholden.gate.looks import HeldBatch, HeldHold, HeldSingle
from beholden.gate.lookups import LookUp
from beholden.gate.months import after_a_loss, figure
from beholden.gate.spool import Spool, spool
from beholden.home import Home
from beholden.kinds import PersonId
from beholden.ledger import queries as ledger
from beholden.ledger import tree
from beholden.ledger.vocabulary.events import SingleExits
from beholden.ledger.vocabulary.terms import band
from beholden.people import queries as people
from beholden.refusals import Refusal
from beholden.register import queries as register

FILE, _INDEX, _BATCH = f"journal/{journal.NAME}", "table gate_singleexit", "table gate_singlebatch"
_PUT_BACK = "Put the journal back from a copy. Until then no record is shown to anybody."
SPOOL = f"journal/{journal.URGENT}"
_LOOK = "Let a person look at it today: it is about children in danger. Keep the file."
_PAGE = 1_000


def check_journal(home: Home) -> Findings:
    """The file is one unbroken chain; the index says the same, line by line; each line is about somebody we know.

    A last line that the index lacks is what a crash leaves: it is added when anything is shown again.
    """
    behind = strangers = 0
    people: list[PersonId] = []
    try:
        for line, row in zip_longest(_lines(home), gate.held_singles()):
            if line is None:
                yield found(
                    "journal",
                    FILE,
                    f"The index has line {row.seq:,}, and the file ends before it.",
                    _PUT_BACK,
                )
                return
            people.append(line.left.person)
            if len(people) == _PAGE:
                strangers += len(register.unknown(people))
                people.clear()
            if row is None:
                behind += 1
            elif not _same(line, row):
                yield found("journal", _INDEX, f"Row {row.seq:,} does not say what its line says.", ROWS)
    except Refusal:
        yield found("journal", FILE, "A line is not what was written, or one is missing.", _PUT_BACK)
        return
    strangers += len(register.unknown(people))
    if strangers:
        yield found(
            "journal", FILE, f"{strangers:,} lines are about somebody who is not in the vault.", _PUT_BACK
        )
    if journal.has_torn_end(home.journal):
        sentence = "The journal ends in the middle of a line: nothing was shown for it."
        yield note("journal_torn", FILE, sentence, "Nothing to do: the next writer cuts it off.")
    if behind:
        sentence = f"{behind:,} lines are on the disk and not in the index yet."
        yield note("journal_behind", _INDEX, sentence, "Nothing to do: the next writer adds them.")


def _lines(home: Home) -> Iterator[Line]:
    yield from journal.lines(home.journal)


def _same(line: Line, row: HeldSingle) -> bool:
    return (line.seq, line.left, line.digest.hex()) == (row.seq, row.left, row.digest)


def check_batches() -> Findings:
    """Each batch is what its entry says, its root is made of its own lines, and no entry lacks its batch."""
    digests = {row.seq: bytes.fromhex(row.digest) for row in gate.held_singles()}
    count = last = 0
    for batch in gate.held_batches():
        count += 1
        row = ledger.said((batch.outbox,)).get(batch.outbox)
        body = row.says if row else None
        if not isinstance(body, SingleExits) or (body.until, body.band, body.root.hex()) != (
            batch.until,
            batch.band,
            batch.root,
        ):
            yield found("singles", _BATCH, f"The batch of {batch.until} is not what the log says.", ROWS)
        if not _is_whole(batch, last, digests):
            sentence = (
                f"The lines that the batch of {batch.until} binds are not those whose root is in the log."
            )
            yield found("singles_lines", _BATCH, sentence, ROWS)
        last = batch.last
    said = ledger.counted().get(SingleExits.kind, 0)
    if said != count:
        sentence = f"The log speaks of {said:,} batches; the table has {count:,}."
        yield found("singles_missing", _BATCH, sentence, ROWS)


def _is_whole(batch: HeldBatch, last: int, digests: dict[int, bytes]) -> bool:
    """Say whether a batch binds just the lines after the last one, padded to its band."""
    mine = [digests.get(seq) for seq in range(last + 1, batch.last + 1)]
    return (
        batch.count == len(mine) == batch.last - last
        and None not in mine
        and set(mine) <= set(batch.leaves)
        and len(batch.leaves) == batch.band == band(batch.count)
        and list(batch.leaves) == sorted(batch.leaves)
        and tree.root(batch.leaves).hex() == batch.root
    )


def check_urgent(home: Home) -> Findings:
    """The spool of urgent exits is one unbroken chain, none was put aside, and it holds what others know of it.

    Each review is of the line it names, and every urgent exit in the journal, which is written second, has its line.
    Where one was put aside, what stood in it is known line by line from that file or from the journal.
    """
    for aside in journal.asides(home.journal):
        sentence = "A spool of urgent exits was damaged and put aside."
        yield found("urgent_aside", f"journal/{aside.name}", sentence, _LOOK)
    try:
        held = spool()
    except Refusal:
        yield found("urgent", SPOOL, "A line is not what was written, or one is missing.", _LOOK)
        return
    strangers = register.unknown([one.left.person for one in held.exits])
    if strangers:
        yield found(
            "urgent", SPOOL, f"{len(strangers):,} lines are about somebody who is not in the vault.", _LOOK
        )
    if journal.has_torn_end(home.journal, name=journal.URGENT):
        sentence = "The spool ends in the middle of a line: nothing was shown for it."
        yield note("urgent_torn", SPOOL, sentence, "Nothing to do: the next writer cuts it off.")
    if held.strays or (held.exits and held.began is None):
        yield found("urgent", SPOOL, "The journal has urgent exits of which the spool has no line.", _LOOK)
    if held.lost:
        sentence = f"{held.lost:,} lines of a spool that was put aside are known from nothing else."
        yield found("urgent_lost", SPOOL, sentence, _LOOK)
    yield from _check_months(held)
    yield from _check_reviews(held)


def _check_reviews(held: Spool) -> Findings:
    """Each review is of an exit that is known, and one that was made of the spool's own line bears its number.

    Of a line that was lost, the hash is not known any more: there the number alone is looked at.
    """
    numbered = {one.line: one for one in held.exits}
    exits = {review: one for one, review in gate.reviews_of(held.exits).items()}
    for review in gate.held_reviews():
        line, mine = numbered.get(review.line), exits.get(review)
        if mine is None:
            is_sound = 0 < review.line < held.first and (line is None or not line.is_read)
        else:
            is_sound = mine.line == review.line or not (mine.is_read and review.digest == mine.digests[0])
        if not is_sound:
            sentence = f"The review of line {review.line:,} is of another line, or of one that is not there."
            yield found("urgent_review", "table gate_urgentreview", sentence, ROWS)


def check_looks(catalogue: Catalogue) -> Findings:
    """Each look says for what; each holding back is of its line, a second officer's, and for no longer than allowed."""
    for row in gate.held_singles():
        if row.left.exit == lookups.EXIT:
            try:
                LookUp.parse(row.left.what)
            except Refusal:
                yield found(
                    "look", _INDEX, f"Row {row.seq:,} does not say for what a record was looked at.", ROWS
                )
    for held in gate.held_holds():
        if not _is_sound(held, catalogue):
            sentence = (
                f"The holding back of line {held.line:,} is of another line, or not as the rules allow."
            )
            yield found("look_hold", "table gate_lookhold", sentence, ROWS)
    conflicts = tuple(gate.held_conflicts())
    officers = people.officers_among({officer for officer, _ in conflicts})
    strangers = register.unknown([person for _, person in conflicts])
    if strangers or {officer for officer, _ in conflicts} - officers:
        sentence = (
            "An officer who was never appointed is said to know somebody, or somebody who is not there."
        )
        yield found("look_conflict", "table gate_lookconflict", sentence, ROWS)


def _is_sound(held: HeldHold, catalogue: Catalogue) -> bool:
    """Say whether a holding back could have been made. A tighter limit since then is no fault of it."""
    return (
        (held.digest, held.exit) == (held.line_digest, lookups.EXIT)
        and held.hold.harm in catalogue.looks.harms
        and held.by != held.looked_by
        and held.by in people.officers_among({held.by})
        and held.hold.at.date() < held.hold.until
    )


def _check_months(held: Spool) -> Findings:
    """Each month's public figure is what spool and reviews give, and none was said twice.

    A review that was late when the month was counted is late for ever, so the figure can be made anew; but not of a
    month of which a line is lost.
    """
    exits = [(one.left.at.date(), one.late(date.max)) for one in gate.urgent_lines()]
    said = gate.urgent_figures()
    for one in said:
        is_whole = after_a_loss((one.month,), lost=held.lost, began=held.began)
        if is_whole and figure(one.month, exits) != one:
            sentence = f"What the log says of {one.month:%Y-%m} is not what the spool and its reviews give."
            yield found("urgent_month", SPOOL, sentence, _LOOK)
    if len({one.month for one in said}) != len(said):
        yield found("urgent_month", SPOOL, "The log speaks twice of one month.", _LOOK)
