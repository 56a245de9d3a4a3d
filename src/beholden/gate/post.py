# SPDX-License-Identifier: Apache-2.0
r"""Seals what is passed on for one use, and opens it again: the letter, and each school's list of its own pupils.

A sealed file is nonce (12) || AES-256-GCM(key, zip, aad = "beholden/post/v1\n" || list id (16)). The zip (stored, fixed
dates) holds `header.json` (the public header of the handover), `invitation.json` and `rolls.json` (for each school the
pupil numbers of everybody on the roll that it sent itself, sorted). Who is invited stands nowhere in it: a school is
told of every pupil the same. No database, no clock, no Django.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from beholden.gate import sealing
from beholden.gate.parcel import unzipped, zipped
from beholden.ledger.canonical import print_json
from beholden.ledger.tags import identifier
from beholden.refusals import Refusal
from beholden.uses.rules.invitation import Invitation

LINE = (
    "There is post at the School Records Register about a study. What it says for your family, if anything, you read "
    "there with your letter and your own code. Your school does not know it."
)
"""What a school passes on for every pupil of its list, in the same words."""

_NAMES = ("header.json", "invitation.json", "rolls.json")


@dataclass(frozen=True, slots=True)
class Post:
    """What is passed on for one use, opened."""

    header: Mapping[str, object]
    invitation: Invitation
    rolls: Mapping[str, tuple[str, ...]]


def key_name(list_id: str) -> str:
    """Return the name of the key file of what is passed on under one handover's name (hex)."""
    return f"post.{list_id}"


def seal(
    header: Mapping[str, object],
    invitation: Invitation,
    rolls: Mapping[str, tuple[str, ...]],
    *,
    key: bytes,
) -> bytes:
    """Return letter and lists sealed under a key of 32 bytes, bound to the handover's name."""
    lists = {school: sorted(numbers) for school, numbers in sorted(rolls.items())}
    plain = zipped(_NAMES, (print_json(header), print_json(invitation.to_json()), print_json(lists)))
    return sealing.seal(key, _aad(identifier(header)), plain)


def unseal(content: bytes, *, key: bytes, list_id: str) -> Post:
    """Open what was sealed; refuse what another key, another handover or another hand made."""
    try:
        plain = sealing.unseal(key, _aad(bytes.fromhex(list_id)), content)
        header, invitation, rolls = map(json.loads, unzipped(plain, _NAMES))
    except ValueError as trouble:
        raise Refusal(
            "gate.post",
            "This is not what was to be passed on under this handover.",
            next_step="Run `beholden fsck`, and put the very file back from a copy.",
            authority="D16, D36",
        ) from trouble
    lists = {school: tuple(numbers) for school, numbers in rolls.items()}
    return Post(header, Invitation.from_json(invitation), lists)


def _aad(list_id: bytes) -> bytes:
    return b"beholden/post/v1\n" + list_id
