# SPDX-License-Identifier: Apache-2.0
"""Addresses behind the second step. A child stands in them by this reader's own reference (ux.md 2.1)."""

from django.urls import path, register_converter

from beholden.people.signs import SIGNS
from beholden.web.family import contesting, record


class Reference:
    """Eight signs; anything else is no address of ours."""

    regex = f"[{SIGNS}]{{8}}"

    def to_python(self, value: str) -> str:
        """Return the reference."""
        return value

    def to_url(self, value: str) -> str:
        """Return the reference."""
        return value


register_converter(Reference, "reference")

urlpatterns = [
    path("", record.overview, name="family"),
    path("/second", record.second, name="family-second"),
    path("/own", record.own, name="family-own"),
    path("/<reference:child>/record", record.record, name="family-record"),
    path("/<reference:child>/used", record.used, name="family-used"),
    path("/<reference:child>/letters", record.letters, name="family-letters"),
    path("/<reference:child>/no-more", record.no_more, name="family-no-more"),
    path("/<reference:child>/match/<reference:match>", contesting.contest, name="family-contest"),
    path("/<reference:child>/copy", record.copy, name="family-copy"),
    path("/<reference:child>/proof", record.proof, name="family-proof"),
]
