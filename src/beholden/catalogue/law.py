# SPDX-License-Identifier: Apache-2.0
"""The law behind an entry: which instrument, which paragraph, and whether somebody read it. Knows no country's law."""

from dataclasses import dataclass
from enum import StrEnum


class Checked(StrEnum):
    """How a paragraph got here: read in the instrument's text, or recalled and still to be read."""

    SOURCE = "source"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Authority:
    """The law behind an entry: an instrument of `law`, a paragraph of it, and whether that was read."""

    instrument: str
    paragraph: str
    checked: Checked
