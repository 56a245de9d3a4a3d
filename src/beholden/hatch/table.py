# SPDX-License-Identifier: Apache-2.0
"""What each verb of the hatch does. Loaded by the keeper's process alone: it reaches rooms that no door may open."""

from datetime import datetime
from typing import Any

from beholden.catalogue import Catalogue
from beholden.hatch.answering import Does, Keeper, awake
from beholden.hatch.verbs import Verb

_DONE: tuple[tuple[Verb[Any, Any], Does], ...] = ()
"""Each verb with the function that does it."""


def keeper(catalogue: Catalogue, *, since: datetime) -> Keeper:
    """Return the keeper with the whole list; a verb that stands in it twice is a bug and is loud."""
    verbs: dict[str, tuple[Verb[Any, Any], Does]] = {}
    for verb, does in (awake(since), *_DONE):
        if verb.name in verbs:
            raise ValueError(f"{verb.name} stands in the list twice")
        verbs[verb.name] = (verb, does)
    return Keeper(verbs, catalogue, since)
