# SPDX-License-Identifier: Apache-2.0
"""Answers a request that was refused rows by a table that harms nobody: the question stands with the refusal (D20)."""

import hashlib
from datetime import datetime

from django.db import transaction

from beholden.catalogue import Catalogue
from beholden.kinds import Actor, Role, UseRef
from beholden.ledger.canonical import print_json
from beholden.tables import policy, question
from beholden.tables.answering import written
from beholden.uses.rules.application import wrong
from beholden.uses.rules.life import State
from beholden.uses.steps import check_officer, check_state, file, locked


@transaction.atomic
def answer_by_table(ref: UseRef, asked: bytes, *, catalogue: Catalogue, by: Actor, at: datetime) -> None:
    """File a question about tables as the answer to a request that was refused.

    The plan: 1 it was refused; 2 the question is one that the policy in force answers; 3 it names no release, so that
    whoever follows it later is answered by the one that then stands; 4 it is filed in its one order, once.
    """
    check_officer(by, Role.REGISTRAR, "answer a request by a table")
    use = locked(ref)
    check_state(use, State.REFUSED, what="answer it by a table")  # 1
    about, release = question.addressed(asked)
    read = question.read(asked, policy.read(catalogue.data_set(about).policy.encode()))  # 2
    if release:  # 3
        raise wrong(
            "table_release",
            "A table that answers a request is one that anybody can ask for later too.",
            "Leave out the release.",
            "D20, D24",
        )
    said = written(read)
    key = hashlib.sha256(print_json(said)).hexdigest()[:32]
    file(use, "table", {"question": said}, key=key, by=by, at=at)  # 4
