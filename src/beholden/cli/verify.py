# SPDX-License-Identifier: Apache-2.0
"""`beholden verify BUNDLE`: proves a family's file on any machine, offline, and prints what it proves.

Loads the proof core only: no Django, no database, no home folder. Decides nothing but the exit status:
0 proven, 1 not proven, 2 there is no such file.
"""

import json
import sys
import textwrap
from pathlib import Path

from beholden.cli.given import read_file
from beholden.ledger.bundle import MAX_BUNDLE_BYTES
from beholden.ledger.policy import Policy
from beholden.ledger.verify import verify
from beholden.refusals import Refusal

PROVEN, NOT_PROVEN, NO_FILE = 0, 1, 2
_WIDTH = 100


def run(
    path: str,
    key: str | None = None,
    *,
    as_json: bool = False,
    earlier: str | None = None,
    policy: str | None = None,
    number: str | None = None,
) -> int:
    """Verify a file, print the account or the refusal, and return the exit status."""
    try:
        asked = (
            None if policy is None else Policy.parse(read_file(Path(policy), MAX_BUNDLE_BYTES))
        )  # first: nothing is read by half a policy
        raw = read_file(Path(path), MAX_BUNDLE_BYTES)
        before = None if earlier is None else read_file(Path(earlier), MAX_BUNDLE_BYTES)
        account = verify(raw, key=key, earlier=before, policy=asked, number=number)
    except Refusal as refusal:
        _print_refusal(refusal, as_json=as_json)
        return NO_FILE if refusal.code == "cli.no_file" else NOT_PROVEN
    if as_json:
        print(json.dumps({"proven": True, **account.to_json()}, indent=2, ensure_ascii=False))
    else:
        print("This file holds together. It shows:\n")
        print("\n\n".join(textwrap.fill(line, _WIDTH) for line in account.sentences()))
    return PROVEN


def _print_refusal(refusal: Refusal, *, as_json: bool) -> None:
    if as_json:
        said = {
            "proven": False,
            "code": refusal.code,
            "step": getattr(refusal, "step", None),
            "sentence": refusal.sentence,
            "next_step": refusal.next_step,
            "authority": refusal.authority,
        }
        print(json.dumps(said, indent=2, ensure_ascii=False))
        return
    print("NOT PROVEN. Do not rely on this file.\n", file=sys.stderr)
    print(textwrap.fill(refusal.sentence, _WIDTH), file=sys.stderr)
    print(textwrap.fill(refusal.next_step, _WIDTH), file=sys.stderr)
