# SPDX-License-Identifier: Apache-2.0
"""Answers when what was handed over under a use was decided. No figure, and nothing of who was in it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from beholden.gate.models import Decision
from beholden.kinds import UseRef


def released_on(refs: Collection[UseRef]) -> Mapping[UseRef, datetime]:
    """Return, of those among these uses under which something was handed over, when that was decided last."""
    made = Decision.objects.filter(use__in=refs, disclosure__state="released").order_by("at")
    return {UseRef(use): at for use, at in made.values_list("use", "at")}
