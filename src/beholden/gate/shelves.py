# SPDX-License-Identifier: Apache-2.0
"""Answers which releases of tables there are, what may be asked of them, and what was asked. Decides nothing.

A release is asked under the policy of the day on which it was frozen, which its row keeps.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from beholden.catalogue import Catalogue
from beholden.gate.models import TableAsked, TableRelease
from beholden.home import here
from beholden.ledger import queries as ledger
from beholden.ledger.canonical import print_json
from beholden.ledger.vocabulary.tables import TableFrozen, TableWithdrawn
from beholden.tables import cubes, policy, shelf
from beholden.tables.policy import MISSING, Policy

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
    key: str
    frozen_at: datetime
    entry: int | None
    withdrawn: str
    is_said: bool
    is_withdrawn_said: bool


def commitment(salt: bytes, *, cells: str, key: str) -> str:
    """Return what the log has of a cube: SHA-256(salt32 || JCS of its cells' hash and its key's fingerprint)."""
    return hashlib.sha256(salt + print_json({"cells": cells, "key": key})).hexdigest()


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
        row.key,
        row.at,
        None if frozen is None else frozen.index,
        row.withdrawn_why,
        is_said=frozen is not None and frozen.says == _frozen(row),
        is_withdrawn_said=row.withdrawn_outbox is None
        or (withdrawn is not None and withdrawn.says == _withdrawn(row)),
    )


def _frozen(row: TableRelease) -> TableFrozen:
    """Return what the log must say of a release."""
    return TableFrozen(
        band=row.band,
        catalogue=bytes.fromhex(row.catalogue),
        commitment=bytes.fromhex(commitment(bytes(row.salt), cells=row.cells, key=row.key)),
        data=row.data,
        moment=row.moment,
        policy=hashlib.sha256(row.policy.encode()).digest(),
        release=row.release,
    )


def _withdrawn(row: TableRelease) -> TableWithdrawn:
    why = why_commitment(bytes(row.withdrawn_salt), data=row.data, release=row.release, why=row.withdrawn_why)
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


def named(categories: tuple[str, ...]) -> int:
    """Return how many categories there are but for that of holes, at least one."""
    return max(len(set(categories) - {MISSING}), 1)
