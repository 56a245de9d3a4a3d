# SPDX-License-Identifier: Apache-2.0
"""Answers one question about tables, and counts it in the public log of questions first. Who asks is kept nowhere."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from beholden.catalogue import Catalogue
from beholden.gate import shelves
from beholden.gate.check import check_may_count
from beholden.gate.counter import Counter
from beholden.gate.models import TableAsked
from beholden.kinds import Actor
from beholden.tables.answering import Answer
from beholden.tables.question import QuestionRefused, addressed


def answer(
    question: bytes, asker: str, counter: Counter, *, catalogue: Catalogue, by: Actor, at: datetime
) -> Answer:
    """Return the answer to a question; its line in the public log of questions is committed before."""
    about, _ = addressed(question)
    if about not in catalogue.data_sets:
        known = ", ".join(sorted(catalogue.data_sets)) or "none"
        raise QuestionRefused(
            "unknown_data_set", "There is no such data set.", f"Say in the field about one of these: {known}."
        )
    check_may_count(catalogue.data_set(about), catalogue, on=at.date())
    made = counter.answered(question, asker, at=at)
    _count(made, at=at)
    return made


def _count(made: Answer, *, at: datetime) -> None:
    text = shelves.text_of(made.question, made.release.removeprefix(f"{made.question.about}-"))
    with transaction.atomic():
        line, _ = TableAsked.objects.get_or_create(
            day=at.date(), release_id=made.release, question=text, defaults={"often": 0}
        )
        TableAsked.objects.filter(pk=line.pk).update(often=F("often") + 1)
