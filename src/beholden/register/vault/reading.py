# SPDX-License-Identifier: Apache-2.0
"""Opens what says who people are, and reads it as linkage compares it. No database: other processes do it too.

The vault's key and what is sealed go to them through pipes. Keyed hashes come back, and how often each value stands, in
clear but of nobody by name; nothing of it touches a disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag

from beholden.linkage.people import Person, formerly, person
from beholden.refusals import Refusal
from beholden.register.vault.seal import said_in
from beholden.register.vault.slots import Slots

GROUPS = ("names", "birth", "address", "numbers")

Held = tuple[bytes, int, tuple[bytes, ...]]
"""One person as the vault holds them: the id, the slot of the key, and the sealed blobs of `GROUPS`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads people under the keys in one slot file."""

    slots: Path
    kek: bytes = field(repr=False)

    def __call__(self, held: Sequence[Held]) -> list[tuple[Person, ...]]:
        """Return each as known now, and under the surname that is used instead, if there is one; or refuse."""
        keys = Slots(self.slots, self.kek).keys([slot for _, slot, _ in held])
        try:
            return [_variants(one, keys[slot], blobs) for one, slot, blobs in held]
        except (InvalidTag, ValueError, KeyError) as trouble:
            raise Refusal(
                "register.blob_damaged",
                "What says who somebody is cannot be opened, or is not sound.",
                next_step="Run `beholden fsck`, which names the slot, and restore the vault from a backup.",
                authority="UK GDPR Art 32(1)(b)",
            ) from trouble


def _variants(one: bytes, key: bytes, blobs: tuple[bytes, ...]) -> tuple[Person, ...]:
    said: dict[str, str | None] = {}
    for group, blob in zip(GROUPS, blobs, strict=True):
        said |= said_in(key, one, group, blob)
    values = {
        "given_name": said["forename"] or "",
        "surname": said["surname"] or "",
        "birth_date": said["birth_date"] or "",
        "postcode": said["postcode"] or "",
        "pupil_number": said["upn"] or "",
    }
    now = person("", values, _unread)
    preferred = said["preferred_surname"]
    return formerly(now, surnames=(preferred,)) if preferred else (now,)


def _unread(_field: str, _sentence: str) -> None:
    """A value of ours that cannot be compared counts as missing, as one of the list does."""
