# SPDX-License-Identifier: Apache-2.0
"""A reviewer's five questions, one a page; a member's answer; the answer to a school.

Nothing of a review is kept before it is handed in: what was answered on the pages before travels with the form.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from beholden.hatch.asking import ask
from beholden.hatch.verbs import PANEL_REPLY, PANEL_REVIEW, PANEL_VOTE, PANEL_WAITING
from beholden.refusals import Refusal
from beholden.rights.panel.asked import Marked, Objects, Replied, Request, Reviewed, Voted
from beholden.rights.shown import Shown
from beholden.uses.standing import hearing
from beholden.uses.voices import named
from beholden.web.officers import OFFICE
from beholden.web.onward import see_other
from beholden.web.panel.reading import LONGEST, read, whole
from beholden.web.sitting import BAD_INPUT

NOTHING: Mapping[str, str] = MappingProxyType({})
PARTS = ("says", "reason", "condition")
_BESIDE = {"uses.no_reason": "reason", "uses.condition": "condition", "uses.too_long": "reason"}
"""Beside which field a refusal of a member's answer stands; every other stands beside the choice."""


@require_http_methods(["GET", "HEAD", "POST"])
@OFFICE.inside("reviewer")
def review(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Ask one of the five questions, or the last one, what they amount to; then hand in."""
    found = read(shown, ref)
    if found is None:
        return see_other("panel-interest", ref)
    marks = {question: _marked(question, request.POST) for question, _ in found.questions}
    order = list(marks)
    step = request.POST.get("step", "")
    if step == "last" and request.method == "POST":
        return _handed_in(request, shown, found, marks)
    if found.use.then != "answer":
        return see_other("panel-request", ref)
    if request.method != "POST" or step not in order:
        return _question_page(request, found, marks, order[0])
    missing = _missing(marks[step])
    if missing:
        return _question_page(request, found, marks, step, missing)
    after = order[order.index(step) + 1 :]
    return _question_page(request, found, marks, after[0] if after else "last")


def _marked(question: str, posted: QueryDict) -> Marked:
    """Return what was typed, all of it: a condition beside another answer is shown again, and never dropped."""
    said = {part: posted.get(f"{part}-{question}", "").strip()[:LONGEST] for part in PARTS}
    without = tuple(posted.getlist("without")) if question == "facts" else ()
    return Marked(question, said["says"], said["reason"], said["condition"], without)


def _missing(mark: Marked) -> Mapping[str, str]:
    """Return what this page's form still lacks, by field; whether an answer holds is the keeper's to say in the end."""
    if not mark.says:
        return {f"says-{mark.question}": "Choose one answer"}
    if not mark.reason:
        return {f"reason-{mark.question}": "Give the reason. It is public"}
    if mark.says == "yes_if" and not mark.condition:
        return {f"condition-{mark.question}": "Say what must be done first"}
    if mark.says != "yes_if" and mark.condition:
        return {f"condition-{mark.question}": "Choose “Yes, if” above, or take this away"}
    return {}


def _question_page(
    request: HttpRequest,
    found: Request,
    marks: Mapping[str, Marked],
    step: str,
    faults: Mapping[str, str] = NOTHING,
) -> HttpResponse:
    values = {
        "here": "waiting",
        "officer": found.officer,
        "found": found,
        "marks": marks,
        "step": step,
        "words": dict(found.questions),
        "place": [*marks, "last"].index(step) + 1,
        "recommends": request.POST.get("says-last", ""),
        "faults": faults,
    }
    return render(request, "panel/review.html", values, status=BAD_INPUT if faults else 200, using="pages")


def _handed_in(
    request: HttpRequest, shown: Shown, found: Request, marks: Mapping[str, Marked]
) -> HttpResponse:
    recommends = request.POST.get("says-last", "")
    try:
        ask(PANEL_REVIEW, Reviewed(shown, found.use.ref, tuple(marks.values()), recommends))
    except Refusal as no:
        OFFICE.beside_the_field(no)
        if no.code == "uses.said_already":
            return whole(request, found, no)
        return _question_page(request, found, marks, "last", {"says-last": f"{no.sentence} {no.next_step}"})
    return see_other("panel-request", found.use.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@OFFICE.inside("panel")
def vote(request: HttpRequest, shown: Shown, ref: str) -> HttpResponse:
    """Take a member's answer."""
    given = {part: request.POST.get(part, "").strip()[:LONGEST] for part in PARTS}
    no = None
    if request.method == "POST":
        try:
            ask(PANEL_VOTE, Voted(shown, ref, given["says"], given["reason"], given["condition"]))
        except Refusal as refused:
            no = OFFICE.beside_the_field(refused)
        else:
            return see_other("panel-request", ref)
    found = read(shown, ref)
    if found is None:
        return see_other("panel-interest", ref)
    if found.use.then != "answer":
        return whole(request, found, no) if no else see_other("panel-request", ref)
    field = _BESIDE.get(no.code, "says") if no else ""
    values = {"here": "waiting", "officer": found.officer, "found": found, "given": given, "no": no}
    values |= {"field": field, "faults": {field: f"{no.sentence} {no.next_step}"} if no else {}}
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
    if objection is None and no is not None:
        objection = _answered(ref, school)
    if objection is None:
        return see_other("panel")
    values = {"here": "waiting", "officer": found.officer, "one": objection, "given": given, "no": no}
    values |= {"faults": {"text": no.sentence} if no else {}}
    return render(request, "panel/reply.html", values, status=BAD_INPUT if no else 200, using="pages")


def _answered(ref: str, school: str) -> Objects | None:
    """Return a school's newest objection with the answer that it has: everybody may read both."""
    found = [one for one in hearing(ref).objections if one[0] == school]
    return Objects(ref, school, named(school), *found[-1][1:]) if found else None
