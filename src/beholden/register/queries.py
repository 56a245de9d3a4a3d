# SPDX-License-Identifier: Apache-2.0
"""Answers what has been received. Counts, receipts and findings only: no row and no name leaves here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from beholden.register.rows.models import Return
from beholden.register.vault.wall import keeper


@dataclass(frozen=True, slots=True)
class Received:
    """One return as its sender may see it. `findings` are (rule, severity, line, sentence) records."""

    receipt: str
    school: str
    status: str
    pupils: int
    at: datetime
    findings: tuple[Mapping[str, object], ...]


def returns() -> tuple[Received, ...]:
    """Return every file ever received, newest first, refused ones too."""
    with keeper():
        rows = list(Return.objects.order_by("-id"))
    return tuple(
        Received(row.receipt, row.school, row.status, row.pupils, row.at, tuple(row.findings)) for row in rows
    )
