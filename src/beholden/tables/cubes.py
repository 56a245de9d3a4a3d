# SPDX-License-Identifier: Apache-2.0
"""Keeps cubes: the cells of one release, frozen, named and hashed. A question is answered from a cube, nothing else.

It decides that of one moment one release stands: a second beside it would tell, by the difference, who came between. A
withdrawn cube answers nothing more and keeps its name and the reason. It refuses to hold ids: a cube has numbers of
children, sums and greatest values, and is as secret as the rows are. Nothing is written but whole: each file is written
aside, flushed and renamed, the manifest last.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beholden.tables import counting
from beholden.tables.keys import Secret
from beholden.tables.policy import Policy, TablesRefused
from beholden.tables.question import Question, check_size
from beholden.tables.safe import Counts, Ints

FORM = "beholden/cube/v1"
_MANIFEST = "cube.json"
_WITHDRAWN = "withdrawn.json"
_CELLS = "cells.parquet"
FILES = (_MANIFEST, _CELLS, _WITHDRAWN)
"""Everything that lies in the folder of a cube, the last if it is withdrawn."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class CubeRefused(TablesRefused):
    """Says that a cube is not frozen, or does not answer."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a cube is of: everything but its cells, and their hash."""

    data: str
    release: str
    moments: tuple[str, ...]
    policy: str
    key: str
    source: str
    cells: str
    areas: dict[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """What a table cites."""
        return f"{self.data}-{self.release}"


@dataclass(frozen=True, slots=True)
class Cube:
    """One release: its manifest, and its cells."""

    manifest: Manifest
    cells: pa.Table = field(repr=False)

    def categories(self, name: str, policy: Policy) -> tuple[str, ...]:
        """Return the categories of a dimension, in the order of their codes."""
        variable = policy.variable(name)
        return variable.categories if variable else self.manifest.areas[name]


def build(
    path: Path, policy: Policy, secret: Secret, *, release: str, moment: str = "", work: Path | None = None
) -> Cube:
    """Return the cube of a file. `moment`: of which it is, where no field of the data says so."""
    if not _NAME.fullmatch(release) or not _NAME.fullmatch(policy.name):
        raise CubeRefused(
            "name", "A data set and a release are named in small letters, digits and hyphens.", "Name it so."
        )
    if moment and policy.period:
        raise CubeRefused(
            "two_moments", "The data has a field that says of which moment it is.", "Name no other."
        )
    counted = counting.count(path, policy, secret, work=work)
    with path.open("rb") as file:
        source = hashlib.file_digest(file, "sha256").hexdigest()
    moments: tuple[str, ...] = (moment,)  # without a period a data set is of one moment
    if policy.period:
        variable = policy.variable(policy.period)
        codes = sorted(pc.unique(counted.cells[policy.period]).to_pylist())
        moments = tuple(variable.categories[code] for code in codes) if variable else ()
    return Cube(
        Manifest(
            policy.name,
            release,
            moments,
            policy.sha256,
            secret.fingerprint,
            source,
            _hash(counted.cells),
            counted.areas,
        ),
        counted.cells,
    )


def _hash(cells: pa.Table) -> str:
    """Return the hash of the cells themselves, whatever the file that holds them looks like."""
    digest = hashlib.sha256()
    for name in cells.column_names:
        column = cells[name].combine_chunks()
        digest.update(f"{name} {column.type} {len(column)}\n".encode())
        digest.update(np.asarray(pc.is_null(column)).tobytes())
        digest.update(pc.fill_null(column, 0).to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()


def check_fits(cube: Cube, policy: Policy, secret: Secret) -> None:
    """Refuse a cube that was counted under another policy or another key."""
    if cube.manifest.policy != policy.sha256:
        raise CubeRefused(
            "other_policy", "The cube was counted under another policy.", "Use its own, or release anew."
        )
    if cube.manifest.key != secret.fingerprint:
        raise CubeRefused("other_key", "The cube was counted under another key.", "Use its own key.")


# --- reading ---


def counts(cube: Cube, question: Question, policy: Policy) -> Counts:
    """Return how many stand in each cell of a question, whole and before anything of it is left out."""
    names = question.dimensions
    lengths = {name: len(cube.categories(name, policy)) for name in names}
    check_size(question, lengths, policy)
    prefix = f"{question.subject}." if question.asked == "mean" else ""
    engine = ibis.duckdb.connect()
    try:
        cells = ibis.memtable(cube.cells)
        found = engine.to_pyarrow(summed(cells, names, prefix, dominance=_dominance(question, policy)))
    finally:
        engine.disconnect()
    shape = tuple(lengths.values())
    where = tuple(found[name].to_numpy() for name in names)
    return Counts(
        **{name: _dense(found[name], where, shape) for name in found.column_names if name not in names}
    )


def summed(cells: Any, names: tuple[str, ...], prefix: str, *, dominance: bool) -> Any:
    """Return the expression by which cells are added up: of counts n and keys, of a measure its sums too."""
    column = {name: cells[f"{prefix}{name}"] for name in ("n", "keys")}
    sums = {name: one.sum().cast("int64") for name, one in column.items()}
    if prefix:
        sums |= {
            "total": cells[f"{prefix}sum"].sum().cast("int64"),
            "low": cells[f"{prefix}low"].min(),
            "high": cells[f"{prefix}high"].max(),
        }
    made = cells.group_by(list(names)).agg(**sums)
    if not dominance:
        return made
    largest = cells.select(*names, value=cells[f"{prefix}high"]).union(
        cells.select(*names, value=cells[f"{prefix}second"])
    )
    largest = largest.filter(largest.value.notnull())
    order = ibis.row_number().over(group_by=list(names), order_by=ibis.desc(largest.value))
    second = largest.mutate(place=order).filter(ibis._.place == 1).select(*names, second=ibis._.value)
    return made.left_join(second, list(names)).select(*names, *sums, "second")


def _dominance(question: Question, policy: Policy) -> bool:
    measure = policy.measure(question.subject) if question.asked == "mean" else None
    return measure is not None and measure.dominance


def _dense(column: pa.ChunkedArray, where: tuple[Ints, ...], shape: tuple[int, ...]) -> Ints:
    made = np.zeros(shape, dtype=np.int64)
    made[where] = pc.fill_null(column, 0).to_numpy()
    return made


# --- keeping ---


def freeze(cube: Cube, folder: Path) -> Path:
    """Write a cube where it stands from now on. Refused beside another of the same data and moment.

    The plan: 1 nobody else freezes or withdraws here meanwhile; 2 of this moment none stands, and nothing had the name;
    3 the cells; 4 the manifest, from which on it stands. What a killed run left without a manifest is written over.
    """
    manifest = cube.manifest
    with _alone(folder):  # 1
        for other in standing(folder):  # 2
            if other.data == manifest.data and set(other.moments) & set(manifest.moments):
                raise CubeRefused(
                    "stands_already",
                    f"Of this moment {other.name} stands already; two would tell who came between.",
                    "Withdraw it first, with the reason.",
                )
        place = folder / manifest.name
        if (place / _MANIFEST).exists():
            raise CubeRefused(
                "name_taken", "A release of this name stood here before.", "Give the release a new name."
            )
        place.mkdir(mode=0o700, exist_ok=True)
        _flush(folder)
        part = place / "cells.part"
        pq.write_table(cube.cells, part)
        _settle(part, place / _CELLS)  # 3
        _write(place / _MANIFEST, _printed({"form": FORM} | _plain(manifest)))  # 4
    return place


def withdraw(folder: Path, name: str, *, why: str) -> None:
    """Say of a cube that it answers nothing more, and why. Its name stays taken."""
    with _alone(folder):
        if name not in {one.name for one in standing(folder)}:
            raise CubeRefused("no_cube", "No such cube stands here.", "Name one that stands.")
        if not why.strip():
            raise CubeRefused("no_reason", "A release is withdrawn for a reason.", "Say it in a sentence.")
        _write(folder / name / _WITHDRAWN, said_of_withdrawal(why))


def discard(folder: Path, name: str) -> None:
    """Take away what a killed run left under a name that nobody was ever told of. What stood stays for ever."""
    with _alone(folder):
        place = folder / name
        for file in (place / _MANIFEST, *sorted(place.glob("*"))):  # without a manifest it does not stand
            file.unlink(missing_ok=True)
            _flush(place)
        place.rmdir()
        _flush(folder)


def said_of_withdrawal(why: str) -> bytes:
    """Return what the file says by which a cube is withdrawn."""
    return _printed({"form": FORM, "why": why})


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep everybody else from freezing or withdrawing here; the kernel lets go when a process ends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def standing(folder: Path) -> Iterator[Manifest]:
    """Yield the manifest of every cube that stands."""
    for path in sorted(folder.glob(f"*/{_MANIFEST}")):
        if not (path.parent / _WITHDRAWN).exists():
            yield _manifest(path)


def digests(folder: Path, name: str) -> dict[str, str]:
    """Return the SHA-256 of each of the two files of a cube, as they lie there."""
    made = {}
    for what, file in (("cells", _CELLS), ("manifest", _MANIFEST)):
        with (folder / name / file).open("rb") as opened:
            made[what] = hashlib.file_digest(opened, "sha256").hexdigest()
    return made


def manifest(folder: Path, name: str) -> Manifest | None:
    """Return the manifest of a cube, whether it stands or was withdrawn, or None."""
    path = folder / name / _MANIFEST
    return _manifest(path) if path.exists() else None


def withdrawal(folder: Path, name: str) -> bytes | None:
    """Return the bytes of the file by which a cube is withdrawn, or None."""
    path = folder / name / _WITHDRAWN
    return path.read_bytes() if path.exists() else None


def load(folder: Path, data: str, *, release: str = "") -> Cube:
    """Return the cube of a data set that stands, whole, or refuse it."""
    names = [one for one in standing(folder) if one.data == data and release in {"", one.release}]
    said = withdrawal(folder, f"{data}-{release}") if release and not names else None
    if said is not None:
        why = json.loads(said)["why"]
        raise CubeRefused("withdrawn", f"This release was withdrawn: {why}", "Ask the one that stands.")
    if len(names) != 1:
        raise CubeRefused("no_cube", "No cube stands here of this name, or several do.", "Name the release.")
    return whole(folder, names[0].name)


def whole(folder: Path, name: str) -> Cube:
    """Return a cube by its name, whether it stands or was withdrawn; refuse one whose cells are others."""
    manifest = _manifest(folder / name / _MANIFEST)
    cells = pq.read_table(folder / name / _CELLS).combine_chunks()
    if _hash(cells) != manifest.cells:
        raise CubeRefused(
            "damaged", "The cells of this cube are not those that were frozen.", "Put the file back."
        )
    return Cube(manifest, cells)


def _manifest(path: Path) -> Manifest:
    said = json.loads(path.read_text("utf-8"))
    if said.pop("form", "") != FORM:
        raise CubeRefused("form", "A manifest here is of another form.", "Use the version that wrote it.")
    said["areas"] = {name: tuple(codes) for name, codes in said["areas"].items()}
    return Manifest(**said | {"moments": tuple(said["moments"])})


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__}


def _printed(said: dict[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _write(path: Path, said: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(said)
    _settle(part, path)


def _settle(part: Path, path: Path) -> None:
    part.chmod(0o600)
    _flush(part)
    part.rename(path)
    _flush(path.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
