# SPDX-License-Identifier: Apache-2.0
"""Puts the texts of public uses beside the log, where a crash or an earlier version left one missing."""

from datetime import datetime

from beholden.home import here
from beholden.kinds import Actor
from beholden.ledger.queries import said
from beholden.ledger.texts import opens, put
from beholden.ledger.vocabulary.events import UseMoved
from beholden.uses.models import Use
from beholden.uses.queries import text_of
from beholden.uses.rules.life import State


def publish_texts(*, by: Actor, at: datetime) -> int:
    """Put the text of every public use beside the log where it is missing, or is another; return how many were.

    Each step does so by itself; this is for what a crash cut off, and for a home of an earlier version. A use that is
    not what its entries say is left alone: its text would open nothing, and `beholden fsck` names it.
    """
    put_now = 0
    for use in Use.objects.exclude(state=State.DRAFT.value).order_by("ref").iterator(chunk_size=500):
        text = text_of(use)
        entries = said(step.outbox for step in use.steps.all() if step.outbox is not None).values()
        if opens(text, (row.says for row in entries if isinstance(row.says, UseMoved))):
            put_now += put(text, beside=here().ledger)
    return put_now
