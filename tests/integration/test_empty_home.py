# SPDX-License-Identifier: Apache-2.0
"""A home in which nothing was taken in yet: every public page and every command that only looks says so, and never breaks. D26."""

import json

import pytest

import homes
from integration.test_redress_commands import command
from integration.test_who_sees_what import ADDRESSES, PRIVATE
from integration.world import BEGAN, CATALOGUE, REGISTRAR


@pytest.fixture(scope="module", params=["founded", "under rules"])
def empty(request, base_home):
    """A home in which not even rules are set, and one as `init` leaves it."""
    from beholden.gate.actions.governing import set_catalogue
    from beholden.hatch.keeping import open_hatch
    from beholden.hatch.table import keeper
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        if request.param == "under rules":
            set_catalogue(CATALOGUE, by=REGISTRAR, at=BEGAN)
        with open_hatch(home, keeper(CATALOGUE, since=BEGAN)):
            yield home, request.param


PUBLIC = {name: route for name, door, route in ADDRESSES if door not in PRIVATE}
NOTHING_THERE = {
    *("use-json", "use-numbers", "use", "recipient-routes", "log-entry", "log-tile", "log-text"),
    "log-catalogue",
    "catalogue-file",
    "table",
}
"""Pages about one thing, of which there is none."""

NOTHING_ASKED = {f"table-{form}" for form in ("csv", "json", "json-stat", "map-svg", "svg", "xlsx")}
"""Files of a table, at an address that asks no question: refused, with what to ask."""

NO_LOG = {
    **dict.fromkeys(("log-key", "log-checkpoint"), 404),
    **dict.fromkeys(("report-card", "report-card-json", "report-card-csv", "report-card-subject"), 503),
}
"""Pages made of the log, before its first entry: nothing is there, or nothing can be graded yet."""


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_page_of_an_empty_home_is_there_or_says_that_nothing_is(empty, name):
    from django.test import Client
    from django.test.utils import override_settings

    route = PUBLIC[name]
    for part, value in (
        *(("<str:ref>", "U-2026-0001"), ("<str:body>", "nobody"), ("<int:index>", "999")),
        ("<str:about>", "nothing"),
        *(
            ("<slug:name>", "transparency"),
            ("^log/(?P<name>[a-z]+)/(?P<tile>tile/.+)$", "log/events/tile/0/000"),
        ),
        ("<str:name>", "0" * 64 if "catalogues" in route else "events"),
    ):
        route = route.replace(part, value)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = Client(raise_request_exception=False).get(f"/{route}")
    wanted = 404 if name in NOTHING_THERE else 422 if name in NOTHING_ASKED else 200
    if empty[1] == "founded":
        wanted = NO_LOG.get(name, wanted)
    assert answer.status_code == wanted
    assert "Traceback" not in answer.content.decode()
    if wanted == 503:
        assert "log" in answer.content.decode()


COMMANDS = {
    ("fsck", "--json"): 0,
    ("answers", "--json"): 0,
    ("grade", "--json"): 0,
    ("rules", "show"): 0,
    ("incident", "list"): 0,
    ("message", "late"): 0,
    ("message", "key"): 0,
}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_that_looks_at_an_empty_home_ends_well_or_says_what_to_do(empty, words):
    status, said = command(empty[0], *words)
    ungraded = empty[1] == "founded" and words[0] == "grade"
    assert status == ("reportcard.no_log" if ungraded else COMMANDS[words]), said
    if words[-1] == "--json" and not ungraded:
        assert json.loads(said)
