# SPDX-License-Identifier: Apache-2.0
"""The doors' side of the hatch: puts one question, returns one answer, or raises the refusal that came back.

Fails closed: no keeper, a broken wire, an answer of another shape are all `hatch.silent`.
"""

import logging
import socket
from pathlib import Path

import msgspec

from beholden.hatch import wire
from beholden.hatch.place import socket_file
from beholden.hatch.verbs import Answered, Asked, Given, Question, Verb, silent
from beholden.home import here

_PATIENCE = 600.0
"""Seconds: as long as the largest return takes to be read. A page's own server gives up earlier."""

_log = logging.getLogger(__name__)


def ask(verb: Verb[Question, Given], question: Question, *, patience: float = _PATIENCE) -> Given:
    """Ask the keeper, and return its answer or raise its refusal. `patience`: seconds until it counts as silent."""
    content = msgspec.json.encode(Asked(verb.name, msgspec.Raw(msgspec.json.encode(question))))
    try:
        raw = _exchange(socket_file(here()), content, patience)
        back = msgspec.json.decode(raw, type=Answered)
        if back.refused is None:
            return msgspec.json.decode(back.answer, type=verb.answer)
    except (OSError, wire.WireBroken, msgspec.MsgspecError) as trouble:
        _log.warning(
            "the hatch is silent: %s", type(trouble).__name__
        )  # never what it said: that may name a child
        raise silent() from trouble
    raise back.refused.refusal()


def _exchange(path: Path, content: bytes, patience: float) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(patience)
        connection.connect(str(path))
        wire.send(connection, content, limit=wire.QUESTION_LIMIT)
        return wire.receive(connection, limit=wire.ANSWER_LIMIT)
