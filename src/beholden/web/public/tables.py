# SPDX-License-Identifier: Apache-2.0
"""Tables for anybody: what there is, the builder, what can be taken away, and the public log of questions (D24, U11).

Nothing is counted here. A question goes to the keeper by its own words, and the answer is shown as its document has it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from beholden.catalogue.tiles import tiles_here
from beholden.hatch.asking import ask
from beholden.hatch.verbs import TABLES_ASK, TABLES_LOG, TABLES_SHELF, Nothing
from beholden.kinds import ItemId
from beholden.refusals import Refusal
from beholden.tables import address, chart, document, grid, jsonstat, tidy, tiles, workbook
from beholden.tables.document import Table
from beholden.tables.policy import MISSING
from beholden.tables.shelf import Ask, DataSet, Release, Shelf
from beholden.web.asker import asker
from beholden.web.errors import refused_as_data
from beholden.web.present import catalogue
from beholden.web.public import building, drawing
from beholden.web.public.register import as_csv
from beholden.web.public.sums import sheet
from beholden.web.words import listed

MOST_ROWS = 60
"""So many lines of a table stand on its page; its files have all."""

MOST_LINES = 200
_STATUS = {
    "hatch.silent": 503,
    "tables.document": 503,
    "tables.enough_today": 429,
    "tables.overlap": 429,
    "tables.unknown_data_set": 404,
    "tables.unsaid": 503,
}
_BAD_QUESTION = 422
_UNITS = {"count": "Children", "rate": "Of 100", "mean": "Mean"}


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """List what tables can be made of, with every release that there ever was."""
    try:
        found = ask(TABLES_SHELF, Nothing())
    except Refusal as no:
        return _no_tables(request, no)
    sets = [
        (one, building.standing(one), [(release, _moments(release)) for release in one.releases])
        for one in found.sets
    ]
    return render(request, "public/tables.html", {"here": "tables", "sets": sets}, using="pages")


@require_safe
def shelf_json(request: HttpRequest) -> HttpResponse:
    """Return what tables can be made of as JSON."""
    return _as_data(lambda: JsonResponse(building.plain(ask(TABLES_SHELF, Nothing()))))


@require_safe
def table(request: HttpRequest, about: str) -> HttpResponse:
    """Show the builder and, once something is asked, the table, its chart, its map, and what is hidden in it."""
    try:
        found = _named(ask(TABLES_SHELF, Nothing()), about)
    except Refusal as no:
        return _no_tables(request, no)
    if not request.GET:
        return _page(request, found, building.Filled(by=(found.period,) if found.period else ()))
    form = building.filled(request.GET)
    said = urlencode(building.pairs(form, found))
    try:
        building.check(form)
        question = address.question(about, said)
        wanted = address.query(question)
        if parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True) != parse_qsl(wanted):
            return HttpResponseRedirect(f"{reverse('table', args=[about])}?{wanted}")
        given = _answered(request, question)
    except Refusal as no:
        return _page(request, found, form, no=no)
    return _page(request, found, form, given)


@require_safe
def taken(request: HttpRequest, about: str, form: str) -> HttpResponse:
    """Return the table of an address as a file: the document itself, or one of the forms that other programs read."""

    def made() -> HttpResponse:
        given = _answered(request, address.question(about, request.META["QUERY_STRING"]))
        if form == "json":
            return HttpResponse(given.raw, content_type="application/json")
        if form == "csv":
            return as_csv(about, tidy.table(given.table))
        found = _named(ask(TABLES_SHELF, Nothing()), about)
        words, where = building.words(found), _address(request, found, given.table)
        if form in {"svg", "map.svg"}:
            return _drawing(found, given.table, form, where)
        if form == "json-stat":
            roles = jsonstat.Roles(building.area_of(found, given.table.by), found.period)
            return JsonResponse(jsonstat.dataset(given.table, words, roles, where))
        book = HttpResponse(workbook.workbook(given.table, words, where), content_type=workbook.KIND)
        book.headers["Content-Disposition"] = f'attachment; filename="{about}.xlsx"'
        return book

    return _as_data(made)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Show the public log of questions: what was asked of which day, and how often; never by whom."""
    try:
        offered, found = ask(TABLES_SHELF, Nothing()), ask(TABLES_LOG, Nothing()).lines
    except Refusal as no:
        return _no_tables(request, no)
    lines = []
    for one in found[:MOST_LINES]:
        question = json.loads(one.question)
        lines.append((one, building.in_words(offered, question), question["about"], address.query(question)))
    values = {"here": "tables", "lines": lines, "more": len(found) - len(lines)}
    return render(request, "public/tables_log.html", values, using="pages")


@require_safe
def asked_json(request: HttpRequest) -> HttpResponse:
    """Return the public log of questions as JSON."""

    def made() -> HttpResponse:
        lines = ask(TABLES_LOG, Nothing()).lines
        told = [{"day": one.day, "question": json.loads(one.question), "often": one.often} for one in lines]
        return JsonResponse({"questions": told})

    return _as_data(made)


@require_safe
def asked_csv(request: HttpRequest) -> HttpResponse:
    """Return the public log of questions as CSV."""

    def made() -> HttpResponse:
        columns = ("day", "question", "often")
        lines = ask(TABLES_LOG, Nothing()).lines
        return as_csv(
            "table-questions",
            sheet(columns, ({name: getattr(one, name) for name in columns} for one in lines)),
        )

    return _as_data(made)


# --- asking ---


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: the document as it came, and the table that was read from it."""

    raw: str
    table: Table


def _answered(request: HttpRequest, question: dict[str, Any]) -> Given:
    raw = ask(TABLES_ASK, Ask(json.dumps(question), asker(request))).document
    return Given(raw, document.read(raw))


def _named(shelf: Shelf, about: str) -> DataSet:
    found = building.named(shelf, about)
    if found is None:
        raise Http404
    return found


# --- showing ---


def _page(
    request: HttpRequest,
    found: DataSet,
    form: building.Filled,
    given: Given | None = None,
    *,
    no: Refusal | None = None,
) -> HttpResponse:
    values: dict[str, Any] = {"here": "tables", "set": found, "form": form, "no": no, "answer": None}
    values["releases"] = [(one, _moments(one)) for one in building.standing(found)]
    values["withheld"] = [(_label(name), why) for name, why in found.withheld]
    if given:
        values["answer"] = _answer(request, found, given.table)
    status = _STATUS.get(no.code, _BAD_QUESTION) if no else 200
    return render(request, "public/table.html", values, status=status, using="pages")


def _answer(request: HttpRequest, found: DataSet, table: Table) -> dict[str, Any]:
    release = next((_moments(one) for one in found.releases if one.name == table.release), "")
    words = building.words(found)
    return {
        "table": table,
        "title": table.title(words),
        "of": release,
        "words": words,
        "unit": _UNITS[table.asked],
        "grid": grid.grid(table, found.period),
        "most": MOST_ROWS,
        "marks": grid.marks(table.hidden),
        "hidden": sum(one.cells for one in table.hidden),
        "missing": any(MISSING in of for of in table.categories),
        "chart": chart.picture(table, found.period),
        "maps": _map(found, table),
        "area": building.area_of(found, table.by),
        "query": building.lasting(found, table),
        "address": _address(request, found, table),
    }


def _drawing(found: DataSet, table: Table, form: str, where: str) -> HttpResponse:
    """Return the chart of a table, or its map, as a file of its own."""
    shown = _map(found, table) if form == "map.svg" else chart.picture(table, found.period)
    values = {
        "drawn": drawing.drawing(table, table.title(building.words(found)), shown, where),
        "margin": drawing.MARGIN,
    }
    made = HttpResponse(
        render_to_string("public/drawing.svg", values, using="pages"), content_type="image/svg+xml"
    )
    made.headers["Content-Disposition"] = f'attachment; filename="{found.name}.{form}"'
    return made


def _map(found: DataSet, table: Table) -> tiles.Maps | None:
    known = {name: tiles.Place(*where) for name, where in tiles_here().items()}
    return tiles.maps(table, building.area_of(found, table.by), known)


def _address(request: HttpRequest, found: DataSet, table: Table) -> str:
    """Return the whole address that makes a table again."""
    return request.build_absolute_uri(
        f"{reverse('table', args=[found.name])}?{building.lasting(found, table)}"
    )


def _moments(release: Release) -> str:
    """Return which censuses a release counts, in the catalogue's words."""
    known = catalogue().collections
    return listed(tuple(known[one].label if one in known else one for one in release.moments))


def _label(name: str) -> str:
    """Return what nobody may ask by in the catalogue's words, or else its own."""
    item = catalogue().items.get(ItemId(name))
    return item.label if item else name.replace("_", " ")


def _no_tables(request: HttpRequest, no: Refusal) -> HttpResponse:
    values = {"here": "tables", "no": no}
    return render(request, "public/no_tables.html", values, status=_STATUS.get(no.code, 503), using="pages")


def _as_data(made: Callable[[], HttpResponse]) -> HttpResponse:
    """Return what was asked for as data, or the refusal as data; pages of other sites may read either.

    That gives them nothing that is not anybody's: it is the same whoever asks, and whatever cookie comes along.
    """
    try:
        answer = made()
    except Refusal as no:
        answer = refused_as_data(no, _STATUS.get(no.code, _BAD_QUESTION))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
