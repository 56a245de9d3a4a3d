# SPDX-License-Identifier: Apache-2.0
"""What a verified bundle says, in words: computed from entries and proofs, never from a server's text.

Decides how the answer is worded, and when a word may be used: *none* only where nothing is sealed and nothing
is left unshown; of what is sealed, the same words to everybody. Proves nothing; `verify` makes an `Account` only
after every step has held.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from beholden.ledger import spoken
from beholden.ledger.auditing import Audit
from beholden.ledger.canonical import Json
from beholden.ledger.confirmation import Word


class Standing(StrEnum):
    """What the file shows about the child in one handover."""

    IN = "in"
    NOT_IN = "not in"
    NOT_SHOWN = "not shown"  # no key is opened in the registry that the handover names


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover of the log, as far as this file shows it. `seq` is its public number."""

    seq: int
    at: datetime
    use: str | None  # None of one that was sealed: an order stood in the place of a use
    purpose: str
    recipient: str
    standing: Standing
    outcome: str | None
    outcome_at: datetime | None
    word: Word
    audits: tuple[Audit, ...] = ()

    @property
    def replayed(self) -> bool:
        """Say whether an auditor made it again and found it equal, and none found anything else."""
        return bool(self.audits) and all(one.agrees for one in self.audits)

    def to_json(self) -> dict[str, Json]:
        """Return it for machines."""
        return {
            "at": spoken.iso(self.at),
            "audits": [
                {"agrees": one.agrees, "at": spoken.iso(one.at), "key": one.key.hex()} for one in self.audits
            ],
            "handover": self.seq,
            "outcome": self.outcome,
            "outcome_at": spoken.iso(self.outcome_at) if self.outcome_at else None,
            "purpose": self.purpose,
            "recipient": self.recipient,
            "recipient_confirmed": self.word.value,
            "standing": self.standing.value,
            "use": self.use,
        }


@dataclass(frozen=True, slots=True)
class Duty:
    """One return that a law made the keeper send. It has no list, so the file can show no child in it or out of it."""

    at: datetime
    use: str
    purpose: str
    recipient: str
    outcome: str | None

    def to_json(self) -> dict[str, Json]:
        """Return it for machines."""
        return {
            "at": spoken.iso(self.at),
            "outcome": self.outcome,
            "purpose": self.purpose,
            "recipient": self.recipient,
            "use": self.use,
        }


@dataclass(frozen=True, slots=True)
class UnderSeal:
    """One handover that is sealed still. Nothing here says of any child whether it is in it."""

    seq: int
    at: datetime
    band: int
    opens_by: date
    seen_at: datetime | None
    extended: bool

    def to_json(self) -> dict[str, Json]:
        """Return it for machines."""
        return {
            "at": spoken.iso(self.at),
            "extended": self.extended,
            "handover": self.seq,
            "most_children": self.band,
            "opens_by": self.opens_by.isoformat(),
            "seen_at": spoken.iso(self.seen_at) if self.seen_at else None,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """What was proved. `until` is the keeper's own date of the log's last entry.

    `duties` are no handovers with a list, and are counted in neither K nor any other letter.
    """

    origin: str
    vkey_number: str
    pinned: bool
    seen_by: tuple[str, ...] | None  # witnesses of the reader's policy; None where none was given
    until: datetime | None
    handovers: tuple[Handover, ...]
    duties: tuple[Duty, ...]
    seals: tuple[UnderSeal, ...]
    place_number: str | None
    by_number: bool  # the reader typed the child's number, and the place is that number's
    drawn: bool  # the place was drawn by lot, so that no number could show it
    continues: bool
    same_place: bool

    @property
    def listed(self) -> int:
        """K: all handovers of the log, sealed ones among them."""
        return len(self.handovers) + len(self.seals)

    @property
    def present(self) -> tuple[int, ...]:
        """P: handovers whose list holds the child's key."""
        return self._of(Standing.IN)

    @property
    def absent(self) -> tuple[int, ...]:
        """Q: handovers whose list does not hold it."""
        return self._of(Standing.NOT_IN)

    @property
    def not_shown(self) -> tuple[int, ...]:
        """U: handovers about which the file shows nothing."""
        return self._of(Standing.NOT_SHOWN)

    @property
    def sealed(self) -> tuple[int, ...]:
        """S: handovers that are sealed still. Whoever asks gets the same answer about them: none."""
        return tuple(one.seq for one in self.seals)

    @property
    def confirmed(self) -> tuple[int, ...]:
        """R: of the lists without the key, those that a recipient recomputed, signed and found equal."""
        return tuple(
            one.seq for one in self.handovers if one.standing is Standing.NOT_IN and one.word is Word.AGREES
        )

    @property
    def audited(self) -> tuple[int, ...]:
        """A: of the lists without the key, those that an auditor replayed and found equal, and none found otherwise."""
        return tuple(one.seq for one in self.handovers if one.standing is Standing.NOT_IN and one.replayed)

    def _of(self, standing: Standing) -> tuple[int, ...]:
        return tuple(one.seq for one in self.handovers if one.standing is standing)

    def sentences(self) -> tuple[str, ...]:
        """Return the claim, one sentence group a line."""
        return (
            self._signed(),
            *self._witnessed(),
            self._summary(),
            *self._required(),
            *(_in(one) for one in self.handovers if one.standing is Standing.IN),
            *self._not_in(),
            *self._unshown(),
            *self._sealed(),
            *(line for one in self.handovers for line in _recipient(one)),
            *(line for one in self.handovers for line in _auditor(one)),
            *self._first_use(),
            "This file is a secret: whoever has it can find your child's row in the files handed over.",
        )

    def to_json(self) -> dict[str, Json]:
        """Return the account for machines, with the same sentences."""
        return {
            "K": self.listed,
            "P": list(self.present),
            "Q": list(self.absent),
            "R": list(self.confirmed),
            "A": list(self.audited),
            "S": list(self.sealed),
            "U": list(self.not_shown),
            "D": [one.to_json() for one in self.duties],
            "continues_earlier_file": self.continues,
            "same_place_as_earlier_file": self.same_place,
            "handovers": [one.to_json() for one in self.handovers],
            "log": self.origin,
            "log_key_number": self.vkey_number,
            "log_key_given": self.pinned,
            "place_by_number": self.by_number,
            "place_number": self.place_number,
            "sealed": [one.to_json() for one in self.seals],
            "sentences": list(self.sentences()),
            "witnessed_by": None if self.seen_by is None else list(self.seen_by),
            "until": spoken.iso(self.until) if self.until else None,
        }

    def _signed(self) -> str:
        if self.pinned:
            return f"The log {self.origin} is signed by the key you gave, whose number is {self.vkey_number}."
        return (
            f"The log {self.origin} is signed by the key inside this file, whose number is "
            f"{self.vkey_number}: compare it with the number on the register's website, and with the one that "
            "other families have. If it is another, this file proves nothing."
        )

    def _witnessed(self) -> tuple[str, ...]:
        if not self.seen_by:
            return ()
        who = "1 witness" if len(self.seen_by) == 1 else f"{len(self.seen_by)} witnesses"
        sentence = (
            f"{who} that you trust ({', '.join(self.seen_by)}) signed that this log only grew until this state. "
            "So nobody can be shown another past of it that they have signed too."
        )
        return (sentence,)

    def _summary(self) -> str:
        if self.until is None:
            return "This log is empty. It lists no handover yet."
        upto = f"Up to its last entry, which the keeper dated {spoken.when(self.until)},"
        if not self.listed:
            which = " of those that have a list of keys" if self._sent() else ""
            return f"{upto} this log lists no handover{which}."
        lists = f"{upto} this log lists {spoken.number(self.listed, 'handover')}."
        if len(self.not_shown) == self.listed:
            return f"{lists} This file shows your child's key for no list of keys that they were made from."
        if len(self.seals) == self.listed:
            return f"{lists} {self._under_seal()}"
        certain = not self.not_shown and not self.sealed and not self._sent()
        held = "none" if certain and not self.present else str(len(self.present))
        below = " (below)" if self.present else ""
        unshown = f"; {len(self.not_shown)} this file does not show" if self.not_shown else ""
        return (
            f"{lists} Your child's key is in the list of {held} of them{below} "
            f"and not in the list of {len(self.absent)}{unshown}. {self._under_seal()}"
        )

    def _sent(self) -> tuple[Duty, ...]:
        """Return the duty returns that left, or may have."""
        return tuple(one for one in self.duties if one.outcome != "withdrawn")

    def _required(self) -> tuple[str, ...]:
        """Say of every duty return that it is there, and that this file proves nothing about it."""
        sent = self._sent()
        if not sent:
            return ()
        many = len(sent) > 1
        which = spoken.listed(
            tuple(f"{one.use} to {one.recipient}, fixed on {spoken.day(one.at)}" for one in sent)
        )
        sentence = (
            f"Apart from these, the log lists {spoken.number(len(sent), 'return')} that a law made the keeper send: "
            f"{which}. No answer of yours takes a child out of such a return, and it has no list of keys: this "
            f"file says nothing about {'them' if many else 'it'} either way. If your child is among those whom "
            f"{'such a return is' if many else 'it is'} about, take it that your child's record was sent."
        )
        return (sentence,)

    def _under_seal(self) -> str:
        """Say how many are sealed, in the same words in every family's file."""
        if not self.seals:
            return "No handover in it is sealed."
        many = len(self.seals) > 1
        most = sum(one.band for one in self.seals)
        return (
            f"{len(self.seals)} {'are' if many else 'is'} sealed by law until the date beside "
            f"{'each; together they concern' if many else 'it; it concerns'} at most {most:,} children. "
            "No family is told yet whether a sealed handover concerned their child, and this file says nothing "
            "about it either way. Every family's file carries this sentence."
        )

    def _sealed(self) -> tuple[str, ...]:
        return tuple(_seal(one, self.until) for one in self.seals)

    def _not_in(self) -> tuple[str, ...]:
        if not self.absent:
            return ()
        one = len(self.absent) == 1
        which = f"list the keeper fixed before handover {self.absent[0]}"
        if not one:
            which = f"lists the keeper fixed before handovers {spoken.names(self.absent)}"
        sentence = (
            f"Your child's key is not in the {which}. This does not exclude a handover made outside the log, "
            "or a row sent under a key that is not your child's: recipients confirmed "
            f"{len(self.confirmed)} of these lists, auditors replayed {len(self.audited)}."
        )
        return (sentence,)

    def _unshown(self) -> tuple[str, ...]:
        if not self.not_shown:
            return ()
        many = len(self.not_shown) > 1
        it = "them" if many else "it"
        sentence = (
            f"This file does not show handover{'s' if many else ''} {spoken.names(self.not_shown)}: it opens no "
            f"key of your child in the list of keys fixed before {it}. Either your child had none there, or "
            "the keeper left it out of this file. Which of the two cannot be proved yet, so this file says "
            f"nothing about {it} either way."
        )
        return (sentence,)

    def _first_use(self) -> tuple[str, ...]:
        same = "This file continues your earlier one: the same log, and nothing that stood in it was changed."
        if self.place_number is None:
            return (same,) if self.continues else ()
        at = self.place_number
        if self.by_number:
            return (same, _proven(at)) if self.continues else (_proven(at),)
        if self.same_place:
            return (f"{same} Your child's place is the same, number {at}, and so are the keys there.",)
        how = _BY_LOT if self.drawn else _UNTYPED
        sentence = (
            f"The number of your child's place is {at}. That the key there is your child's is the keeper's word: "
            f"{how} Keep this file: a later one with another number shows that the key was exchanged."
        )
        return (same, sentence) if self.continues else (sentence,)


_UNTYPED = (
    "you gave no pupil number. Check the file again with your child's number, from a letter of the school or an exam "
    "slip and not from the register: then the file proves that the place is that number's."
)
_BY_LOT = "the place was drawn by lot, as where two records bear one number, and this file cannot prove it."


def _proven(at: str) -> str:
    return (
        "Your child's key stands at the one place that the number you typed has in every list of keys, which nobody "
        f"could choose: place {at}. So the key fixed there is the one that every other family or auditor with this "
        "number is shown. That the number is your child's, you know from elsewhere."
    )


def _in(one: Handover) -> str:
    match one.outcome:
        case "delivered":
            reports = f"delivered on {spoken.day(one.outcome_at)}"
        case "withdrawn":
            reports = "withdrawn before delivery"
        case "unknown":
            reports = "that it does not know whether it was delivered: treat as delivered"
        case _:
            reports = "nothing yet: treat as delivered"
    return f"Your child's key is in the list fixed before handover {one.seq}. The keeper reports {reports}."


def _seal(one: UnderSeal, until: datetime | None) -> str:
    """Say of one seal its day, whether its regulator has seen it, and whether the log itself has outlived it."""
    longer = ", which is later than was said at first" if one.extended else ""
    seen = "No regulator has signed yet that it has seen what is in it."
    if one.seen_at is not None:
        seen = f"Its regulator has seen what is in it, and signed so on {spoken.day(one.seen_at)}."
    overdue = ""
    if until is not None and until.date() > one.opens_by:
        overdue = " That day is over: it should be open. Report this to the regulator."
    return f"Handover {one.seq} is sealed until {spoken.day(one.opens_by)}{longer}. {seen}{overdue}"


def _recipient(one: Handover) -> tuple[str, ...]:
    other = (
        f"The recipient of handover {one.seq} signed that it found another list than the one in the log. "
        "Report this to the regulator."
    )
    foreign = (
        f"The log carries a confirmation of handover {one.seq} that the recipient it names did not sign. "
        "It is not counted."
    )
    return {Word.DISAGREES: (other,), Word.UNSIGNED: (foreign,)}.get(one.word, ())


def _auditor(one: Handover) -> tuple[str, ...]:
    """Say aloud that an auditor found other rows than the register would have released."""
    if all(word.agrees for word in one.audits):
        return ()
    sentence = (
        f"An auditor made handover {one.seq} again from the register, and signed that the rows its recipient holds "
        "are other ones. So a child's row may have been sent under a key that is not the child's. "
        "Report this to the regulator."
    )
    return (sentence,)
