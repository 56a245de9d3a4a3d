# SPDX-License-Identifier: Apache-2.0
"""What a visitor of the demo is given to try its doors: some letters' codes, one school's reference and key."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from beholden.home.files import write_durably
from beholden.kinds import Actor, Role
from beholden.people import actions as people
from beholden.people.queries import Body
from beholden.people.signs import in_fours
from beholden.town import Town
from beholden.town.schools import Phase

Letter = tuple[str, date, tuple[str, ...], str]
"""A letter's code, one child's birth date, the pupil numbers in the letter, and its second code."""


def hand_out_letters(letters: Sequence[Letter], file: Path, *, say: Callable[[str], object]) -> None:
    """Print the codes of two letters with several children and of one with one; write all of them to a file."""
    several = [one for one in letters if len(one[2]) > 1]
    alone = [one for one in letters if len(one[2]) == 1]
    say("")
    for code, born, numbers, second in several[:2] + alone[:1]:
        say(
            f"   Code {in_fours(code)}   birth date {born:%-d %-m %Y}   ({len(numbers)} in the letter)"
            f"   second code {in_fours(second)}"
        )
    whole = [{"code": code, "born": born.isoformat(), "second": second} for code, born, _, second in letters]
    write_durably(file, json.dumps(whole).encode())


def give_a_school_its_key(town: Town, *, by: Actor, at: datetime, say: Callable[[str], object]) -> None:
    """Enrol the school whose first file was refused, with a data lead under the reference its files were sent under."""
    school = next(one for one in town.schools if one.phase is not Phase.PRIMARY)
    ref = f"school-{school.laestab}"
    body = Body(school.laestab, school.name, "school", "", "", "")
    people.enrol(body, by=by, at=at)
    people.appoint(ref, Role.SCHOOL, school.laestab, by=by, at=at)
    say(f"\n   {school.name}, at the school's door")
    say(f"   Reference {ref}   access key {people.give_key(ref, by=by, at=at)}")
