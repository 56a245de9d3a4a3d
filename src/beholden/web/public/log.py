# SPDX-License-Identifier: Apache-2.0
"""The public log as pages, and its files as they lie on disk, so that anybody can copy and rebuild it."""

import json
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from beholden.home import here
from beholden.ledger import queries, tree
from beholden.ledger.entries import parse
from beholden.ledger.page.joined import page, policy
from beholden.ledger.texts import TextMalformed, path_of
from beholden.ledger.tiles import Tile, TileLog
from beholden.ledger.verify import key_number
from beholden.refusals import Refusal
from beholden.web.present import catalogue, now
from beholden.web.public.sentences import sentence, under_seal

LOGS = {
    "handovers": "Every list of children that left, and what became of it",
    "events": "Everything else: decisions, letters, days of answers",
}
NEWEST = 25
FOR_EVER = "public, max-age=31536000, immutable"
FOR_NOW = "no-cache"


@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """Show both logs: how long they are, their seal, and what came in last."""
    shown = []
    for name, about in LOGS.items():
        published = queries.checkpoint(name)
        size = published.checkpoint.size if published else 0
        first = max(size - NEWEST, 0)
        raw = queries.entries(name, first, size)
        lines = [_line(name, first + place, raw[place]) for place in range(len(raw) - 1, -1, -1)]
        note = published.note.decode("utf-8") if published else ""
        shown.append(
            {"name": name, "about": about, "size": size, "note": note, "lines": lines, "first": first}
        )
    values = {"here": "log", "logs": shown, "seals": _seals()}
    return render(request, "public/log.html", values, using="pages")


def _seals() -> list[str]:
    """Say of each seal that stands when it opens, and what is overdue; of those that were opened, the log does."""
    within = timedelta(days=catalogue().limits.sealed_seen_days)
    standing = [seal for seal in queries.seals() if seal.opened is None]
    return [under_seal(seal, on=now().date(), within=within) for seal in standing]


@require_safe
def entry(request: HttpRequest, name: str, index: int) -> HttpResponse:
    """Show one entry: in a sentence, as it stands, and what it hangs from."""
    published = queries.checkpoint(_known(name))
    size = published.checkpoint.size if published else 0
    if index >= size:
        raise Http404
    (raw,) = queries.entries(name, index, index + 1)
    values = {
        "here": "log",
        "name": name,
        "index": index,
        "size": size,
        "line": _line(name, index, raw),
        "text": json.dumps(json.loads(raw), indent=2, ensure_ascii=False),
        "leaf": tree.leaf_hash(raw).hex(),
    }
    return render(request, "public/entry.html", values, using="pages")


def _line(name: str, index: int, raw: bytes) -> dict[str, object]:
    found = parse(raw, log=name)
    return {
        "index": index,
        "at": found.at,
        "sentence": sentence(found),
        "use": getattr(found.body, "use", None),
    }


@require_safe
def checkpoint_note(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the signed checkpoint exactly as it was published (c2sp.org/tlog-tiles)."""
    raw = TileLog(here().ledger / _known(name)).published()
    if raw is None:
        raise Http404
    return _bytes(raw, "text/plain; charset=utf-8", FOR_NOW)


@require_safe
def verifier_key(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the key that the log is signed with (c2sp.org/signed-note, a verifier key), as the signer put it there."""
    raw = TileLog(here().ledger / _known(name)).published_key()
    if raw is None:
        raise Http404
    return _bytes(raw, "text/plain; charset=utf-8", FOR_NOW)


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Say what a proof is, how to check one without us, and which key is ours."""
    key = queries.published_key("handovers")
    values = {
        "here": "check",
        "key": key,
        "number": key_number(key) if key else None,
        "address": request.build_absolute_uri(reverse("log")),
    }
    return render(request, "public/check.html", values, using="pages")


@require_safe
def proof_page(request: HttpRequest) -> HttpResponse:
    """Serve the page that checks a family's file in a browser (D27, D28): the same bytes for everybody.

    Its own policy takes the place of that of the other pages: its one script, its one style, and nothing that asks a
    server for anything, ours included.
    """
    response = _bytes(page(), "text/html; charset=utf-8", FOR_NOW)
    response.headers["Content-Security-Policy"] = f"{policy()}; frame-ancestors 'none'"
    return response


@require_safe
def tile(request: HttpRequest, name: str, tile: str) -> HttpResponse:
    """Serve one tile or entry bundle. The path is read as the name of a tile, or it is nothing.

    What lies beyond the published size is a draft, which the next append may write over; it is not served, so that
    nobody keeps for ever what was never said.
    """
    held = TileLog(here().ledger / _known(name))
    try:
        wanted = Tile.parse(tile)
        if not wanted.is_within(held.size):
            raise Http404
        raw = (held.folder / wanted.path).read_bytes()
    except (Refusal, FileNotFoundError, NotADirectoryError, IsADirectoryError) as absent:
        raise Http404 from absent
    return _bytes(raw, "application/octet-stream", FOR_EVER)


@require_safe
def text(request: HttpRequest, ref: str) -> HttpResponse:
    """Serve the text of one use as it lies beside the log, with the salt that opens its commitments (D26)."""
    try:
        raw = (here().ledger / path_of(ref)).read_bytes()
    except (TextMalformed, FileNotFoundError) as absent:
        raise Http404 from absent
    return _bytes(raw, "application/json", FOR_NOW)


def _bytes(raw: bytes, kind: str, keep: str) -> HttpResponse:
    response = HttpResponse(raw, content_type=kind)
    response.headers["Cache-Control"] = keep
    return response


def _known(name: str) -> str:
    if name not in LOGS:
        raise Http404
    return name
