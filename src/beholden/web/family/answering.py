# SPDX-License-Identifier: Apache-2.0
"""The notice, the question, the check and the receipt. Each page opens the letter afresh; saving is one domain call.

No page shows what was answered before this sitting: whoever carries the letters can open one (`family.mine`).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beholden.catalogue import FamilySays
from beholden.choices.rules import Answer
from beholden.refusals import Refusal
from beholden.rights.actions import Child, Notice, answer
from beholden.uses.queries import public_use
from beholden.web import words
from beholden.web.family.reading import Fault
from beholden.web.family.sitting import FAMILY, Saved, Sitting, current
from beholden.web.onward import see_other
from beholden.web.present import catalogue, now

BAD_INPUT = 422
EACH = "each"
ASKERS = {
    "university": "A university",
    "research body": "A research body",
    "school": "A school",
    "council": "A council",
    "local authority": "A council",
    "government": "A part of government",
    "department": "A part of government",
    "charity": "A charity",
    "company": "A company",
    "police": "The police",
}
"""How a letter names who asks, before their own name is read. An unknown kind is asked for by its name."""

_Where = ParamSpec("_Where")
_View = Callable[Concatenate[HttpRequest, _Where], HttpResponse]
_Guarded = Callable[Concatenate[HttpRequest, Sitting, _Where], HttpResponse]


def with_letter(view: _Guarded[_Where]) -> _View[_Where]:
    """Open the letter for this page, or lead back to the code."""

    def guarded(request: HttpRequest, /, *args: _Where.args, **kwargs: _Where.kwargs) -> HttpResponse:
        sitting = current(request)
        return closed(request) if sitting is None else view(request, sitting, *args, **kwargs)

    return guarded


def closed(request: HttpRequest) -> HttpResponse:
    """Lead back to the code, and say why."""
    request.session["closed"] = True
    return see_other("letter")


def asks(notice: Notice) -> bool:
    """Say whether the question *keep out or leave in* is this family's to answer.

    Where a yes is needed, silence is no and *leave in* must never stand for consent (UK GDPR Art 4(11)); where the law
    gives no say, a question would be a lie. Such a use is told, not asked.
    """
    return catalogue().purpose(notice.purpose).family_says is FamilySays.STOPS


def asker(notice: Notice) -> str:
    """Return who wants to use the records, as the heading names them."""
    return ASKERS.get(notice.kind_of_organisation.lower(), notice.who.split(",")[0])


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def use(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Show the notice and ask the question."""
    notice = sitting.notice(place)
    if notice is None:
        return _nothing_to_answer(request, sitting, place)
    sitting.begin(place)
    if not asks(notice):
        says = catalogue().purpose(notice.purpose).family_says
        values = {**_about(sitting, notice), "needs_yes": says is FamilySays.MUST_AGREE}
        return render(request, "family/told.html", values, using="pages")
    if request.method != "POST":
        return _use_page(request, sitting, notice, None)
    said = request.POST.get("answer", "")
    if said == EACH and len(sitting.letter.children) > 1:
        sitting.start_over()
        return see_other("letter-child", 1)
    if said not in set(Answer):
        whose = words.records(sitting.names, sitting.letter.own)
        return _use_page(request, sitting, notice, Fault("answer", f"Choose what should happen with {whose}"))
    sitting.say({child.position: Answer(said) for child in sitting.letter.children})
    return see_other("letter-review")


def _nothing_to_answer(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    if sitting.letter.notices or place != 1:
        raise Http404
    return render(request, "family/nothing.html", {"names": sitting.names, "open": True}, using="pages")


def _use_page(request: HttpRequest, sitting: Sitting, notice: Notice, fault: Fault | None) -> HttpResponse:
    values = {
        **_about(sitting, notice),
        "fault": fault,
        "given": _one_answer(sitting),
    }
    return render(request, "family/use.html", values, status=BAD_INPUT if fault else 200, using="pages")


def _about(sitting: Sitting, notice: Notice) -> dict[str, object]:
    """Return what every page about one use needs."""
    return {
        "open": True,
        "notice": notice,
        "asker": asker(notice),
        "names": sitting.names,
        "own": sitting.letter.own,
        "children": sitting.letter.children,
        "place": sitting.current,
        "asked": asks(notice),
    }


def _one_answer(sitting: Sitting) -> str:
    """Return the half-given answer to show as chosen; nothing is ever chosen beforehand."""
    said = {sitting.draft.get(child.position) for child in sitting.letter.children}
    if said == {None}:
        return ""
    (only,) = said if len(said) == 1 else (None,)
    return only.value if only else EACH


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def child(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Ask about one child, when the answers differ."""
    found, notice = sitting.child(place), sitting.notice(sitting.current)
    if found is None or notice is None or not asks(notice):
        raise Http404
    if request.method != "POST":
        return _child_page(request, sitting, notice, found, None)
    said = request.POST.get("answer", "")
    if said not in set(Answer):
        fault = Fault("answer", f"Choose what should happen with the record of {found.name}")
        return _child_page(request, sitting, notice, found, fault)
    sitting.say({place: Answer(said)})
    unsaid = [one.position for one in sitting.letter.children if one.position not in sitting.draft]
    return see_other("letter-child", unsaid[0]) if unsaid else see_other("letter-review")


def _child_page(
    request: HttpRequest, sitting: Sitting, notice: Notice, one: Child, fault: Fault | None
) -> HttpResponse:
    given = sitting.draft.get(one.position)
    values = {
        **_about(sitting, notice),
        "child": one,
        "fault": fault,
        "given": given.value if given else "",
    }
    return render(request, "family/child.html", values, status=BAD_INPUT if fault else 200, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def review(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Show the answer once more, and save it at a press. A form sent twice finds its answer saved."""
    notice = sitting.notice(sitting.current)
    if notice is None or not asks(notice):
        return see_other("letter-use", sitting.current if notice else 1)
    unsaid = [one.position for one in sitting.letter.children if one.position not in sitting.draft]
    if unsaid:
        if request.method == "POST" and any(one.use == sitting.current for one in sitting.saved):
            return see_other("letter-saved")
        return (
            see_other("letter-child", unsaid[0])
            if sitting.draft
            else see_other("letter-use", sitting.current)
        )
    if request.method != "POST":
        return render(
            request, "family/review.html", {**_about(sitting, notice), "draft": sitting.draft}, using="pages"
        )
    return _save(request, sitting, notice)


def _save(request: HttpRequest, sitting: Sitting, notice: Notice) -> HttpResponse:
    said = {child.person: sitting.draft[child.position] for child in sitting.letter.children}
    try:
        receipt = answer(
            sitting.letter,
            use=notice.use,
            keep_out=tuple(person for person, one in said.items() if one is Answer.KEEP_OUT),
            leave_in=tuple(person for person, one in said.items() if one is Answer.LEAVE_IN),
            press=sitting.press,
            by=FAMILY,
            at=now(),
        )
    except Refusal:
        return closed(request)
    sitting.remember(Saved("use", sitting.current, receipt.number, receipt.at, sitting.draft))
    sitting.start_over()
    return see_other("letter-saved")


@require_safe
@with_letter
def saved(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Show that the answer is saved, under which number, and what happens now. A yes has a page of its own."""
    if sitting.saved and sitting.saved[-1].scope == "yes":
        sitting.begin(sitting.saved[-1].use)
        return see_other("letter-permission-saved", *sitting.saved[-1].said)
    last = sitting.saved[-1] if sitting.saved else None
    notice = sitting.notice((last.use if last else 0) or sitting.current)
    if last is None or notice is None:
        return see_other("letter-use", 1)
    done = {one.use for one in sitting.saved if one.scope == "use"}
    waiting = [
        place
        for place, other in enumerate(sitting.letter.notices, 1)
        if other.window_open and place not in done and asks(other)
    ]
    values = {
        **_about(sitting, notice),
        "last": last,
        "elsewhere": _called(last.about) if last.about else "",
        "kept_out": _named(sitting, last.whom(Answer.KEEP_OUT)),
        "left_in": _named(sitting, last.whom(Answer.LEAVE_IN)),
        "undone_from": last.at + timedelta(days=catalogue().limits.undo_days),
        "undo_days": catalogue().limits.undo_days,
        "out_names": tuple(one.name for one in _whom_wider(sitting)),
        "waiting": waiting,
    }
    return render(request, "family/saved.html", values, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def wider(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Offer to keep the children out of more: this kind, invitations, or everything that may be refused (U3, D11)."""
    notice = sitting.notice(sitting.current)
    if notice is None:
        return see_other("letter-use", 1)
    said = request.POST.get("scope", "")
    if request.method != "POST" or said not in {"use", "purpose", "contact", "all"}:
        fault = Fault("scope", "Choose one of the four") if request.method == "POST" else None
        sitting.about_to_press()
        out_names = tuple(one.name for one in _whom_wider(sitting))
        values = {**_about(sitting, notice), "fault": fault, "out_names": out_names}
        return render(request, "family/wider.html", values, status=BAD_INPUT if fault else 200, using="pages")
    if said == "use":
        return see_other("letter-saved")
    kept_out = _whom_wider(sitting)
    try:
        receipt = answer(
            sitting.letter,
            purpose=notice.purpose if said == "purpose" else None,
            everything=said == "all",
            invitations=said == "contact",
            keep_out=tuple(child.person for child in kept_out),
            press=sitting.press,
            by=FAMILY,
            at=now(),
        )
    except Refusal:
        return closed(request)
    out = {child.position: Answer.KEEP_OUT for child in kept_out}
    sitting.remember(Saved(said, sitting.current, receipt.number, receipt.at, out))
    return see_other("letter-saved")


def _whom_wider(sitting: Sitting) -> tuple[Child, ...]:
    """Return the children whom a wider answer is about: those kept out in this sitting, or all when nobody is."""
    last, children = sitting.last_said(), sitting.letter.children
    places = last.whom(Answer.KEEP_OUT) if last else ()
    return tuple(child for child in children if child.position in places) or children


def _called(code: str) -> str:
    """Return what a use, or a kind of use, is called."""
    held = catalogue()
    return held.purpose(code).label if code in held.purposes else public_use(code, held).title


def _named(sitting: Sitting, places: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(child.name for child in sitting.letter.children if child.position in places)


@require_safe
@with_letter
def more(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Show all that is public about the use, for whoever wants to know more before answering."""
    notice = sitting.notice(sitting.current)
    if notice is None:
        return see_other("letter-use", 1)
    values = {**_about(sitting, notice), "use": public_use(notice.use, catalogue())}
    return render(request, "family/more.html", values, using="pages")


@require_POST
@with_letter
def stay(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Begin the fifteen minutes again, at a press."""
    return HttpResponse(status=204)
