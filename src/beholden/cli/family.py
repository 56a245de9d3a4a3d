# SPDX-License-Identifier: Apache-2.0
"""The registrar's desk: writes a proof file for a family that brings its letter."""

from datetime import date, datetime
from pathlib import Path


def write_bundle(root: Path, code: str, born: date, child: int, out: Path, *, at: datetime) -> str:
    """Open the letter as the family would, and write the proof of one child named in it."""
    from beholden.cli.keeper import opened

    with opened(root):
        from beholden.catalogue import load
        from beholden.gate.actions.proving import bundle
        from beholden.home.files import write_durably
        from beholden.kinds import Actor, Role
        from beholden.refusals import Refusal
        from beholden.rights.actions import open_letter

        by = Actor("letter", Role.FAMILY)
        letter = open_letter(code=code, born_on=born, catalogue=load(), by=by, at=at)
        named = {each.position: each.person for each in letter.children}
        if child not in named:
            raise Refusal(
                "rights.no_such_child",
                f"The letter names {len(named)} children.",
                next_step=f"Give a number from 1 to {len(named)}.",
                authority="UK GDPR Art 12(6)",
            )
        write_durably(out, bundle(named[child], by=by, at=at))
    return f"{out}: keep this file. It is a secret: whoever holds it can look for the child in any list it covers."
