# SPDX-License-Identifier: Apache-2.0
"""Mails each recipient that a message waits, once for each day's, through the home's own server (D31).

A chore: whatever fails is tried again later, and stops nothing. No mail opens anything; a recipient that reads none
finds the same at its door, and what is late is public all the same.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from beholden.home import here
from beholden.home.mail import Mail, mail
from beholden.kinds import Actor
from beholden.redress import mailed
from beholden.redress.mailed import Line
from beholden.redress.queries import waiting

Send = Callable[[Mail, EmailMessage], None]

_log = logging.getLogger(__name__)


def tell_waiting(*, by: Actor, at: datetime, send: Send = mailed.hand_over) -> int:
    """Send what is due; return how many mails the server took.

    The plan, recipient by recipient: 1 something waits that the public log holds; 2 no mail went about its newest day,
    and the last try is long enough ago; 3 *try* is on the disk; 4 the server takes the mail; 5 *sent* is on the disk.
    """
    home = here()
    settings = mail(home)
    if settings is None:
        return 0
    known, sent = mailed.by_recipient(home), 0
    for recipient, its in sorted(waiting(settings.addresses).items()):  # 1
        newest, oldest, address = its[-1].day, its[0], settings.addresses[recipient]
        if not mailed.is_due(known.get(recipient, ()), newest, at=at):  # 2
            continue
        mailed.write_down(home, Line(recipient, newest, "try", at))  # 3
        number = f"{oldest.use}/{oldest.day.isoformat()}"
        try:
            send(settings, mailed.letter(settings, to=address, number=number, do_by=oldest.do_by))  # 4
        except (OSError, ValueError) as trouble:
            _log.warning("a mail to a recipient was not taken: %s", type(trouble).__name__)
            continue
        mailed.write_down(home, Line(recipient, newest, "sent", at))  # 5
        sent += 1
    return sent
