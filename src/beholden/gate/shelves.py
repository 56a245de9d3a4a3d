# SPDX-License-Identifier: Apache-2.0
"""Answers which releases of tables there are, what may be asked of them, and what was asked. Decides nothing.

A release is asked under the policy of the day on which it was frozen, which its row keeps.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from beholden.catalogue import Catalogue
from beholden.gate.models import TableAsked, TableRelease
from beholden.home import here
from beholden.ledger import queries as ledger
from beholden.ledger.canonical import print_json
from beholden.ledger.entries import Body
from beholden.ledger.queries import Boxed
from beholden.ledger.vocabulary.tables import TableFrozen, TableWithdrawn
from beholden.refusals import Refusal
from beholden.tables import cubes, policy, question, shelf
from beholden.tables.answering import written
from beholden.tables.policy import MISSING, Policy
from beholden.tables.question import Question

KEY = "tables"
"""The name of the key file behind every error."""

_DAYS_SHOWN = 5_000
"""So many lines of the public log of questions are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Held:
    """One release as its row has it. `said` and `withdrawn_said`: what the log's box has of it, carried or waiting."""

    name: str
    data: str
    release: str
    moment: str
    policy: str
    cells: str
    manifest: str
    frozen_at: datetime
    entry: int | None
    withdrawn: str
    is_said: bool
    is_withdrawn_said: bool


def commitment(salt: bytes, *, cells: str, manifest: str) -> str:
    """Return what the log has of a cube: SHA-256(salt32 || JCS of the digests of its two files)."""
    return hashlib.sha256(salt + print_json({"cells": cells, "manifest": manifest})).hexdigest()


def why_commitment(salt: bytes, *, data: str, release: str, why: str) -> str:
    """Return what the log has of the reason for which a release was withdrawn."""
    return hashlib.sha256(salt + print_json({"data": data, "release": release, "why": why})).hexdigest()


def held() -> Iterator[Held]:
    """Yield every release that was ever frozen, the newest first."""
    for row in TableRelease.objects.order_by("-at", "-outbox"):
        yield _held(row)


def _held(row: TableRelease) -> Held:
    said = ledger.said(one for one in (row.outbox, row.withdrawn_outbox) if one is not None)
    frozen = said.get(row.outbox)
    withdrawn = None if row.withdrawn_outbox is None else said.get(row.withdrawn_outbox)
    return Held(
        row.name,
        row.data,
        row.release,
        row.moment,
        row.policy,
        row.cells,
        row.manifest,
        row.at,
        None if frozen is None else frozen.index,
        row.withdrawn_why,
        is_said=_agrees(frozen, _frozen(row), row.at, row.by),
        is_withdrawn_said=row.withdrawn_at is None
        or _agrees(withdrawn, _withdrawn(row), row.withdrawn_at, row.withdrawn_by),
    )


def _agrees(boxed: Boxed | None, says: Body, at: datetime, by: str) -> bool:
    """Say whether the log's box has exactly this, from this officer, of this moment."""
    return boxed is not None and (boxed.says, boxed.at, boxed.by) == (says, at.replace(microsecond=0), by)


def _frozen(row: TableRelease) -> TableFrozen:
    """Return what the log must say of a release."""
    return TableFrozen(
        band=row.band,
        catalogue=bytes.fromhex(row.catalogue),
        commitment=bytes.fromhex(commitment(bytes(row.salt), cells=row.cells, manifest=row.manifest)),
        data=row.data,
        moment=row.moment,
        policy=hashlib.sha256(row.policy.encode()).digest(),
        release=row.release,
    )


def _withdrawn(row: TableRelease) -> TableWithdrawn:
    why = why_commitment(
        bytes(row.withdrawn_salt or b""), data=row.data, release=row.release, why=row.withdrawn_why
    )
    return TableWithdrawn(commitment=bytes.fromhex(why), data=row.data, release=row.release)


def answering(data: str, release: str) -> Held | None:
    """Return the release that answers: the named one, or the newest that stands and that the public log has."""
    rows = TableRelease.objects.filter(data=data)
    named = rows.filter(release=release) if release else rows.filter(withdrawn_outbox__isnull=True)
    found = (_held(row) for row in named.order_by("-at", "-outbox"))
    return next((one for one in found if release or (one.entry is not None and one.is_said)), None)


@lru_cache(maxsize=64)
def read_policy(text: str) -> Policy:
    """Return a policy from its text."""
    return policy.read(text.encode())


def on_offer(catalogue: Catalogue) -> shelf.Shelf:
    """Return everything that can be asked, and every release with its citation, also the withdrawn ones."""
    found = tuple(held())
    return shelf.Shelf(
        tuple(
            _data_set(name, catalogue, tuple(one for one in found if one.data == name))
            for name in sorted(catalogue.data_sets)
        )
    )


def _data_set(name: str, catalogue: Catalogue, releases: tuple[Held, ...]) -> shelf.DataSet:
    standing = next((one for one in releases if not one.withdrawn and one.entry is not None), None)
    rules = read_policy(standing.policy if standing else catalogue.data_set(name).policy)
    manifest = cubes.manifest(here().tables, standing.name) if standing else None
    labels = {one.name: one.label for one in catalogue.data_set(name).columns}
    areas = tuple(
        shelf.Field(level, labels.get(level, level), manifest.areas[level] if manifest else (), area=True)
        for level in rules.levels
    )
    fields = tuple(
        shelf.Field(one.name, one.says, one.categories, sensitive=one.sensitive, finest=one.finest)
        for one in rules.variables
    )
    return shelf.DataSet(
        name,
        rules.says,
        rules.period,
        (*areas, *fields),
        tuple(shelf.Measured(one.name, one.says) for one in rules.measures),
        rules.withheld,
        tuple(
            shelf.Release(one.name, one.release, (one.moment,), one.frozen_at, one.entry, one.withdrawn)
            for one in releases
        ),
        rules.sha256,
    )


def asked() -> shelf.Lines:
    """Return the public log of questions, the newest day first."""
    rows = TableAsked.objects.order_by("-day", "-often", "question")[:_DAYS_SHOWN]
    return shelf.Lines(tuple(shelf.Line(row.day.isoformat(), row.question, row.often) for row in rows))


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of the public log of questions as its row has it."""

    release: str
    question: str


def counted() -> Iterator[Counted]:
    """Yield every line of the public log of questions."""
    for row in TableAsked.objects.order_by("pk").iterator(chunk_size=1_000):
        yield Counted(row.release_id, row.question)


def is_of(line: Counted, policy: Policy) -> bool:
    """Say whether a line has a question of this policy, in its one order, to the release it stands under."""
    try:
        asked = question.read(line.question.encode(), policy)
    except Refusal:
        return False
    return (line.question, line.release) == (text_of(asked, asked.release), f"{policy.name}-{asked.release}")


def text_of(asked: Question, release: str) -> str:
    """Return a question in its one order with the release that answers it: two of one table are one text.

    What of the table was to be shown is left out: it changes no figure, and there are more ways to show one than lines.
    """
    said = written(replace(asked, show=())) | {"release": release}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def named(categories: tuple[str, ...]) -> int:
    """Return how many categories there are but for that of holes, at least one."""
    return max(len(set(categories) - {MISSING}), 1)
