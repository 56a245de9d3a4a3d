# SPDX-License-Identifier: Apache-2.0
"""*Yes or no*, child by child, where a use needs a yes. Two buttons that look alike; no button pressed is a no (D12).

A press is the answer: a no is as quick as a yes, and a yes is taken back as quickly as it was said. What was said
before this sitting is shown to nobody here: whoever carries the letters can open one (`family.mine`).
"""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from beholden.choices.rules import Answer, Permission
from beholden.refusals import Refusal
from beholden.rights.actions import Child, Notice, YesAsked, agree, answer
from beholden.web.family.answering import BAD_INPUT, asker, closed, with_letter
from beholden.web.family.reading import Fault
from beholden.web.family.sitting import FAMILY, Saved, Sitting
from beholden.web.onward import see_other
from beholden.web.present import catalogue, now


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def ask(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Ask for a yes or a no about one child, and save what is pressed. A form sent twice is one answer."""
    child, notice, asked = _about(sitting, place)
    if request.method != "POST":
        sitting.about_to_press()
        return _page(request, sitting, child, notice, asked, None)
    pressed = request.POST.get("answer", "")
    if pressed not in {Permission.AGREE, Answer.KEEP_OUT}:
        return _page(
            request, sitting, child, notice, asked, Fault("answer", f"Press yes or no for {child.name}")
        )
    try:
        saved = _save(sitting, child, notice, asked, is_yes=pressed == Permission.AGREE)
    except Refusal:
        return closed(request)
    sitting.remember(saved)
    return see_other("letter-permission-saved", place)


def _about(sitting: Sitting, place: int) -> tuple[Child, Notice, YesAsked]:
    child, notice = sitting.child(place), sitting.notice(sitting.current)
    if child is None or notice is None or notice.yes is None:
        raise Http404
    return child, notice, notice.yes


def _save(sitting: Sitting, child: Child, notice: Notice, asked: YesAsked, *, is_yes: bool) -> Saved:
    last = sitting.last_about(child.position)
    if is_yes:
        if last is not None and last.scope == "use":
            sitting.about_to_press()  # a yes after a no is a new yes, also from a page that was open before
        receipt = agree(
            sitting.letter,
            use=notice.use,
            child=child.person,
            asked=asked.digest,
            press=sitting.press,
            by=FAMILY,
            at=now(),
        )
        return Saved("yes", sitting.current, receipt.number, receipt.at, {child.position: Permission.AGREE})
    receipt = answer(
        sitting.letter,
        use=notice.use,
        keep_out=(child.person,),
        press=sitting.press,
        by=FAMILY,
        at=now(),
    )
    return Saved("use", sitting.current, receipt.number, receipt.at, {child.position: Answer.KEEP_OUT})


def _page(  # noqa: PLR0917  what the one page is made of
    request: HttpRequest, sitting: Sitting, child: Child, notice: Notice, asked: YesAsked, fault: Fault | None
) -> HttpResponse:
    values = {
        "open": True,
        "notice": notice,
        "asked": asked,
        "asker": asker(notice),
        "child": child,
        "place": sitting.current,
        "fault": fault,
    }
    return render(
        request, "family/permission.html", values, status=BAD_INPUT if fault else 200, using="pages"
    )


@require_safe
@with_letter
def said(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Show what is saved about one child, under which number, and who comes next."""
    child, notice, asked = _about(sitting, place)
    last = sitting.last_about(place)
    if last is None:
        return see_other("letter-permission", place)
    unsaid = [one for one in sitting.letter.children if sitting.last_about(one.position) is None]
    most = last.at.date() + timedelta(days=catalogue().limits.consent_days)
    values = {
        "open": True,
        "notice": notice,
        "asked": asked,
        "child": child,
        "last": last,
        "is_yes": last.scope == "yes",
        "until": min(asked.last_on, most),
        "undo_days": catalogue().limits.undo_days,
        "following": unsaid[0] if unsaid else None,
        "names": sitting.names,
    }
    return render(request, "family/permission_saved.html", values, using="pages")
