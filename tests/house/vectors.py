# SPDX-License-Identifier: Apache-2.0
"""Writes the published test vectors: files of children, good and bad, as exact bytes, and one list of what comes of each.

`make reference` runs it; a test compares. Everything follows from seeds, so the same bytes come out each time.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path

from beholden.ledger.bundle import FORMAT
from beholden.ledger.entries import KINDS, parse
from beholden.ledger.handovers import STEPS
from beholden.ledger.policy import Policy
from beholden.ledger.verify import NotProven, verify
from house import vectors_bad, vectors_bad_child, vectors_good
from house.catalogue_page import table
from house.vectors_made import Vector

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / "vectors"
PAGE = FOLDER / "README.md"
LIST = "vectors.json"
BY_THEMSELVES_NEVER = frozenset({9})
"""Steps at which no file can fail: there the reader computes, and reads nothing."""

OPENING = """# Files to test a verifier with

Written by `make reference`: {good} questions that a verifier must answer and {bad} that it must refuse, about {files} small
files of one invented keeper. They are for whoever writes a verifier in another language, by
[how a proof works](../../explanation/proofs.md); [how to go about it](../../how-to/check-a-proof-with-your-own-program.md).

[`vectors.json`](vectors.json) is an object with `format` (`beholden/vectors/v1`), `bundle` (the form of the files) and
`vectors`, a list. Each has

| field | |
|---|---|
| `name`, `about` | what it is called, and what is the matter, in a sentence |
| `file` | the file, beside the list. Its bytes are exact: read it as bytes, and write it nowhere in text mode |
| `key` | the log's key that the reader was given, or null: then the key inside the file is taken |
| `number` | the child's number that the reader typed, as the register has it, or null |
| `policy` | a file with the reader's policy of witnesses, or null |
| `earlier` | an earlier file of the same family, or null |
| `step` | null where everything holds; else the number of the step at which it must fail |
| `account` | what the file shows, where it holds: all that `beholden verify --json` prints but its sentences and `proven` |

In an account, of K handovers the child is in P and not in Q; S are sealed and U not shown; of Q, recipients confirmed R
and auditors replayed A; D are the returns that a law requires.

Where several vectors ask about the same bytes, they name the same file. A verifier that checks in another order may
name another step for a bad file; one that answers it at all is wrong. Each bad file is an honest one with one thing
changed. What lies in an entry or in a list was signed and fixed with the lie in it, so that a verifier that leaves out
the one rule lets the file pass. At step {never} no file can fail by itself: there the verifier computes, and reads
nothing; what is wrong with an index shows at steps 10 and 11.

The keys of the paper keeper follow from small seeds that everybody knows. Nothing here is secret, and nothing is true.
"""

CLOSING = """
## What these files do not try

* A file of 64 MiB and more, lists of many thousands, buckets beyond 512. A verifier refuses by the limits in the
  specification; such files are too large to publish here.
* Kinds of the handovers log in no file here: {missing}.
* The words in which a verifier tells a family what was shown. They are in
  [how a proof works](../../explanation/proofs.md#what-is-claimed-and-what-is-not).
"""


@cache
def vectors() -> tuple[Vector, ...]:
    """Every vector: those that hold, then those that fail, by step."""
    return (*vectors_good.vectors(), *vectors_bad.vectors(), *vectors_bad_child.vectors())


@cache
def files() -> dict[Path, bytes]:
    """Every file of the folder but the page."""
    found = {FOLDER / name: raw for raw, name in _names().items()}
    said = {"bundle": FORMAT, "format": "beholden/vectors/v1", "vectors": [_said(one) for one in vectors()]}
    found[FOLDER / LIST] = (json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n").encode()
    return found


def page() -> str:
    """The page beside them."""
    counted = Counter(one.step is None for one in vectors())
    told = OPENING.format(
        good=counted[True], bad=counted[False], files=len(_names()), never=min(BY_THEMSELVES_NEVER)
    )
    holds = ((f"`{one.name}`", one.about) for one in vectors() if one.step is None)
    parts = [
        told,
        f"\n## Files that hold\n\n{table(('name', 'what it is'), holds)}\n",
        "\n## Files that fail\n",
    ]
    for step, looks_at in enumerate(STEPS):
        rows = [(f"`{one.name}`", one.about) for one in vectors() if one.step == step]
        if rows:
            parts.append(f"\n### Step {step}: {looks_at}\n\n{table(('name', 'what is the matter'), rows)}\n")
    return "".join([*parts, CLOSING.format(missing=_missing())])


def _missing() -> str:
    tried = {
        parse(entry.encode(), log="handovers").kind
        for one in vectors()
        if one.step is None
        for entry in json.loads(one.raw)["handovers"]["entries"]
    }
    left = [f"`{kind}`" for log, kind in KINDS if log == "handovers" and kind not in tried]
    return ", ".join(left) or "none"


@cache
def _names() -> dict[bytes, str]:
    """Where each file lies, by its bytes: what is asked about twice lies there once, under its first name."""
    found: dict[bytes, str] = {}
    for one in vectors():
        folder = "good" if one.step is None else "bad"
        found.setdefault(one.raw, f"{folder}/{one.name}.bundle")
        if one.earlier is not None:
            found.setdefault(one.earlier, f"{folder}/{one.name}.earlier.bundle")
        if one.policy is not None:
            found.setdefault(one.policy.encode(), f"{folder}/{one.name}.policy")
    return found


def _said(one: Vector) -> dict[str, object]:
    names = _names()
    return {
        "about": one.about,
        "account": _account(one),
        "earlier": None if one.earlier is None else names[one.earlier],
        "file": names[one.raw],
        "key": one.key,
        "name": one.name,
        "number": one.number,
        "policy": None if one.policy is None else names[one.policy.encode()],
        "step": one.step,
    }


def _account(one: Vector) -> dict[str, object] | None:
    """What the verifier says of it; it must say what the vector was made for."""
    policy = None if one.policy is None else Policy.parse(one.policy.encode())
    try:
        shown = verify(one.raw, key=one.key, earlier=one.earlier, policy=policy, number=one.number)
    except NotProven as no:
        if no.step != one.step:
            raise ValueError(f"{one.name} fails at step {no.step} and was made for {one.step}") from no
        return None
    if one.step is not None:
        raise ValueError(f"{one.name} holds, and was made to fail at step {one.step}")
    return {name: value for name, value in shown.to_json().items() if name != "sentences"}
