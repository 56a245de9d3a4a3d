# SPDX-License-Identifier: Apache-2.0
"""Checks every seal that stands longer: row, log and the regulator's file tell one story, and nobody's day was lost.

A finding names a seal by the first signs of its random id, as `sealed` does; why it stands longer never stands there.
"""

from beholden.fsck.files import digest
from beholden.fsck.guard import guarded
from beholden.fsck.rules import LEFT, ROWS, Findings, found
from beholden.gate.held import HeldLengthening, held_lengthenings
from beholden.gate.seals import number_under
from beholden.home import Home
from beholden.ledger import queries as ledger
from beholden.ledger.vocabulary.sealed import Extended
from beholden.ledger.vocabulary.terms import HANDOVERS

_HERE = "table gate_lengthening"


def check_longer(home: Home) -> Findings:
    """Every longer seal of the log is a row's own, was told to the regulator, and no other is in the log."""
    logged = 0
    for one in held_lengthenings():
        logged += one.extended is not None
        yield from guarded(_HERE, _check(home, one))
    if sum(1 for _ in ledger.spoken(HANDOVERS, Extended.kind)) != logged:
        yield found(
            "longer_missing", _HERE, "The log lets other seals stand longer than the table has.", ROWS
        )


def _check(home: Home, one: HeldLengthening) -> Findings:
    name = f"sealed handover {one.compulsion[:8]}"
    if one.order[0] != one.order[1] or one.officers[0] != one.by:
        yield found("longer", _HERE, f"The row of a longer seal of {name} does not fit itself.", ROWS)
    if one.extended is None:
        return
    said = ledger.said((one.extended,)).get(one.extended)
    entry = said.says if said is not None else None
    fits = isinstance(entry, Extended) and entry.seq == number_under(one.sealed)
    if not isinstance(entry, Extended) or not fits or _without_number(entry) != dict(one.entry):
        yield found("longer", _HERE, f"What the log says of a longer seal of {name} is another's.", ROWS)
    path = home.regulator / one.file
    if not path.is_file() or digest(path) != one.told:
        sentence = (
            f"What the regulator was to be told of a longer seal of {name} is not there, or was changed."
        )
        yield found("regulator_untold", f"regulator/{one.file}", sentence, LEFT)


def _without_number(entry: Extended) -> dict[str, object]:
    return {name: value for name, value in entry.to_json().items() if name != "seq"}
