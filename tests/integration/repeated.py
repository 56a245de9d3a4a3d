# SPDX-License-Identifier: Apache-2.0
"""A study that recurs each year, with the returns of later years. Every call is one that a person at a door would make."""

import json
import re
from datetime import timedelta

from beholden.catalogue import Catalogue, restore
from beholden.ledger.canonical import print_json
from beholden.uses.rules import Recurrence
from integration.world import CATALOGUE, REGISTRAR, World

YEAR = timedelta(days=366)


def with_years(*years, catalogue=CATALOGUE) -> Catalogue:
    """England's catalogue, which takes the same return in later years too."""
    said = json.loads(catalogue.content)
    first = said["collection"]["SC-SPR-2026"]
    for year in years:
        said["collection"][f"SC-SPR-{year}"] = first | {
            "year": year,
            "label": f"School Census of spring {year}",
            "child_label": f"The list your school sent in January {year}",
            "reference_date": f"{year}-01-15",
            "review_on": "2032-01-21",
        }
    for item in said["item"].values():
        if "SC/SPR/2026" in item.get("collections", ()):
            item["collections"] = [*item["collections"], *(f"SC/SPR/{year}" for year in years)]
    for kind in ("instrument", "purpose", "collection"):
        for one in said[kind].values():
            if "review_on" in one:
                one["review_on"] = "2032-01-21"
    said["limit"]["recipient_key_days"]["value"] = 3_000
    return restore(print_json(said))


RULES = with_years(2027, 2028)


def year_of(world, year, *, without=()):
    """Let every school send the return of a year, without the pupils of these numbers."""
    from beholden.register.actions import accept

    world.pass_to(world.at + timedelta(seconds=1))
    for path in world.files:
        text = path.read_text()
        text = text.replace("<Year>2026<", f"<Year>{year}<").replace(">2026-01-15", f">{year}-01-15")
        text = text.replace(">2025-", f">{year - 1}-")  # what happened in the year before the return
        for upn in without:
            text = re.sub(
                rf"\s*<PupilOnRoll>\s*<PupilIdentifiers>\s*<UPN>{upn}</UPN>.*?</PupilOnRoll>",
                "",
                text,
                flags=re.DOTALL,
            )
        folder = world.folder / str(year)
        folder.mkdir(exist_ok=True)
        sent = folder / path.name.replace("2026", str(year))
        sent.write_text(text)
        taken = accept(sent, catalogue=world.catalogue, by=world.sender(path), at=world.at)
        assert taken.status == "accepted", taken


class Yearly(World):
    """A town whose study runs each year: the returns of each year may lack some pupils."""

    term = timedelta(days=4 * 365)

    def returned(self, year, *, without=()):
        year_of(self, year, without=without)

    def draft(self, **changes):
        items = changes.get("items", ("nc_year", "sessions_possible", "session_details"))
        asked = {
            "application": self.application(items, recurrence=Recurrence.EACH_YEAR),
            "ends_on": self.at.date() + self.term,
        }
        return super().draft(**(asked | changes))

    def again(self):
        """Begin the next run, a year after the last."""
        from beholden.redress.actions.repeating import run_again

        return run_again(self.use, catalogue=self.catalogue, by=REGISTRAR, at=self.at)

    def person(self, letter):
        """The first child of a letter, as its family's door knows it."""
        return self.open(letter).children[0].person

    def letters(self):
        """Every letter that was written by now: who came later has none yet."""
        born = {child.upn: child.born for child in self.children()}
        return [
            (handle.adult, self.codes[handle.adult], born[handle.numbers[0]], handle.numbers)
            for school in self.town.schools
            for handle in self.handles(school)
            if handle.adult in self.codes
        ]

    def letter_of(self, upn):
        return next(one for one in self.letters() if upn in one[3])


def first_run(folder, home, *, without=(), catalogue=RULES):
    """Play a yearly study through its first run: out, and confirmed."""
    world = Yearly(folder, catalogue=catalogue)
    world.returned(2026, without=without)
    world.published()
    world.told()
    parcel = world.confirmed(home, world.released())
    return world, parcel
