# SPDX-License-Identifier: Apache-2.0
"""The texts that are published beside the logs, with the salt that opens what the log committed to.

    texts/USE.json     {"salt":"…","texts":{…},"use":"U-2027-0041"}     canonical JSON (RFC 8785)

Decides whether bytes are such a text, and what it commits to. Knows no field of the texts: what a use says tomorrow is
read by this code too. No Django and no clock: whoever has the bytes can check them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from beholden.home.files import fsync_folder, write_durably
from beholden.ledger.canonical import Json, parse_json, print_json
from beholden.ledger.vocabulary.events import UseMoved
from beholden.refusals import Refusal

FOLDER = "texts"
MAX_TEXT_BYTES = 200_000
SALT_BYTES = 32
_PUBLIC = 0o644
_SALT = re.compile(f"[0-9a-f]{{{2 * SALT_BYTES}}}", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


class TextMalformed(Refusal):
    """Says that bytes are not a published text in the one form there is; never quotes them."""

    def __init__(self) -> None:
        super().__init__(
            "ledger.text_malformed",
            "This is not a published text in the one form there is.",
            next_step="Copy it again from the keeper's pages.",
            authority="docs/explanation/report-card.md, the texts beside the log",
        )


@dataclass(frozen=True, slots=True)
class PublishedText:
    """What one use says, and the salt. `text` is canonical JSON, byte for byte as it was hashed."""

    use: str
    salt: bytes
    text: bytes

    @property
    def commitment(self) -> bytes:
        """What every log entry of this use must carry: SHA-256(salt32 ‖ JCS(texts))."""
        return hashlib.sha256(self.salt + self.text).digest()

    def to_json(self) -> dict[str, Json]:
        return {
            "salt": self.salt.hex(),
            "texts": parse_json(self.text, limit=MAX_TEXT_BYTES),
            "use": self.use,
        }

    def print(self) -> bytes:
        """Return the bytes of its file. `parse` is the inverse."""
        return print_json(self.to_json())

    @classmethod
    def of(cls, use: str, salt: bytes, texts: Mapping[str, object]) -> Self:
        """Return the text of one use from its fields."""
        return cls(use, salt, print_json(dict(texts)))

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the bytes of a file; refuse every other spelling, another field, and a salt of another length."""
        try:
            whole = parse_json(raw, limit=MAX_TEXT_BYTES)
        except Refusal as cause:
            raise TextMalformed from cause
        match whole:
            case {"salt": str(salt), "texts": dict(texts), "use": str(use), **rest} if not rest:
                if _SALT.fullmatch(salt):
                    return cls(use, bytes.fromhex(salt), print_json(texts))
        raise TextMalformed


def opens(published: PublishedText, said: Iterable[UseMoved]) -> bool:
    """Say whether a text is the one that each of these entries about its use committed to (D26).

    False without any entry: nothing was committed to, so nothing is shown. Entries of other uses are passed over.
    """
    its = [one.commitment for one in said if one.use == published.use]
    return bool(its) and set(its) == {published.commitment}


def path_of(use: str) -> str:
    """Return where the text of a use lies beside the logs; refuse a name that could lead elsewhere."""
    if not _REFERENCE.fullmatch(use):
        raise TextMalformed
    return f"{FOLDER}/{use}.json"


def put(published: PublishedText, *, beside: Path) -> bool:
    """Put a text beside the logs in this folder, durably. Return whether it was not there, or was another."""
    path, raw = beside / path_of(published.use), published.print()
    if path.is_file() and path.read_bytes() == raw:
        return False
    if not path.parent.is_dir():
        path.parent.mkdir(exist_ok=True)
        fsync_folder(beside)
    write_durably(path, raw, mode=_PUBLIC)
    return True
