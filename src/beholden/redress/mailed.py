# SPDX-License-Identifier: Apache-2.0
"""Writes the short mail that says a message waits, hands it to a mail server, and remembers that on the disk.

The mail says which message, by when, and nothing else: no value, no count, no name of anybody. Contract of the journal
(`journal/mail`, one line of JSON each): *try* is on the disk before the server is asked, *sent* after it has taken the
mail. Killed between the two, the mail is sent again: twice is better than never. No Django, no clock.
"""

import json
import smtplib
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from beholden.home import Home
from beholden.home.files import append_line
from beholden.home.mail import Mail

NAME = "mail"
PATIENCE = 20.0
"""Seconds that a mail server has to answer."""
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)
MOST_TRIES = 20
"""Tries for one day's message, over six days; then no mail goes until the next day's waits."""
_LONGEST_LINE = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal: about which recipient, up to which day's message, *try* or *sent*, and when."""

    recipient: str
    day: date
    what: str
    at: datetime


def letter(mail: Mail, *, to: str, number: str, do_by: date) -> EmailMessage:
    """Return the mail about the oldest message that waits."""
    made = EmailMessage()
    made["From"], made["To"] = mail.sender, to
    made["Subject"] = "A message from the register waits for you"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    made.set_content(
        "A message about records that you hold waits for you at the register.\n"
        "\n"
        f"Number: {number}\n"
        f"To be done and signed for by: {do_by.isoformat()}\n"
        "\n"
        "Fetch it with `beholden recipient fetch`, or ask the register for it. What it says stands in it alone.\n"
    )
    return made


def hand_over(mail: Mail, made: EmailMessage) -> None:
    """Give a mail to the server, or raise OSError (smtplib's errors are such); ValueError where a word is no mail's."""
    trusted = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=PATIENCE, context=trusted)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=PATIENCE)
    with server:
        if mail.security == "starttls":
            server.starttls(context=trusted)
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(made)


def is_due(known: Iterable[Line], day: date, *, at: datetime) -> bool:
    """Say whether a mail about the message of a day is to be tried now: not sent yet, and the last try long enough ago.

    `known`: what was written down about this recipient. Each try waits twice as long as the one before, up to half a
    day, and there are so many and no more.
    """
    tries: list[datetime] = []
    for line in known:
        if line.day < day:
            continue
        if line.what == "sent":
            return False
        tries.append(line.at)
    if not tries:
        return True
    wait = min(FIRST_WAIT * (1 << min(len(tries) - 1, 16)), LONGEST_WAIT)
    return len(tries) < MOST_TRIES and at - max(tries) >= wait


# --- the journal ---


def write_down(home: Home, line: Line) -> None:
    """Write one line behind the last; when this returns, it is on the disk."""
    said = {
        "at": line.at.astimezone(UTC).isoformat(),
        "day": line.day.isoformat(),
        "recipient": line.recipient,
        "what": line.what,
    }
    append_line(home.journal / NAME, json.dumps(said, sort_keys=True).encode())


def by_recipient(home: Home) -> Mapping[str, list[Line]]:
    """Return what was written down about each recipient, in one reading."""
    found: dict[str, list[Line]] = {}
    for line in lines(home):
        found.setdefault(line.recipient, []).append(line)
    return found


def lines(home: Home) -> Iterator[Line]:
    """Yield what was written down, oldest first. A line that a crash cut off stands for nothing that is known."""
    path = home.journal / NAME
    if not path.exists():
        return
    with path.open("rb") as file:
        while raw := file.readline(_LONGEST_LINE):
            try:
                said = json.loads(raw)
                yield Line(
                    said["recipient"],
                    date.fromisoformat(said["day"]),
                    said["what"],
                    datetime.fromisoformat(said["at"]),
                )
            except (ValueError, KeyError, TypeError):
                continue
