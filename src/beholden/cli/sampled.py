# SPDX-License-Identifier: Apache-2.0
"""`beholden link-sample` and `link-rates`: write a blind sheet of drawn pairs, and say what its answers come to.

Decides nothing. No register and no database. Both files that are written are for their owner's eyes alone (0600): the
sheet holds what two lists say about people.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from beholden.linkage import auditing, files, sheets
from beholden.linkage.auditing import Rate, Rates, Reviewer, Share
from beholden.linkage.sampling import AuditRefused, Sample, draw
from beholden.linkage.sheets import Key, Values

NOT_SEEN = (
    "Not in these figures: people who are in both lists and were compared with nobody, or only with others. "
    "Only people who are known to be on both sides, mixed in before linking, show how many."
)


def sample(
    result: Path,
    left: Path,
    right: Path,
    columns: Path,
    out: Path,
    *,
    seed: int | None,
    per_stratum: int,
    by: str,
    known: Path | None,
) -> None:
    """Draw, write the sheet and its key, and say how many of which stratum were drawn."""
    where = files.columns(columns)
    seed = secrets.randbits(63) if seed is None else seed
    digest = hashlib.sha256()
    drawn = draw(
        sheets.compared(_lines(result, digest)),
        seed=seed,
        per_stratum=per_stratum,
        groups=_groups(left, where["left"], by),
        known=sheets.known(_known(known)) if known else {},
    )
    asked, wanted = ({pair[side] for pair, _ in drawn.rows} for side in (0, 1))
    sheet, key = sheets.write(
        drawn,
        {ref: one for ref, one in _written(left, where["left"]) if ref in asked},
        _held(right, where["right"], wanted),
        result=digest.hexdigest(),
        seed=seed,
        per_stratum=per_stratum,
        by=by,
    )
    _keep(out, sheet, key)
    print("\n".join(_drawn(out, drawn)))


def _lines(path: Path, digest: "hashlib._Hash") -> Iterator[str]:
    try:
        with path.open("rb") as file:
            for line in file:
                digest.update(line)
                yield line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise files.FileRefused(
            "encoding", f"{path.name} is not UTF-8 throughout.", "Hand in the result as it was printed."
        ) from wrong
    except OSError as wrong:
        raise _no_file() from wrong


def _no_file() -> files.FileRefused:
    return files.FileRefused(
        "no_file",
        "There is no file that can be read under one of the names.",
        "Name each file as it is called.",
    )


def _groups(path: Path, where: files.Columns, by: str) -> dict[str, str]:
    """Return the group of everybody on the left, by id, or refuse a list in which one id is two lines."""
    files.check_kept(path)
    groups: dict[str, str] = {}
    for line, cells in files.written(path, where.id, (by,) if by else ()):
        ref = cells[where.id].strip()
        if ref in groups:
            raise AuditRefused(
                "id_twice",
                f"{path.name}, line {line}: the id stands in a line above too, so no pair says which is meant.",
                "Give each line on the left an id of its own, link again, and draw from that.",
            )
        groups[ref] = " ".join(cells[by].split()) if by else ""
    return groups


def _written(path: Path, where: files.Columns) -> Iterator[tuple[str, Values]]:
    """Yield what a list says of each of its lines, as it is written, by field."""
    for _, cells in files.written(path, where.id, where.fields.values()):
        ref = cells[where.id].strip()
        yield ref, {"id": ref} | {name: cells[column].strip() for name, column in where.fields.items()}


def _held(path: Path, where: files.Columns, wanted: set[str]) -> dict[str, list[Values]]:
    held: dict[str, list[Values]] = {}
    for ref, one in _written(path, where):
        if ref in wanted:
            held.setdefault(ref, []).append(one)
    return held


def _known(path: Path) -> Iterator[tuple[str, str, str]]:
    for _, cells in files.written(path, "left", ("right", sheets.ANSWER)):
        yield cells["left"].strip(), cells["right"].strip(), cells[sheets.ANSWER]


def _keep(out: Path, sheet: str, key: str) -> None:
    """Write both files, the key first, and never over another: there may be answers in it."""
    from beholden.home.files import write_new

    try:
        if out.exists():
            raise FileExistsError
        write_new(_key_of(out), key.encode())
        write_new(out, sheet.encode("utf-8-sig"))
    except FileExistsError as wrong:
        raise AuditRefused(
            "stands_already",
            "There is a file under this name already, or a key to it, and answers may be in it.",
            "Name another file.",
        ) from wrong
    except (FileNotFoundError, NotADirectoryError, PermissionError) as wrong:
        raise AuditRefused(
            "no_place", "No file can be written at this place.", "Name a file in a folder that is yours."
        ) from wrong


def _key_of(sheet: Path) -> Path:
    return sheet.with_name(f"{sheet.name}.key")


def _drawn(out: Path, drawn: Sample) -> Iterator[str]:
    yield f"{out}: {len(drawn.rows):,} pairs to look at. It holds personal data; only you can open it."
    yield f"{_key_of(out)}: what each row was drawn from. Keep it from whoever answers."
    for one in drawn.strata:
        group = f", {one.group or 'not said'}" if len({each.group for each in drawn.strata}) > 1 else ""
        yield f"  {one.decision.value:6}  {one.least:g} to {one.below:g}{group}: {one.drawn:,} of {one.pairs:,}"
    mixed = [row.known for _, row in drawn.rows if row.known]
    if mixed:
        yield f"  Among them, pairs whose truth is known: {len(mixed):,}."
    else:
        yield "No known pairs are among them, so nothing will tell how often whoever answers is wrong."


# --- what the answers come to ---


def tell(paths: list[Path], key_path: Path | None, *, as_json: bool) -> None:
    """Read one to three sheets; print how the people did who answered, where two differ, and the rates or why none."""
    key = sheets.read_key(_text(key_path or _key_of(paths[0])))
    if len({path.resolve() for path in paths}) < len(paths):
        raise AuditRefused("one_sheet", "One sheet was named twice.", "Name a sheet of each person.")
    opinions = [sheets.read(_text(path), key) for path in paths[:2]]
    settling = [sheets.read(_text(path), key, whole=False) for path in paths[2:]]
    told = _Told(
        key,
        [auditing.reviewer(key.rows, one) for one in opinions],
        auditing.agreement(*opinions) if len(opinions) > 1 else None,
    )
    try:
        said = auditing.settled(*opinions, *settling)
        told.rates = auditing.rates(key.strata, key.rows, said)
        told.groups = auditing.by_group(key.strata, key.rows, said) if key.by else {}
    finally:  # where there are too few answers, it is told all the same which rows a third person should see
        print(_as_json(told) if as_json else "\n".join(_as_text(told)))


@dataclass
class _Told:
    """All that is printed."""

    key: Key
    people: list[Reviewer | None]
    agreed: auditing.Agreement | None
    rates: Rates | None = None
    groups: dict[str, Rates] = field(default_factory=dict)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise files.FileRefused(
            "encoding", f"{path.name} is not UTF-8 throughout.", "Save it as CSV in UTF-8, and try again."
        ) from wrong
    except OSError as wrong:
        raise _no_file() from wrong


def _as_json(told: _Told) -> str:
    key = told.key
    said = {
        "result": key.result,
        "seed": key.seed,
        "per_stratum": key.per_stratum,
        "by": key.by,
        "strata": [asdict(one) | {"chance": one.chance} for one in key.strata],
        "reviewers": [one and asdict(one) for one in told.people],
        "agreement": told.agreed and asdict(told.agreed),
        "rates": told.rates and asdict(told.rates),
        "groups": {group: asdict(one) for group, one in told.groups.items()},
        "not_seen": NOT_SEEN,
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


def _as_text(told: _Told) -> Iterator[str]:
    yield f"Of the result {told.key.result[:16]}, drawn with seed {told.key.seed}. Intervals: Wilson, 95 of 100."
    for number, one in enumerate(told.people, 1):
        if one is None:
            yield f"Reviewer {number}: no known pairs, so nothing tells how often this person is wrong."
        else:
            did = f"{one.right} of {one.known} ({_between(one)}), left unsaid: {one.cannot_say}"
            yield f"Reviewer {number}: known pairs right: {did}."
    if told.agreed:
        yield f"Two people say the same in rows: {told.agreed.alike} of {told.agreed.rows} ({_between(told.agreed)})."
        if told.agreed.apart:
            yield f"For a third person, rows: {', '.join(map(str, told.agreed.apart))}."
    if told.rates:
        yield from _rates(told.rates)
        for group, rates in told.groups.items():
            yield f"{told.key.by}: {group or 'not said'}"
            yield from (f"  {line}" for line in _rates(rates))
        yield NOT_SEEN


def _rates(of: Rates) -> Iterator[str]:
    yield _rate(of.false, "were accepted", "two people")
    yield _rate(of.missed, "were not accepted", "one person")
    yield _rate(of.in_review, "went to a person", "one person")
    yield _rate(of.in_none, "came to none", "one person")
    if of.missed_of_same:
        one = of.missed_of_same
        yield f"Of all who are one person among those compared, not accepted: {one.share:.2%} ({_between(one)})."


def _rate(of: Rate | None, what: str, error: str) -> str:
    if of is None:
        return f"Pairs that {what}: none."
    looked = f"looked at: {of.looked:,}" + (f", nobody can say: {of.unsaid:,}" if of.unsaid else "")
    return f"Pairs that {what}: {of.pairs:,} ({looked}). Are {error}: {of.share:.2%} ({_between(of)})."


def _between(one: Rate | Share | Reviewer | auditing.Agreement) -> str:
    return f"{one.low:.2%} to {one.high:.2%}"
