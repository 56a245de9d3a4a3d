# SPDX-License-Identifier: Apache-2.0
"""`beholden answers`: compares what families said at every hop, and alarms. Prints no count of fewer than ten."""

import json
from datetime import datetime
from pathlib import Path

from beholden.ledger.vocabulary.terms import tens

SOUND, GAP = 0, 1


def compare(root: Path, *, as_json: bool, at: datetime) -> int:
    """Print the four counts, in tens, and what is wrong between them; return the exit status."""
    from beholden.cli.keeper import opened

    with opened(root) as home:
        from beholden.fsck.counted import hops
        from beholden.settings.versions import check_version

        check_version()
        found = hops(home, at=at)
    if as_json:
        whole = {
            "shown": tens(found.shown),
            "held": tens(found.held),
            "bound": tens(found.bound),
            "decisions": found.decisions,
            "gaps": list(found.gaps),
        }
        print(json.dumps(whole, indent=1))
    else:
        print(f"Numbers shown at the door:    {_said(found.shown)}")
        print(f"Answers that stand here:      {_said(found.held)}")
        print(f"Bound in the root of a day:   {_said(found.bound)}")
        print(f"Decisions that were compared: {found.decisions:,}")
        for gap in found.gaps:
            print(f"GAP  {gap}")
        print(
            "Nothing is lost on the way."
            if not found.gaps
            else "Run beholden fsck, and release nothing meanwhile."
        )
    return GAP if found.gaps else SOUND


def _said(count: int) -> str:
    return f"{tens(count):,}, rounded down" if tens(count) else "fewer than 10"
