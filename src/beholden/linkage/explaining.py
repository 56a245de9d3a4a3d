# SPDX-License-Identifier: Apache-2.0
"""Keeps why one pair was decided as it was: every figure of the sum, so that anybody can add it up again.

An explanation is frozen and holds no name, date or number of anybody: levels, bits, chances, the rule and the model's
hash. From it come the picture (`waterfall`) and what a family reads in words, which says of each field how it agreed.
Beside what was sent that tells something of what is held: *the same* tells all of it. So it is for the family of the
person who is held, and never for whoever asked.
"""

import math
from dataclasses import dataclass

from beholden.linkage.comparing import COMPARISONS, FIELD, MISSING
from beholden.linkage.deciding import SAYS, Decision, Reason
from beholden.linkage.linking import Answer
from beholden.linkage.model import Model


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the sum. `frequency_bits` is what the frequency of the shared value changed."""

    field: str
    level: str
    bits: float
    frequency_bits: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one pair came to its verdict. odds = prior + fields + rivals, all in bits; the posterior follows from odds.

    `prior_bits` is log2 of the odds, before anything is compared, that this record is this person rather than nobody;
    `rivals_bits`, never above zero, is what the other candidates take away.
    """

    left: str
    right: str
    rule: str
    prior: float
    people: int
    prior_bits: float
    lines: tuple[Line, ...]
    rivals_bits: float
    posterior: float
    nobody: float
    runner_up: float
    lead_bits: float | None
    capped: tuple[str, ...]
    decision: Decision
    reason: Reason
    model: str
    sha256: str

    @property
    def weight(self) -> float:
        """The evidence of the fields, in bits."""
        return math.fsum(one.bits + one.frequency_bits for one in self.lines)

    @property
    def odds(self) -> float:
        """What the sum comes to, in bits."""
        return self.prior_bits + self.weight + self.rivals_bits

    def steps(self) -> tuple[tuple[str, float], ...]:
        """Return the sum step by step, each with its words and its bits; together they come to the odds."""
        steps = [(f"Before: one of {self.people:,} people, or nobody", self.prior_bits)]
        for line in self.lines:
            if line.level == MISSING:
                continue
            steps.append((f"{COMPARISONS[FIELD[line.field]].says}: {line.level}", line.bits))
            if line.frequency_bits:
                steps.append(("… and how frequent it is", line.frequency_bits))
        if self.rivals_bits:
            steps.append(("Others who come near", self.rivals_bits))
        return tuple(steps)


def explain(answer: Answer, place: int, model: Model, *, people: int) -> Explanation:
    """Return why one pair of an answer was decided as it was."""
    pair = answer.pairs[place]
    one = pair.candidate
    prior_bits = math.log2(answer.prior / people) - math.log2(1 - answer.prior)
    others = [each.candidate for each in answer.pairs if each is not pair]
    rivals = math.fsum(2 ** (prior_bits + each.weighed.weight) for each in others)
    runner_up = max(others, key=lambda each: each.weighed.weight, default=None)
    levels = zip(COMPARISONS, one.weighed.levels, one.weighed.bits, one.weighed.adjusted, strict=True)
    return Explanation(
        left=answer.asked.ref,
        right=one.person.ref,
        rule=pair.rule,
        prior=answer.prior,
        people=people,
        prior_bits=prior_bits,
        lines=tuple(
            Line(field.field, field.levels[level].name, bits, adjusted)
            for field, level, bits, adjusted in levels
        ),
        rivals_bits=-math.log2(1 + rivals),
        posterior=one.probability,
        nobody=answer.nobody,
        runner_up=runner_up.probability if runner_up else 0.0,
        lead_bits=one.weighed.weight - runner_up.weighed.weight if runner_up else None,
        capped=answer.capped,
        decision=pair.verdict.decision,
        reason=pair.verdict.reason,
        model=model.version,
        sha256=model.sha256,
    )


_BECAME = {
    Decision.ACCEPT: "So they were told: yes.",
    Decision.REVIEW: "So a person must look before anything is said.",
    Decision.NONE: "So they were told: no.",
}


def sentence(why: Explanation) -> str:
    """Return what a family reads: how what was sent agrees with what is held, and what came of it."""
    return " ".join((*_compared(why), SAYS[why.reason], _BECAME[why.decision]))


def told(why: Explanation) -> str:
    """Return what the family of somebody reads of whom it was said that they are held: by rule, or by people."""
    became = (
        SAYS[why.reason]
        if why.decision is Decision.ACCEPT
        else "People looked at it, and said that it is the same person."
    )
    return " ".join((*_compared(why), became, _BECAME[Decision.ACCEPT]))


def _compared(why: Explanation) -> tuple[str, ...]:
    """Return what was sent and how it agrees, sentence by sentence."""
    of = {one.field: one for one in COMPARISONS}
    sent = [
        f"{of[line.field].says} that they sent {of[line.field].words(line.level)}."
        for line in why.lines
        if line.level != MISSING
    ]
    missing = [of[line.field].says.lower() for line in why.lines if line.level == MISSING]
    beside = [f"Not compared, because one side did not have it: {', '.join(missing)}."] if missing else []
    return ("Somebody sent us details of a person, and asked if we hold them.", *sent, *beside)
