# SPDX-License-Identifier: Apache-2.0
"""`beholden grade`: prints the report card of a home, or of anybody's copy of the public logs. Decides nothing.

No Django and no database either way: a stranger runs the same code over the same files.
"""

import sys
import textwrap
from datetime import date
from pathlib import Path

from beholden.catalogue import in_force, load
from beholden.home import Home
from beholden.refusals import Refusal
from beholden.reportcard.card import Card, MarkedMeasure, MarkedSubject, State
from beholden.reportcard.queries import card_of_copy, card_of_home

_WIDTH = 100
_NAMED = 10  # how many misses are named; JSON names all


def print_card(
    root: Path | None, *, from_log: Path | None, keys: tuple[str, ...], on: date, as_json: bool
) -> None:
    """Print the card as JSON in its one spelling, or as tables with each sum."""
    card = _card(root, from_log=from_log, keys=keys, on=on)
    if as_json:
        sys.stdout.buffer.write(card.print() + b"\n")
        sys.stdout.buffer.flush()
    else:
        print("\n".join(_lines(card)))


def _card(root: Path | None, *, from_log: Path | None, keys: tuple[str, ...], on: date) -> Card:
    if from_log is not None:
        return card_of_copy(from_log, keys=keys, catalogue=load(), on=on)
    if root is None or keys:
        raise Refusal(
            "cli.grade_which",
            "It is not clear which logs to grade.",
            next_step="Name the keeper's folder with --home, or a copy of its logs with --from-log and two keys.",
            authority="D38",
        )
    home = Home(root.resolve())
    return card_of_home(home, catalogue=in_force(home), on=on)


def _lines(card: Card) -> list[str]:
    lines = [f"Report card on {card.on.isoformat()}, under the catalogue {card.catalogue[:16]}…"]
    for log in card.logs:
        lines += [f"  {log.log}: {log.size:,} entries, root {log.root[:16]}…", f"    key {log.key}"]
    lines.append("  " + ", ".join(f"{letter} from {least}" for letter, least in card.least) + ", F below")
    for subject in card.subjects:
        lines += ["", *_subject(subject)]
    return [*lines, *_seals(card)]


def _seals(card: Card) -> list[str]:
    """Say which handovers are secret on that day, and which were opened or seen too late."""
    lines = [""] if card.seals else []
    for one in card.seals:
        stands = f"opened on {one.opened_on}" if one.opened_on else "still secret"
        late = ", overdue" if one.overdue else ""
        unseen = ", not seen by the regulator in time" if one.unseen else ""
        lines.append(f"   secret: handover {one.seq}, to open by {one.opens_by}, {stands}{late}{unseen}")
    return lines


def _subject(subject: MarkedSubject) -> list[str]:
    head = f"{subject.grade}  {subject.subject}: {subject.label}"
    lines = [head, *textwrap.wrap(subject.sentence, _WIDTH, initial_indent="   ", subsequent_indent="   ")]
    if subject.measures:
        lines.append(f"   {'measure':<48} {'counted':>12} {'out of':>12} {'points':>10}  ")
        for one in subject.measures:
            lines += _measure(one)
        lines.append(f"   {'sum':<74} {f'{subject.earned} of {subject.possible}':>10}")
    return lines


def _measure(one: MarkedMeasure) -> list[str]:
    found, letter = one.found, one.grade or " "
    figures = (f"{found.numerator:,}", f"{found.denominator:,}", f"{one.earned} of {one.points}")
    if found.state is not State.MEASURED:
        figures = ("–", "–", f"0 of {one.points}" if one.in_sum else "–")
    lines = [f"   {one.label:<48} {figures[0]:>12} {figures[1]:>12} {figures[2]:>10} {letter}"]
    if found.why_not:
        lines.append(f"     {found.state.value}: {found.why_not}")
    if found.missed:
        more = f" and {len(found.missed) - _NAMED} more" if len(found.missed) > _NAMED else ""
        named = f"missed in: {', '.join(found.missed[:_NAMED])}{more}"
        lines += textwrap.wrap(named, _WIDTH, initial_indent="     ", subsequent_indent="     ")
    return lines
