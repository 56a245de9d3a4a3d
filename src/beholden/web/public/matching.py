# SPDX-License-Identifier: Apache-2.0
"""Says for which groups of children it is measured how often matching is wrong, in the words of the rules in force."""

from beholden.catalogue import Catalogue
from beholden.gate.group_names import slug
from beholden.gate.matches import GroupOfYear, YearOfLists

GONE = "A group that is no longer counted"


def groups(year: YearOfLists | None, catalogue: Catalogue) -> tuple[tuple[str, GroupOfYear], ...]:
    """Return every group of a year, each with its words; the log still has those that the rules count no more."""
    if year is None:
        return ()
    columns = {one.name: one for data_set in catalogue.data_sets.values() for one in data_set.columns}
    words = {
        (name, slug(group)): f"{one.label}: {group}"
        for name, one in columns.items()
        for group in one.groups.values()
    }
    return tuple((words.get((one.column, one.group), GONE), one) for one in year.groups)
