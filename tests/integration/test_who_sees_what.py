# SPDX-License-Identifier: Apache-2.0
"""Every address of the pages, by every reader, with everybody else's reference in it: nobody is told anything (D35, D36).

The rows come from the URL table itself, so a page that is added is in the matrix from that moment, and a new kind of
reference in an address fails here until somebody says what another reader's looks like. The pages run in this process
with a real keeper at the hatch.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from beholden.kinds import Actor, Role
from beholden.uses.rules import Seat
from integration.officers import shown as key_of
from integration.schools import enrolled, sent
from integration.world import APPLICANT, CATALOGUE, HEARD, MEMBERS, RECIPIENT, REGISTRAR, REVIEWERS, World

OTHER_BODY = Actor("applicant-2", Role.APPLICANT, "welfare")
OTHER_TITLE = "The other body asks for a use of its own"

PRIVATE = ("letter", "family", "school", "office", "applicant", "panel", "recipient", "registrar")
OPEN = {
    *("letter", "letter-scanned", "letter-check", "letter-not-me", "letter-not-me-thanks", "letter-lost"),
    *("letter-leave", "letter-left", "school-sign-in", "school-leave", "school-left"),
    *("office-sign-in", "office-leave", "office-left"),
}
"""Pages of a private door that anybody may open: they ask, or say that nothing is there."""

OFFICES = {
    "applicant": APPLICANT,
    "member": MEMBERS[Seat.LAY],
    "recipient": RECIPIENT,
    "registrar": REGISTRAR,
    "reviewer": REVIEWERS[0],
}
"""Each office, and who holds it."""

TYPED = {
    "interest": "no",
    "says": "yes",
    "says-last": "yes",
    "reason": "Fair.",
    "text": "An answer.",
    "step": "last",
    "sign": "00" * 64,
    "receive": "{}",
    "method": "wiped",
    "statement": "All of it.",
    "signature": "00" * 64,
    "day": "1",
    "month": "2",
    "year": "2026",
}
"""What goes with every press, so that no page stops at an empty form before it looks whose the use is."""

BEHIND = {"member": "panel", "reviewer": "panel"}
"""The door of an office, where it is not called like it."""

READERS = ("nobody", "letter", "record", "school", *OFFICES)
OWN_DOOR = {
    "nobody": set(),
    "letter": {"letter"},
    "record": {"letter", "family"},
    "school": {"school"},
    **{office: {"office", BEHIND.get(office, office)} for office in OFFICES},
}


def addresses():
    """Every named pattern of the pages: its name, its door, and what stands in it."""
    import django

    django.setup()
    from django.urls import get_resolver

    found = []

    def walk(patterns, before):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, route)
            else:
                found.append((pattern.name, re.split(r"[/<]", route)[0], route))

    walk(get_resolver("beholden.web.urls").url_patterns, "")
    return found


ADDRESSES = addresses()


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A town with two families and two schools, each with something of its own; a keeper answers at the hatch."""
    import homes
    from beholden.gate.actions.freezing import freeze
    from beholden.hatch.keeping import open_hatch
    from beholden.hatch.table import keeper
    from beholden.rights import family
    from beholden.rights.record import Shown
    from beholden.settings import found
    from beholden.uses.actions import sketching

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        at = datetime.now(UTC).replace(microsecond=0) - 3 * HEARD - timedelta(days=3)
        world = World(tmp_path_factory.mktemp("town"), at=at)
        world.returns()
        world.published()
        freeze("pupils", "SC/SPR/2026", catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
        offices = {"another body": drawn_up(world)}
        world.told()
        offices["panel"] = world.before_the_panel()
        letters = [one for one in world.letters() if len(one[3]) > 1][:1]
        letters += [one for one in world.letters() if not set(one[3]) & set(letters[0][3])][:1]
        families = []
        for letter in letters:
            shown = Shown(letter[1], letter[2], world.seconds[letter[0]])
            own = family.enter(shown, catalogue=CATALOGUE, at=datetime.now(UTC)).own_code
            shown = replace(shown, second=own)
            seen = family.overview(shown, catalogue=CATALOGUE, at=datetime.now(UTC))
            families.append((shown, seen.children))
        schools = [enrolled(world, school) for school in world.town.schools[:2]]
        for shown in schools:
            sent(shown, b"<not a return/>", at=world.at)
        offices |= {office: key_of(who, at=world.at) for office, who in OFFICES.items()}
        offices["sketches"] = tuple(
            sketching.begin(press="one", by=by, at=world.at) for by in (OTHER_BODY, APPLICANT)
        )
        with open_hatch(home, keeper(CATALOGUE, since=datetime.now(UTC))):
            yield world, families, schools, offices


def drawn_up(world):
    """Take a use of another body to where its agreement waits for that body's signature; return its reference."""
    from beholden.uses import actions as uses

    ref = world.before_the_panel(by=OTHER_BODY, title=OTHER_TITLE)
    world.heard(ref)
    uses.draw_up(ref, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    return ref


@pytest.fixture
def client(stage):
    from django.test import Client
    from django.test.utils import override_settings

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Client(enforce_csrf_checks=False)


def become(client, reader, stage):
    """Sign in as the first family or the first school, by what stands on the pages."""
    _, families, schools, offices = stage
    if reader in {"letter", "record"}:
        shown = families[0][0]
        client.post("/letter", {"code": shown.code})
        born = {"day": shown.born.day, "month": shown.born.month, "year": shown.born.year}
        assert client.post("/letter/check", born)["Location"] == "/letter/use/1"
    if reader == "record":
        assert client.post("/family/second", {"second": families[0][0].second})["Location"] == "/family"
    if reader == "school":
        said = {"ref": schools[0].ref, "key": schools[0].key}
        assert client.post("/school/sign-in", said)["Location"] == "/school"
    if reader in OFFICES:
        said = {"ref": offices[reader].ref, "key": offices[reader].key}
        assert client.post("/office/sign-in", said)["Location"] == f"/{BEHIND.get(reader, reader)}"


def fill(name, route, stage):
    """Return the address with somebody else's reference in it, and with the reader's own."""
    _, families, _, offices = stage
    values = {
        # a converter, and what stands there: another's, one's own
        "reference": (families[1][1][0].ref, families[0][1][0].ref),
        "int": ("999999", "1"),
        "str": ("U-1999-0001", "U-2026-0001"),
        "log": ("nothing", "events"),
        "name": ("nobody", "transparency"),
        "slug": ("nobody", "transparency"),
        "sketch": offices["sketches"],
        "question": ("nobody", "why"),
        "step": ("nobody", "direction"),
        "body": ("nobody", "northford"),
        "school": ("9999999", "0012001"),
        "about": ("nobody", "pupils"),
    }
    if route.startswith(("applicant", "recipient")):
        values["ref"] = (offices["another body"], stage[0].use)
    if route.startswith("^log"):
        from beholden.ledger.queries import checkpoint

        size = checkpoint("events").checkpoint.size
        assert size < 256, "the first tile is full: it has another name"
        return "/log/nobody/tile/0/000", f"/log/events/tile/0/000.p/{size}"
    if route.startswith("log/"):
        values["name"] = ("nobody", "events")
    if "catalogues/" in route:
        values["name"] = ("nobody", CATALOGUE.hash)
    if route.startswith("panel"):
        values["ref"] = (offices["another body"], offices["panel"])  # it is no longer before the panel
    theirs, own = route, route
    for kind, label in re.findall(r"<(?:(\w+):)?(\w+)>", route):
        pair = values.get(label) or values.get(kind or "str")
        assert pair is not None, f"{name}: say what another reader's {kind} looks like"
        part = re.compile(rf"<(?:\w+:)?{label}>")
        theirs, own = part.sub(pair[0], theirs, count=1), part.sub(pair[1], own, count=1)
    if name.startswith("table-"):
        own += f"?ask=count&by={'region' if 'map' in name else 'sex'}"
    return f"/{theirs}", f"/{own}"


def marks(stage, place):
    """Everything that would tell of one family: names, numbers and references of its children."""
    world, families, *_ = stage
    _, code, _, numbers = next(one for one in world.letters() if one[1] == families[place][0].code)
    children = [child for child in world.children() if child.upn in numbers]
    other = {child.forename for child in world.children() if child.upn not in numbers}
    names = {child.forename for child in children} - other
    return names | set(numbers) | {child.ref for child in families[place][1]} | {code}


@pytest.mark.parametrize("reader", READERS)
def test_a_private_page_is_its_own_readers_alone(stage, client, reader):
    """Whoever is not let in there is led to that door's own entrance, and nothing is on the page."""
    become(client, reader, stage)
    tried = 0
    for name, door, route in ADDRESSES:
        if door not in PRIVATE or name in OPEN or door in OWN_DOOR[reader]:
            continue
        if reader == "letter" and name == "family-second":
            continue
        for address in fill(name, route, stage):
            for send in (client.get, client.post):
                answer = send(address)
                tried += 1
                said = answer.content.decode(errors="replace")
                assert not answer.has_header("Access-Control-Allow-Origin"), name
                unsigned = {400} if name.startswith("recipient-api-") else set()  # a machine has no entrance
                assert answer.status_code in {303, 405, 404} | unsigned, (reader, name, answer.status_code)
                if answer.status_code == 303:
                    assert answer["Location"].split("/")[1] in {"letter", "school", "family", "office"}, name
                assert not [mark for mark in marks(stage, 0) | marks(stage, 1) if mark in said], (
                    reader,
                    name,
                )
        become(client, reader, stage)  # a press may have ended the sitting
    assert tried > 10 or reader == "record"


def standing(stage):
    """Return where the other body's use stands, with everything that was filed about it."""
    from beholden.uses.models import Use

    use = Use.objects.get(ref=stage[3]["another body"])
    return use.state, sorted(use.papers.values_list("pk", "kind", "by"))


@pytest.mark.parametrize("reader", ["letter", "record", "school", *OFFICES])
def test_somebody_elses_reference_is_not_there(stage, client, reader):
    """An address that was copied from another reader opens nothing, and says nothing of whom it is about.

    At the doors of applicants, recipients and panel it is another body's own use: it is there, and not for them.
    """
    before = standing(stage)
    for name, door, route in ADDRESSES:
        if door not in OWN_DOOR[reader] or "<" not in route:
            continue
        become(client, reader, stage)
        theirs, _ = fill(name, route, stage)
        nothing = {404, 405} if door in {"applicant", "recipient", "registrar"} else {303, 404, 405}
        if (
            name == "applicant-throw-away"
        ):  # what is not there, or not hers, is gone as she wished: nothing is said
            nothing = {303, 404, 405}
        elif name in {
            "registrar-pair",
            "registrar-alike",
            "registrar-match",
        }:  # what does not wait, or was decided meanwhile, leads to the list
            nothing = {303}
        elif name.startswith("recipient-api-"):  # a machine signs each request; this one is not signed
            nothing = {400, 405}
        for answer in (client.get(theirs), client.post(theirs, TYPED)):
            said = answer.content.decode(errors="replace")
            assert answer.status_code in nothing, (reader, name, answer.status_code)
            assert not [mark for mark in (*marks(stage, 1), OTHER_TITLE) if mark in said], (reader, name)
    assert standing(stage) == before


@pytest.mark.parametrize("reader", ["letter", "record", "school", *OFFICES])
def test_ones_own_pages_name_nobody_else(stage, client, reader):
    """D35: what a reader may see holds nothing of the other family."""
    shown = 0
    for name, door, route in ADDRESSES:
        if door not in OWN_DOOR[reader]:
            continue
        become(client, reader, stage)
        answer = client.get(fill(name, route, stage)[1])
        shown += answer.status_code == 200
        said = answer.content.decode(errors="replace")
        assert not answer.has_header("Access-Control-Allow-Origin"), (
            "a page with a session is its reader's alone"
        )
        assert not [mark for mark in marks(stage, 1) if mark in said], (reader, name)
        if name == "family-record":
            assert [mark for mark in marks(stage, 0) if mark in said], "the marks are what a page would show"
    assert shown > 3


@pytest.mark.parametrize("reader", READERS)
def test_public_pages_are_the_same_for_everybody(stage, client, reader):
    """D13, D26: who is signed in changes no public page, but for what the frame of a page draws at random."""
    from django.test import Client

    become(client, reader, stage)
    stranger = Client()
    for name, door, route in ADDRESSES:
        if door in PRIVATE:
            continue
        address = fill(name, route, stage)[1]
        mine, theirs = client.get(address), stranger.get(address)
        assert mine.status_code == theirs.status_code == 200, name
        assert mine.content == theirs.content, name


def test_a_registrar_of_another_body_is_let_in_nowhere(stage, client):
    """D18: the role is the keeper's own. A good key of one that stands in a home of before opens no page."""
    from beholden.people.models import Officer

    world, *_ = stage
    Officer.objects.create(
        ref="registrar-elsewhere",
        role=Role.REGISTRAR.value,
        organisation_id="northford",
        appointed_at=world.at,
        appointed_by=REGISTRAR.ref,
    )
    shown = key_of(Actor("registrar-elsewhere", Role.REGISTRAR, "northford"), at=world.at)
    answer = client.post("/office/sign-in", {"ref": shown.ref, "key": shown.key})
    assert answer.status_code == 422
    for name, door, route in ADDRESSES:
        if door == "registrar":
            assert client.get(fill(name, route, stage)[1]).status_code == 303, name
