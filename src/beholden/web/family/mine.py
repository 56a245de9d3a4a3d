# SPDX-License-Identifier: Apache-2.0
"""*I have answered before*: shows and changes an earlier answer to whoever types its number, and to nobody else.

The code and a birth date are known to the school that carried the letter; the number is known to who answered.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from beholden.choices.rules import Answer, Permission, Scope
from beholden.refusals import Refusal
from beholden.rights.actions import Answered, Child, EarlierAnswer, answer, earlier_answer
from beholden.web.family.answering import BAD_INPUT, with_letter
from beholden.web.family.reading import LONGEST, Fault
from beholden.web.family.sitting import FAMILY, Saved, Sitting
from beholden.web.onward import see_other
from beholden.web.present import catalogue, now

UNKNOWN = "We do not know this number. Look at each letter and number again"


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def ask(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Ask for the number of an earlier answer."""
    if request.method != "POST":
        return _ask_page(request, sitting, "", None)
    said = request.POST.get("number", "")[:LONGEST]
    if not said.strip():
        return _ask_page(request, sitting, said, Fault("number", "Enter the number of your answer"))
    if _found(sitting, said) is None:
        return _ask_page(request, sitting, said, Fault("number", UNKNOWN))
    sitting.session["number"] = said
    return see_other("letter-mine-answer")


def _ask_page(request: HttpRequest, sitting: Sitting, said: str, fault: Fault | None) -> HttpResponse:
    values = {"open": True, "said": said, "fault": fault, "place": sitting.current}
    return render(request, "family/mine.html", values, status=BAD_INPUT if fault else 200, using="pages")


@require_http_methods(["GET", "HEAD", "POST"])
@with_letter
def change(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Show what was said under the number, and take a no back child by child."""
    found = _found(sitting, sitting.number)
    if found is None:
        return see_other("letter-mine")
    if request.method != "POST":
        sitting.about_to_press()
        return _answer_page(request, sitting, found, None)
    back = request.POST.get("back", "")
    if back == Answer.KEEP_OUT:
        return see_other("letter-use", sitting.current)
    chosen = tuple(one for one in _kept_out(found) if back in {"all", str(one.child.position)})
    if not chosen:
        return _answer_page(request, sitting, found, Fault("back", "Choose what should happen now"))
    try:
        receipt = answer(
            sitting.letter,
            use=found.use,
            purpose=found.purpose,
            everything=found.scope is Scope.ALL,
            invitations=found.scope is Scope.CONTACT,
            leave_in=tuple(one.child.person for one in chosen),
            receipt=sitting.number,
            press=sitting.press,
            by=FAMILY,
            at=now(),
        )
    except Refusal:
        return see_other("letter-mine")
    left_in = {one.child.position: Answer.LEAVE_IN for one in chosen}
    sitting.remember(
        Saved("undone", _place(sitting, found), receipt.number, receipt.at, left_in, _about(sitting, found))
    )
    return see_other("letter-saved")


@require_POST
@with_letter
def take_yes_back(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Say no where a yes was said, at one press: it counts at once (UK GDPR Art 7(3))."""
    found = _found(sitting, sitting.number)
    agreed = () if found is None else _agreed(found)
    if found is None or not agreed:
        return see_other("letter-mine")
    try:
        receipt = answer(
            sitting.letter,
            use=found.use,
            keep_out=tuple(child.person for child in agreed),
            press=sitting.press,
            by=FAMILY,
            at=now(),
        )
    except Refusal:
        return see_other("letter-mine")
    kept_out, place = {child.position: Answer.KEEP_OUT for child in agreed}, _place(sitting, found)
    sitting.remember(Saved("use", place, receipt.number, receipt.at, kept_out, _about(sitting, found)))
    if not place:
        return see_other("letter-saved")
    sitting.begin(place)
    return see_other("letter-permission-saved", agreed[0].position)


def _place(sitting: Sitting, found: EarlierAnswer) -> int:
    """Return the place in this letter of the use that an answer was about; 0 for what stands in none of its places."""
    places = (place for place, one in enumerate(sitting.letter.notices, 1) if one.use == found.use)
    return next(places, 0)


def _about(sitting: Sitting, found: EarlierAnswer) -> str:
    """Return the code of what an answer was about, where it stands in none of this letter's places."""
    return "" if _place(sitting, found) else found.use or found.purpose or ""


def _agreed(found: EarlierAnswer) -> tuple[Child, ...]:
    """Return those for whom a yes was said under this number."""
    return tuple(one.child for one in found.children if one.answer is Permission.AGREE)


def _with_receipt(sitting: Sitting, found: EarlierAnswer) -> tuple[Child, ...]:
    """Return those of whom a receipt of consent can be taken: a yes or a no to a use that asks for a yes."""
    asks = any(one.use == found.use and one.yes is not None for one in sitting.letter.notices)
    said = (Permission.AGREE, Answer.KEEP_OUT) if asks else (Permission.AGREE,)
    return tuple(one.child for one in found.children if one.answer in said)


def _answer_page(
    request: HttpRequest, sitting: Sitting, found: EarlierAnswer, fault: Fault | None
) -> HttpResponse:
    values = {
        "open": True,
        "own": sitting.letter.own,
        "fault": fault,
        "found": found,
        "scope": found.scope.value,
        "kept_out": tuple(one.child for one in _kept_out(found)),
        "undone": tuple(one for one in found.children if one.undone_from is not None),
        "left_in": tuple(one.child.name for one in found.children if one.answer is Answer.LEAVE_IN),
        "agreed": tuple(child.name for child in _agreed(found)),
        "receipts": _with_receipt(sitting, found),
        "undo_days": catalogue().limits.undo_days,
        "place": _place(sitting, found),
    }
    return render(
        request, "family/mine_answer.html", values, status=BAD_INPUT if fault else 200, using="pages"
    )


def _kept_out(found: EarlierAnswer) -> tuple[Answered, ...]:
    """Return those who were kept out under this number and for whom that was not taken back under it."""
    return tuple(one for one in found.children if one.answer is Answer.KEEP_OUT and one.undone_from is None)


def _found(sitting: Sitting, number: str) -> EarlierAnswer | None:
    try:
        return earlier_answer(sitting.letter, number=number, catalogue=catalogue(), by=FAMILY, at=now())
    except Refusal:
        return None
