# SPDX-License-Identifier: Apache-2.0
"""Checks what was filed about uses: each paper against its entry in the log, comments against what counts them.

A paper's text is bound by its salted hash; a comment by the hearing that closed the time to comment.
"""

from itertools import islice

from beholden.fsck.rules import ROWS, Findings, found
from beholden.kinds import Role
from beholden.ledger import queries as ledger
from beholden.ledger.queries import Boxed
from beholden.ledger.vocabulary.events import PaperFiled
from beholden.people.queries import officer_roles
from beholden.uses.papers import HeldPaper, held_papers, held_seats
from beholden.uses.rules.questions import QUESTIONS
from beholden.uses.sketches import held_sketches

_PAPER, _COMMENT, _SEAT = "table uses_paper", "table uses_comment", "table uses_seat"
_SKETCH = "table uses_sketch"
_BATCH = 500


def check_papers() -> Findings:
    """Each paper is what its entry says, none is missing, and a hearing's comments are those that were made."""
    count, rest = 0, held_papers()
    while batch := tuple(islice(rest, _BATCH)):
        said = ledger.said(paper.outbox for paper in batch)
        for paper in batch:
            count += 1
            if not _is_said(paper, said.get(paper.outbox)):
                sentence = f"A paper about {paper.use} is not what its entry in events says."
                yield found("paper", _PAPER, sentence, ROWS)
            if not paper.comments_agree:
                sentence = f"The comments on {paper.use} are not those that were counted when they closed."
                yield found("comments", _COMMENT, sentence, ROWS)
    told = ledger.counted().get(PaperFiled.kind, 0)
    if told != count:
        sentence = f"The log speaks of {told:,} papers about uses; the table has {count:,}."
        yield found("paper_missing", _PAPER, sentence, ROWS)
    members = {ref for ref, role in officer_roles() if role == Role.PANEL.value}
    strangers = sum(officer not in members for officer in held_seats())
    if strangers:
        yield found("seat", _SEAT, f"{strangers:,} seats of the panel are held by nobody on it.", ROWS)


def check_sketches() -> Findings:
    """What is being written answers questions that there are, and what it became is a use of the same body.

    What it changes may be another body's: of a recipient that was taken over (D45).
    """
    for one in held_sketches():
        if not set(one.questions) <= set(QUESTIONS):
            yield found("sketch", _SKETCH, "A request that is being written answers no question.", ROWS)
        if one.became_of and one.became_of != one.organisation:
            sentence = "A request that was handed in became a use of somebody else."
            yield found("sketch_became", _SKETCH, sentence, ROWS)


def _is_said(paper: HeldPaper, row: Boxed | None) -> bool:
    if row is None or not isinstance(row.says, PaperFiled):
        return False
    says = row.says
    return (says.use, says.paper, says.commitment.hex(), row.by, row.at) == (
        paper.use,
        paper.kind,
        paper.commitment,
        paper.by,
        paper.at.replace(microsecond=0),
    )
