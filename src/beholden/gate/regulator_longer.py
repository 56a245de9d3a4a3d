# SPDX-License-Identifier: Apache-2.0
"""What the regulator is told when a secret is kept longer, before it is. No database, no clock, no Django.

Locked to its key like the first message. It reads why and on which paper, and compares it with the log, now and when
the entry stands there.
"""

from dataclasses import dataclass

from beholden.gate import locks
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.handovers import Log
from beholden.ledger.sealing import Seal, report_commitment
from beholden.ledger.vocabulary.sealed import Extended
from beholden.refusals import Refusal

FORMAT = "beholden/for-the-regulator-longer/v1"
MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ToldLonger:
    """The entry as it is to stand in the log, the report that it commits to, and the salt that opens that."""

    entry: Extended
    report: dict[str, Json]
    report_salt: bytes

    def lock(self, *, to: str) -> bytes:
        """Return the ciphertext for the regulator's age recipient."""
        whole: dict[str, Json] = {
            "entry": self.entry.to_json(),
            "format": FORMAT,
            "report": self.report,
            "report_salt": self.report_salt.hex(),
        }
        return locks.lock(print_json(whole), to=to)


def unlock_longer(ciphertext: bytes, *, identity: str) -> ToldLonger:
    """Open what the keeper sent, with the regulator's own age identity; refuse whatever is not exactly that."""
    try:
        plain = locks.unlock(ciphertext, identity=identity)
    except locks.WrongKeyError as trouble:
        raise _refused("It does not open with this key.") from trouble
    match parse_json(plain, limit=MAX_BYTES):
        case {
            "entry": dict(entry),
            "format": said,
            "report": dict(report),
            "report_salt": str(salt),
            **rest,
        } if said == FORMAT and not rest:
            try:
                return ToldLonger(Extended.from_json(entry), report, bytes.fromhex(salt))
            except ValueError as trouble:
                raise _refused("It is damaged.") from trouble
    raise _refused("It is no message about a secret that is kept longer.")


def examine_longer(told: ToldLonger, log: Log) -> tuple[Seal, bool]:
    """Return the seal that a message is about, and whether the log holds the longer day by now; or refuse.

    Must hold: 1 the log holds that seal; 2 the report is the one that the entry commits to; 3 where the log says that
    it stands longer, the day is this one.
    """
    seal = log.seals.get(told.entry.seq)
    if seal is None:  # 1
        raise _refused("The log holds no such seal.")
    if report_commitment(told.report, told.report_salt) != told.entry.regulator_commitment:  # 2
        raise _refused("The report is not the one that the entry commits to.")
    if seal.extended and seal.opens_by != told.entry.opens_by:  # 3
        raise _refused("The log says another day than this message.")
    return seal, seal.extended


def _refused(why: str) -> Refusal:
    return Refusal(
        "gate.for_regulator",
        f"This file cannot be relied on. {why}",
        next_step="Ask the keeper what it means, and say in public that you had to ask.",
        authority="D22, D37",
    )
