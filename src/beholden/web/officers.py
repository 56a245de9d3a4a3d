# SPDX-License-Identifier: Apache-2.0
"""The officers' entrance as a value, shared by the doors behind it: who may come in, and where each role begins."""

from collections.abc import Mapping

from beholden.hatch.verbs import OFFICE_SIGN_IN
from beholden.web.sitting import Door

OFFICE = Door(
    "office",
    OFFICE_SIGN_IN,
    frozenset({"uses.unknown", "uses.unknown_sketch", "rights.no_such_page"}),
)

HOMES: Mapping[str, str] = {
    "applicant": "applicant",
    "panel": "panel",
    "recipient": "recipient",
    "registrar": "registrar",
    "reviewer": "panel",
}
"""The first page of each role that has pages, by the name of its address."""
