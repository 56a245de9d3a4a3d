# SPDX-License-Identifier: Apache-2.0
"""A reviewer's five questions, one a page; a member's answer; the answer to a school.

Nothing of a review is kept before it is handed in: what was answered on the pages before travels with the form.
"""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from beholden.hatch.asking import ask
from beholden.hatch.verbs import PANEL_REPLY, PANEL_REQUEST, PANEL_REVIEW, PANEL_VOTE, PANEL_WAITING
from beholden.refusals import Refusal
from beholden.rights.panel.asked import Marked, Replied, Request, Reviewed, Voted
from beholden.rights.shown import Shown, WhichUse
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.sitting import BAD_INPUT

LONGEST = 2_000
PARTS = ("says", "reason", "condition")


@require_http_methods(["GET", "HEAD", "POST"])
@OFFICE.inside("reviewer")
def review(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Ask one of the five questions, or the last one, what they amount to; then hand in."""
    found = _read(shown, ref)
    if found is None or found.use.then != "answer":
        return see_other("panel-request", ref)
    marks = {question: _marked(question, request.POST) for question, _ in found.questions}
    order = list(marks)
    step = request.POST.get("step", "")
    if request.method != "POST" or (step not in order and step != "last"):
        return _question_page(request, found, marks, order[0])
    if step == "last":
        return _handed_in(request, shown, found, marks)
    missing = _missing(marks[step])
    if missing:
        return _question_page(request, found, marks, step, missing)
    after = order[order.index(step) + 1 :]
    return _question_page(request, found, marks, after[0] if after else "last")


def _read(shown: Shown, ref: str) -> Request | None:
    """Return the request, or None where an interest is to be declared first."""
    try:
        return ask(PANEL_REQUEST, WhichUse(shown, ref))
    except Refusal as no:
        if no.code != "uses.interest_first":
            raise
        return None


def _marked(question: str, posted: QueryDict) -> Marked:
    said = {part: posted.get(f"{part}-{question}", "").strip()[:LONGEST] for part in PARTS}
    condition = said["condition"] if said["says"] == "yes_if" else ""
    without = tuple(posted.getlist("without")) if question == "facts" else ()
    return Marked(question, said["says"], said["reason"], condition, without)


def _missing(mark: Marked) -> str:
    """Return what this page's form still lacks; whether an answer holds is the keeper's to say in the end."""
    if not mark.says:
        return "Choose one answer"
    if not mark.reason:
        return "Give the reason. It is public"
    return "Say what must be done first" if mark.says == "yes_if" and not mark.condition else ""


def _question_page(
    request: HttpRequest, found: Request, marks: Mapping[str, Marked], step: str, fault: str = ""
) -> HttpResponse:
    values = {
        "here": "waiting",
        "officer": found.officer,
        "found": found,
        "marks": marks,
        "step": step,
        "words": dict(found.questions),
        "place": [*marks, "last"].index(step) + 1,
        "fault": fault,
        "faults": {f"says-{step}": fault} if fault else {},
    }
    return render(request, "panel/review.html", values, status=BAD_INPUT if fault else 200, using="pages")


def _handed_in(
    request: HttpRequest, shown: Shown, found: Request, marks: Mapping[str, Marked]
) -> HttpResponse:
    recommends = request.POST.get("says-last", "")
    try:
        ask(PANEL_REVIEW, Reviewed(shown, found.use.ref, tuple(marks.values()), recommends))
    except Refusal as no:
        OFFICE.beside_the_field(no)
        return _question_page(request, found, marks, "last", f"{no.sentence} {no.next_step}")
    return see_other("panel-request", found.use.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@OFFICE.inside("panel")
def vote(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Take a member's answer."""
    given = {part: request.POST.get(part, "").strip()[:LONGEST] for part in PARTS}
    no = None
    if request.method == "POST":
        condition = given["condition"] if given["says"] == "yes_if" else ""
        try:
            ask(PANEL_VOTE, Voted(shown, ref, given["says"], given["reason"], condition))
        except Refusal as refused:
            no = OFFICE.beside_the_field(refused)
        else:
            return see_other("panel-request", ref)
    found = _read(shown, ref)
    if found is None:
        return see_other("panel-interest", ref)
    values = {"here": "waiting", "officer": found.officer, "found": found, "given": given, "no": no}
    values |= {"faults": {"says": no.sentence} if no else {}}
    return render(request, "panel/vote.html", values, status=BAD_INPUT if no else 200, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@OFFICE.inside("panel")
def reply(request: HttpRequest, shown: Shown, ref: str, school: str) -> HttpResponse:
    """Answer one school's objection by name, in public."""
    given, no = request.POST.get("text", "")[:LONGEST], None
    if request.method == "POST":
        try:
            ask(PANEL_REPLY, Replied(shown, ref, school, given))
        except Refusal as refused:
            no = OFFICE.beside_the_field(refused)
        else:
            return see_other("panel")
    found = ask(PANEL_WAITING, shown)
    objection = next((one for one in found.objections if (one.ref, one.school) == (ref, school)), None)
    if objection is None:
        return see_other("panel")
    values = {"here": "waiting", "officer": found.officer, "one": objection, "given": given, "no": no}
    values |= {"faults": {"text": no.sentence} if no else {}}
    return render(request, "panel/reply.html", values, status=BAD_INPUT if no else 200, using="pages")
