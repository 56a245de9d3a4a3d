# SPDX-License-Identifier: Apache-2.0
"""Hands a family its receipt of consent as a file for machines, beside the page that is its receipt for people.

At a press, so that no preview takes one. The file is of what was said under the numbers that this sitting knows: those
saved in it, and the one that was typed.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from beholden.choices.consent.receipt import Controller
from beholden.choices.consent.receipt_file import MEDIA_TYPE
from beholden.refusals import Refusal
from beholden.rights.receipts import receipt
from beholden.web.family.answering import with_letter
from beholden.web.family.sitting import FAMILY, Saved, Sitting
from beholden.web.present import catalogue, now

NAME = "receipt-of-consent.jsonld"


@require_POST
@with_letter
def of_this_sitting(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Hand over the receipt of what was pressed about one child in this sitting, newest first."""
    said = [one.number for one in _saved(sitting, place) if one.use == sitting.current]
    return _file(request, sitting, place, tuple(said))


@require_POST
@with_letter
def of_a_number(request: HttpRequest, sitting: Sitting, place: int) -> HttpResponse:
    """Hand over the receipt of the answer whose number was typed, with what was pressed about the same use since."""
    typed = (sitting.number,) if sitting.number else ()
    return _file(request, sitting, place, (*typed, *(one.number for one in _saved(sitting, place))))


def _saved(sitting: Sitting, place: int) -> tuple[Saved, ...]:
    """Return what was saved in this sitting as a yes or a no to a use, about one child, newest first."""
    return tuple(one for one in reversed(sitting.saved) if one.scope in {"use", "yes"} and place in one.said)


def _file(request: HttpRequest, sitting: Sitting, place: int, numbers: tuple[str, ...]) -> HttpResponse:
    child = sitting.child(place)
    if child is None:
        raise Http404
    said = settings.SERVICE
    keeper = Controller(said["OWNER"], said["POST"], said["PHONE"], request.build_absolute_uri("/"))
    try:
        raw = receipt(
            sitting.letter,
            child=child.person,
            numbers=numbers,
            controller=keeper,
            catalogue=catalogue(),
            by=FAMILY,
            at=now(),
        )
    except Refusal as no:
        raise Http404 from no
    response = HttpResponse(raw, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return response
