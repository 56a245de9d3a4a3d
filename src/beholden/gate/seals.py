# SPDX-License-Identifier: Apache-2.0
"""What a sealed handover says in the log, made from its row; and how a paper is known again. Writes nothing."""

import hmac

from beholden.gate.models import Compulsion
from beholden.home import here
from beholden.home.keys import derived
from beholden.ledger.canonical import Json
from beholden.ledger.sealing import commitment, report_commitment
from beholden.ledger.vocabulary.sealed import Details
from beholden.ledger.vocabulary.terms import recipient_key_hash
from beholden.people.queries import organisation

_PAPERS = b"beholden/order/v1\n"


def sealed_entry(held: Compulsion) -> dict[str, Json]:
    """Return the entry of a seal, but for its number; with `second`, once somebody has signed."""
    details = Details.from_json(held.details)
    entry: dict[str, Json] = {
        "band": details.set.n,
        "commitment": commitment(details, bytes(held.salt)).hex(),
        "opens_by": held.opens_by.isoformat(),
        "power": details.power,
        "regulator": recipient_key_hash(bytes.fromhex(organisation(held.regulator).check_key)).hex(),
        "regulator_commitment": report_commitment(held.report, bytes(held.report_salt)).hex(),
    }
    return entry if held.second is None else {**entry, "second": held.second}


def paper_digest(issuer: str, reference: str) -> str:
    """Return the keyed digest under which a paper is known again, so that one paper compels one handover."""
    paper = f"{issuer}\n{reference}".encode()
    return hmac.digest(derived(here(), "lookup", _PAPERS), paper, "sha256").hex()
