# SPDX-License-Identifier: Apache-2.0
"""Freezes the cube that one release of tables is answered from, and withdraws one. The exit *table*: no person leaves.

Everybody on roll counts, whatever a family has said and whoever is kept safe: a table shows nobody, and one from which
some are missing would tell who they are, by its difference from one of everybody (D13, D24). What should have been
wiped does not count, as the exit's own row of the catalogue says.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_bytes, token_hex

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from beholden.catalogue import Catalogue, Collection, DataSet
from beholden.gate import catalogues, shelves
from beholden.gate.actions.weighing import past_retention
from beholden.gate.check import check_may_count
from beholden.gate.columns import group_of, share_of
from beholden.gate.ids import listed
from beholden.gate.models import TableRelease
from beholden.gate.rules import check_role
from beholden.gate.turns import freeze_alone
from beholden.home import here, keys
from beholden.kinds import Actor, ItemId, Role
from beholden.ledger.actions import propose, sequence
from beholden.ledger.vocabulary.terms import band
from beholden.refusals import Refusal
from beholden.register.rows import read
from beholden.tables import cubes, policy
from beholden.tables.cubes import Cube
from beholden.tables.keys import Secret

_COUNTING = ".counting-"


def freeze(name: str, moment: str, *, catalogue: Catalogue, by: Actor, at: datetime) -> str:
    """Count one census of a data set, freeze the cube, say so in the public log, and return the release's name.

    The plan: 1 the catalogue in force lets tables of this go, and nobody is left out of them but by retention; 2 in one
    transaction, in which nobody else freezes or withdraws: 3 what a killed run left is taken away; 4 of this moment
    none stands; 5 the key is there, and made only if no release ever was; 6 everybody is counted, by record keys and
    never by ids; 7 the cube is on the disk; 8 row and entry. 9 The entry is published: from then on it answers.
    """
    check_role(by, Role.REGISTRAR)
    sequence(at=at)
    catalogues.check_in_force(catalogue)
    data_set = catalogue.data_set(name)
    census = _census(data_set, moment, catalogue)
    check_may_count(data_set, catalogue, on=at.date())  # 1
    with transaction.atomic():  # 2
        freeze_alone()
        _settle(here().tables)  # 3
        _check_none_stands(name, census.code)  # 4
        secret = _secret()  # 5
        with _counting(here().tables) as work:
            file = work / "everybody.parquet"
            many = _write(file, data_set, census, catalogue, by=by, at=at)
            release = _next_release(name, census)
            rules = policy.read(data_set.policy.encode())
            cube = cubes.build(file, rules, secret, release=release, moment=census.code, work=work)  # 6
        cubes.freeze(cube, here().tables)  # 7
        _say(cube, data_set, many, catalogue, by=by, at=at)  # 8
    sequence(at=at)  # 9
    return cube.manifest.name


def withdraw(name: str, why: str, *, by: Actor, at: datetime) -> None:
    """Say that a release answers nothing more, and why; it stops with the commit. Citation and reason stay."""
    check_role(by, Role.REGISTRAR)
    reason = why.strip()
    if not reason:
        raise cubes.CubeRefused("no_reason", "A release is withdrawn for a reason.", "Say it in a sentence.")
    sequence(at=at)
    with transaction.atomic():
        freeze_alone()
        row = TableRelease.objects.filter(name=name).first()
        if row is None:
            raise cubes.CubeRefused(
                "no_release", "There is no release of this name.", "Name one of the list."
            )
        if row.withdrawn_outbox is None:
            salt = token_bytes(32)
            said = shelves.why_commitment(salt, data=row.data, release=row.release, why=reason)
            body = {"commitment": said, "data": row.data, "release": row.release}
            row.withdrawn_outbox = propose(log="events", kind="table_withdrawn", body=body, by=by, at=at)
            row.withdrawn_why, row.withdrawn_salt = reason, salt
            row.withdrawn_at, row.withdrawn_by = at, by.ref
            row.save()
    with transaction.atomic():
        freeze_alone()
        _settle(here().tables)
    sequence(at=at)


# --- what must hold ---


def _census(data_set: DataSet, moment: str, catalogue: Catalogue) -> Collection:
    found = catalogue.collections.get(moment)
    if found is None or found.collection != data_set.collection:
        known = ", ".join(sorted(one.code for one in catalogue.collections.values()))
        raise Refusal(
            "gate.table_moment",
            "This is no census of this data set.",
            next_step=f"Name one like: {known}.",
            authority="D4, D24",
        )
    return found


def _check_none_stands(name: str, moment: str) -> None:
    other = TableRelease.objects.filter(data=name, moment=moment, withdrawn_outbox__isnull=True).first()
    if other is not None:
        raise cubes.CubeRefused(
            "stands_already",
            f"Of this moment {other.name} stands already; two would tell who came between.",
            "Withdraw it first, with the reason.",
        )


def _secret() -> Secret:
    """Return the secret behind every error. Made with the first release; once there was one, a lost key is refused."""
    load = keys.load if TableRelease.objects.exists() else keys.made
    return Secret(load(here(), shelves.KEY))


def _next_release(name: str, census: Collection) -> str:
    """Return the name of the next release of a census: with a number, where an earlier one was withdrawn."""
    first = census.code.replace("/", "-").lower()
    taken = TableRelease.objects.filter(data=name, moment=census.code).count()
    return first if not taken else f"{first}-{taken + 1}"


# --- counting ---


def _settle(folder: Path) -> None:
    """Bring the disk to what the rows say: what no row names is taken away, what is withdrawn is marked as such."""
    for left in folder.glob(f"{_COUNTING}*"):
        shutil.rmtree(left)
    rows = {row.name: row for row in TableRelease.objects.all()}
    for place in sorted(one.name for one in folder.iterdir() if one.is_dir()):
        if place not in rows:
            cubes.discard(folder, place)
    for manifest in tuple(cubes.standing(folder)):
        if rows[manifest.name].withdrawn_why:
            cubes.withdraw(folder, manifest.name, why=rows[manifest.name].withdrawn_why)


@contextmanager
def _counting(folder: Path) -> Iterator[Path]:
    """Lend a folder of the home for the rows while they are counted, and take it away."""
    work = folder / f"{_COUNTING}{token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work)


def _write(
    file: Path, data_set: DataSet, census: Collection, catalogue: Catalogue, *, by: Actor, at: datetime
) -> int:
    """Write a row for everybody on roll: id, columns and shares, and nothing else. Return how many there are.

    Who should have been wiped does not count; of whom only what a share is made of should have been, has no share.
    """
    parts = tuple(item for share in data_set.shares for item in share.items)
    rows = read.everybody(
        census.collection, census.term, census.year, tuple(dict.fromkeys((*data_set.items, *parts)))
    )

    def kept(items: tuple[ItemId, ...], among: pa.Table) -> pa.Array:
        people = among["person"].combine_chunks()
        gone = past_retention(items, people, census, catalogue, by=by, at=at)
        return pc.invert(pa.array(listed(people, gone)))

    rows = rows.filter(kept(data_set.items, rows))
    ids = pa.array([one.hex() for one in rows["person"].to_pylist()], type=pa.string())
    made = {"person": ids} | {one.name: group_of(one, rows) for one in data_set.columns}
    made |= {one.name: share_of(one, rows, kept(one.items, rows)) for one in data_set.shares}
    pq.write_table(pa.table(made), file)
    return len(ids)


def _say(cube: Cube, data_set: DataSet, many: int, catalogue: Catalogue, *, by: Actor, at: datetime) -> None:
    manifest, salt, banded = cube.manifest, token_bytes(32), band(many)
    (moment,) = manifest.moments
    digests = cubes.digests(here().tables, manifest.name)  # of what lies there, read back
    body = {
        "band": banded,
        "catalogue": catalogue.hash,
        "commitment": shelves.commitment(salt, **digests),
        "data": manifest.data,
        "moment": moment,
        "policy": manifest.policy,
        "release": manifest.release,
    }
    TableRelease.objects.create(
        name=manifest.name,
        data=manifest.data,
        release=manifest.release,
        moment=moment,
        catalogue=catalogue.hash,
        policy=data_set.policy,
        **digests,
        band=banded,
        salt=salt,
        outbox=propose(log="events", kind="table", body=body, by=by, at=at),
        at=at,
        by=by.ref,
    )
