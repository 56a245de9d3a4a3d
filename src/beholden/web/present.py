# SPDX-License-Identifier: Apache-2.0
"""The door's clock and catalogue. Domain calls are told the time; this is the one place on the web that reads it."""

from datetime import datetime
from functools import cache

from django.utils import timezone

from beholden.catalogue import Catalogue, in_force_here


def now() -> datetime:
    """Return this moment (aware UTC)."""
    return timezone.now()


@cache
def catalogue() -> Catalogue:
    """Return the catalogue this deployment runs under. It changes by a release, never while pages are served."""
    return in_force_here()
