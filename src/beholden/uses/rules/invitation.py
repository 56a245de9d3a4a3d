# SPDX-License-Identifier: Apache-2.0
"""An invitation as it is passed on: who writes, what about, what it means, how to answer. No clock, no database.

It is part of a request, published with it and never altered after. It asks and does not press: whoever reads it may
put it away, and nothing happens. That last line is the register's and stands under every invitation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields

from beholden.catalogue.consents import Consents, FormFault, Phrase, folded
from beholden.refusals import Refusal

INVITES = "contact"
"""The way out by which nothing leaves but a letter that the register passes on (D16)."""

SHORTEST, LONGEST = 20, 600
"""Characters of one part: a sentence at least, and on a telephone no more than a screen."""

LAST_LINE = "You do not have to do anything. If you say nothing, nothing happens, and nobody asks why."
"""What stands under every invitation, in the register's own words."""

_WAY = re.compile(
    r"[^\s@]+@[^\s@]+\.[a-z]{2,}|\bhttps?://\S+|\bwww\.\S+|(?:\+|\b0)[\d ()-]{7,}\d", re.IGNORECASE
)
_PRESSING: tuple[Phrase, ...] = tuple(
    Phrase.of(FormFault.SERVICE, words)
    for words in (
        *("prize", "prizes", "voucher", "vouchers", "gift card", "reward", "rewards", "win a", "raffle"),
        *("free of charge for", "payment", "we will pay", "paid for", "money for", "cash"),
        *(
            "better marks",
            "good marks",
            "extra credit",
            "your place at",
            "you must",
            "you have to",
            "must answer",
        ),
        *("required to", "expected to", "last chance", "last warning", "final reminder", "at once", "urgent"),
        *("your school wants", "your school expects", "your teacher wants", "your teacher expects"),
        *("the school will be told", "we will tell your school", "good for your school", "helps your school"),
    )
)
_FAULTS = frozenset({FormFault.SERVICE, FormFault.SILENCE, FormFault.NO_CHILD})


@dataclass(frozen=True, slots=True)
class Invitation:
    """The four parts that an asker writes, each a few sentences that a parent and a child can read."""

    who: str
    about: str
    part: str
    answer: str

    @classmethod
    def from_json(cls, held: Mapping[str, str]) -> "Invitation":
        """Read what `to_json` wrote."""
        return cls(**held)

    def to_json(self) -> dict[str, str]:
        """Return the parts under lasting names."""
        return asdict(self)

    @property
    def whole(self) -> str:
        """The text as it stands in the agreement and is passed on, a paragraph for each part."""
        return "\n".join((*self.parts, LAST_LINE))

    @property
    def parts(self) -> tuple[str, ...]:
        """The four parts, in the order in which they are read."""
        return (self.who, self.about, self.part, self.answer)


PARTS: Mapping[str, str] = {
    "who": "Who writes",
    "about": "What it is about",
    "part": "What taking part means",
    "answer": "How to answer",
}
"""What the parts are called, wherever they stand."""


def check_invitation(invitation: Invitation | None, exit_: str) -> None:
    """Refuse a request to pass a letter on without the letter, a letter with another request, or one that is no text.

    What must hold: 1 exactly what is passed on has an invitation; 2 each part says something, and can be read on a
    telephone; 3 there is a way to answer that goes to the asker and not through the register or the school (D13).
    """
    if (invitation is not None) != (exit_ == INVITES):  # 1
        raise _wrong(
            "invitation",
            "Exactly a request to pass a letter on has an invitation in it.",
            "Write the invitation, or choose another way out.",
        )
    if invitation is None:
        return
    for one in fields(invitation):  # 2
        text = getattr(invitation, one.name)
        if not SHORTEST <= len(text.strip()) <= LONGEST or not text.replace("\n", " ").isprintable():
            raise _wrong(
                "invitation_length",
                f"The part '{PARTS[one.name]}' of the invitation has fewer than {SHORTEST} or more than {LONGEST} "
                "characters, or signs that cannot be printed.",
                "Say it in a few plain sentences.",
            )
    if not _WAY.search(invitation.answer):  # 3
        raise _wrong(
            "invitation_answer",
            "The invitation does not say how to answer.",
            "Give an e-mail address, a telephone number or a web address of yours.",
        )


def check_fair(invitation: Invitation | None, *, asker: str, consents: Consents) -> None:
    """Refuse an invitation that hides who asks, or that demands or promises something for an answer.

    What must hold: 1 its first part names the organisation that asks, as it is enrolled; 2 nothing in it is among the
    words that make something depend on the answer, count silence as one, or pass the child over, by the catalogue; or
    that pay or hurry.
    """
    if invitation is None:
        return
    if not asker or folded(asker) not in folded(invitation.who):  # 1
        raise _wrong(
            "invitation_asker",
            "The invitation does not say who writes, by the name under which the organisation is enrolled.",
            "Name your organisation in its first part.",
        )
    found = next(_pressing(invitation.whole.removesuffix(LAST_LINE), consents), "")
    if found:  # 2
        raise _wrong(
            "invitation_presses",
            f"The invitation demands or promises something, or leaves the child no choice: '{found}'.",
            "Take these words out. Say what taking part means, and no more.",
        )


def _pressing(text: str, consents: Consents) -> Iterator[str]:
    yield from (words for fault, words in consents.given_away(text) if fault in _FAULTS)
    plain = folded(text)
    for phrase in _PRESSING:
        if phrase.pattern.search(plain):
            yield phrase.words


def _wrong(reason: str, sentence: str, next_step: str) -> Refusal:
    return Refusal(
        f"uses.{reason}", sentence, next_step=next_step, authority="D13, D16; UK GDPR Art 5(1)(a), Art 7(4)"
    )
