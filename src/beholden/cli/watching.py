# SPDX-License-Identifier: Apache-2.0
"""`beholden watch`: looks at somebody's copy of what a keeper published, and remembers what it saw. No Django, no home.

Decides nothing but the exit status: 0 no alarm, 1 an alarm. What was seen is remembered only while no other past is
shown, so that an alarm is not forgotten by running again.
"""

import json
import textwrap
from dataclasses import asdict
from datetime import date
from pathlib import Path

from beholden.home.files import write_durably
from beholden.refusals import Refusal
from beholden.reportcard.alarms import Alarm
from beholden.reportcard.watching import MAX_STATE_BYTES, Seen, watch

QUIET, ALARM = 0, 1
_WIDTH = 100


def run(copy: Path, *, keys: tuple[str, ...], state: Path, on: date, as_json: bool) -> int:
    """Watch a copy, print every alarm, remember what was seen, and return the exit status."""
    seen, alarms = watch(copy, keys=keys, before=_before(state), on=on)
    if seen is not None:
        try:
            write_durably(state, seen.print())
        except OSError as cause:
            raise _unusable() from cause
    if as_json:
        print(json.dumps({"alarms": [asdict(one) for one in alarms], "quiet": not alarms}, indent=1))
    else:
        print("\n".join(line for one in alarms for line in _lines(one)) or "Nothing to see: no alarm.")
    return ALARM if alarms else QUIET


def _before(state: Path) -> Seen | None:
    try:
        with state.open("rb") as file:
            return Seen.parse(file.read(MAX_STATE_BYTES + 1))
    except FileNotFoundError:
        return None
    except OSError as cause:
        raise _unusable() from cause


def _lines(one: Alarm) -> list[str]:
    head = f"ALARM  {one.where}  [{one.code}]"
    return [head, *textwrap.wrap(one.sentence, _WIDTH, initial_indent="       ", subsequent_indent="       ")]


def _unusable() -> Refusal:
    return Refusal(
        "watch.no_state",
        "The file that remembers what was seen cannot be used.",
        next_step="Name a file in a folder of your own with --state.",
        authority="D26, D27",
    )
