# SPDX-License-Identifier: Apache-2.0
"""Decides whether a time may follow the times that were written down before. Reads no clock itself.

A machine whose clock was set back would date entries before those they follow, hold windows open that are over, and
let a *yes* count that must wait. Nobody can tell from here which clock is right; so what goes back is refused.
"""

from datetime import datetime, timedelta

from beholden.refusals import Refusal

SLACK = timedelta(days=1)
"""So much may a later row be dated before an earlier one: two who write at once each took their time before they wrote.
The report card counts what is dated back further (measure `times`), so nothing is written that it would count."""


def check(at: datetime, newest: datetime | None) -> None:
    """Refuse a time that lies more than the slack before the newest that was written down."""
    if newest is None or at >= newest - SLACK:
        return
    raise Refusal(
        "ledger.clock_back",
        f"By this machine's clock it is {at:%-d %B %Y, %H:%M} UTC, but the log goes on to {newest:%-d %B %Y, %H:%M}.",
        next_step=(
            "Set the clock right, and do it again; nothing was written. If the clock is right now and was ahead when "
            "that entry was written, see docs/how-to/mend-a-clock.md."
        ),
        authority="D27: the log tells things in the order in which they happened",
    )
