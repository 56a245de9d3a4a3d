# SPDX-License-Identifier: Apache-2.0
"""Holds the key under which schools have their opaque names in the public log: made from the look-up key, no file."""

from beholden.home import here
from beholden.home.keys import derived


def names_of_schools() -> bytes:
    """Return the key of the schools' names. With the look-up key lost, the names of later entries would be others."""
    return derived(here(), "lookup", b"beholden/names-of-schools/v1")
