# SPDX-License-Identifier: Apache-2.0
"""What came with a form, on its way to the keeper. Does nothing."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, and what was typed or ticked in it."""

    name: str
    values: tuple[str, ...] = field(repr=False)
