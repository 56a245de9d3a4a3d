# SPDX-License-Identifier: Apache-2.0
"""Writes the JSON Schema of every kind of entry, one file each, and the page that lists them, from the vocabulary."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from beholden.ledger.entries import KINDS, MAX_ENTRY_BYTES, VERSION, schemas
from beholden.ledger.shapes import shapes_of
from house.catalogue_page import table

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schemas"
PAGE = FOLDER / "README.md"

OPENING = f"""# What an entry of the logs may say

Written by `make reference` from the vocabulary in the code. There is one JSON Schema (draft 2020-12) for each kind of
entry: {len(KINDS)} kinds, vocabulary version {VERSION}, the number that each entry carries as `v`. What each field of the
handovers log means, and which entry may follow which, is in [how a proof works](../../explanation/proofs.md).

Each schema's `$id` names its version. Within a version the vocabulary only grows: a kind more, or a word more in a
closed list, so what was written stays readable. A field that is added, taken away or read otherwise makes a new version.
A verifier that does not know a kind or a word refuses the log, and never passes over an entry.
"""

CLOSING = f"""
## Where a schema is more lax than the verifier

What a schema refuses, the verifier refuses. The other way round it does not hold; whoever checks by schema alone must
add this:

* **Bytes.** An entry is its canonical JSON (RFC 8785), of at most {MAX_ENTRY_BYTES:,} bytes. A schema sees the value and not
  the spelling: spaces, another order of names, a name twice, `1.0` or `1e0` for `1`, a number beyond 2^53 - 1 that a
  parser has rounded.
* **The calendar.** `2026-02-30` and `25:61:00` are of the pattern of a day and a time, and are none.
* **The end of a string.** A pattern ends with `$`. By ECMA 262, which JSON Schema names, that is the end of the string;
  some libraries (Python's among them) let one newline follow.
* **What stands beside it.** That `depth` follows from `n`, `id` from `header`, that numbers run without a gap, who
  signed, what came before: steps 3 to 8 of the verifier.
"""


def path(name: str) -> Path:
    """Where the schema of a kind lies, by its name like `handovers/intent`."""
    return FOLDER / f"entry-{VERSION}" / f"{name}.json"


def page() -> str:
    """The page that lists the kinds."""
    parts = [OPENING]
    for log in dict.fromkeys(log for log, _ in KINDS):
        rows = (
            (
                f"[`{kind}`](entry-{VERSION}/{log}/{kind}.json)",
                " ".join(str(schemas()[f"{log}/{kind}"]["description"]).split("\n\n")[0].split()),
                ", ".join(f"`{name}`" for name in shapes_of(cls)),
            )
            for (at, kind), cls in KINDS.items()
            if at == log
        )
        parts.append(f"\n## The {log} log\n\n{table(('kind', 'what it says', 'fields of `body`'), rows)}\n")
    return "".join([*parts, CLOSING])


def _printed(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


GENERATED = {
    PAGE: page,
    **{path(name): partial(_printed, schema) for name, schema in schemas().items()},
}
"""Each file that is written here, and what writes it."""
