# SPDX-License-Identifier: Apache-2.0
"""Moves a use through its life, one file a stage. The only writer of this room; every step is an entry in the log.

`sketching` keeps what is still being written; `asking` drafts and hands in; `hearing` opens for comment and hears
everybody; `panel` decides; `agreeing` draws up and signs; `running` tells, clears and releases, for the gate;
`repeating` begins the next run of what recurs; `ending` wipes, closes and stops; `tabling` answers a refused one by a
table.
"""

from beholden.uses.actions.agreeing import draw_up, publish, sign, sign_with_key
from beholden.uses.actions.asking import draft, submit, withdraw
from beholden.uses.actions.ending import breach, certify, close, expire_due, recipient_changed, suspend
from beholden.uses.actions.hearing import (
    call_panel,
    comment,
    hear_children,
    open_comment,
    reply,
    school_objects,
)
from beholden.uses.actions.panel import close_panel, declare, direct, reopen, review, seat, vote
from beholden.uses.actions.publishing import publish_texts
from beholden.uses.actions.repeating import leave_off, run_again
from beholden.uses.actions.running import (
    clear,
    countersign,
    fall_back,
    notified,
    receive,
    released,
    take_up_window,
)
from beholden.uses.actions.tabling import answer_by_table
from beholden.uses.rules.application import Draft

__all__ = [
    "Draft",
    "answer_by_table",
    "breach",
    "call_panel",
    "certify",
    "clear",
    "close",
    "close_panel",
    "comment",
    "countersign",
    "declare",
    "direct",
    "draft",
    "draw_up",
    "expire_due",
    "fall_back",
    "hear_children",
    "leave_off",
    "notified",
    "open_comment",
    "publish",
    "publish_texts",
    "receive",
    "recipient_changed",
    "released",
    "reopen",
    "reply",
    "review",
    "run_again",
    "school_objects",
    "seat",
    "sign",
    "sign_with_key",
    "submit",
    "suspend",
    "take_up_window",
    "vote",
    "withdraw",
]
