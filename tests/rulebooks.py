# SPDX-License-Identifier: Apache-2.0
"""Catalogues that differ from England's in some numbers: whole ones, with content and hash, as a changed pack gives them."""

import json

from beholden.catalogue import Catalogue, load, restore
from beholden.ledger.canonical import print_json

ENGLAND = load()


def where_a_yes_is_needed(purpose: str = "public-interest-study", to: str = "to study schools") -> Catalogue:
    """England's catalogue, tightened: a purpose that families could stop now needs a yes (D11)."""
    said = json.loads(ENGLAND.content)
    said["purpose"][purpose]["family_says"] = "must_agree"
    said["ask"][purpose] = {"to": to}
    return restore(print_json(said))


def with_limits(catalogue: Catalogue = ENGLAND, **limits: int) -> Catalogue:
    """The same catalogue with other numbers under the ratchet."""
    said = json.loads(catalogue.content)
    for name, value in limits.items():
        said["limit"][name]["value"] = value
    return restore(print_json(said))


def with_exit(purpose: str, *exits: str, catalogue: Catalogue = ENGLAND) -> Catalogue:
    """The same catalogue, in which records may leave for a purpose in these ways too."""
    said = json.loads(catalogue.content)
    said["purpose"][purpose]["exits"] += exits
    return restore(print_json(said))


def in_compartment(purpose: str, compartment: str, *, catalogue: Catalogue = ENGLAND) -> Catalogue:
    """The same catalogue, in which a purpose is of another kind, and so mixes with no other (D19)."""
    said = json.loads(catalogue.content)
    for other in said["purpose"].values():
        other["compatible_with"] = [one for one in other["compatible_with"] if one != purpose]
    said["purpose"][purpose] |= {"compartment": compartment, "compatible_with": []}
    return restore(print_json(said))
