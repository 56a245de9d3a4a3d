# SPDX-License-Identifier: Apache-2.0
"""The one cookie: a session that is sealed, short, and kept nowhere but in the reader's browser.

What it holds and why: the code and the birth date that opened a letter, or the reference and key of a school's
officer, sealed, and nothing else that names anybody. Each page opens the letter or the door afresh with them. So an
order, a dead code or a lock ends a session at the next press; there is no table of open letters to leak, to back up
or to wipe; and the doors' role needs no new right.

What it does not do: a copied cookie opens the letter until 15 minutes have passed without a page. It is HttpOnly,
SameSite and, when served over TLS, Secure, so copying it takes the device itself.
"""

import base64
import json
import secrets
import time
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

_PURPOSE = b"beholden/web/session/v1"
_NONCE = 12
_BLOCK = 256
"""Plain text is padded to whole blocks: the length of a cookie tells nothing about who is in the letter."""

__all__ = ["CreateError", "SessionStore", "UpdateError", "open_sealed", "seal"]


@cache
def _key(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode())


def seal(values: dict[str, object], *, now: int) -> str:
    """Return the values as one opaque text: AES-256-GCM, a random nonce for each sealing (NIST SP 800-38D 8.2.2)."""
    plain = json.dumps({"at": now, "held": values}, separators=(",", ":")).encode()
    padded = plain + b" " * (-len(plain) % _BLOCK)
    nonce = secrets.token_bytes(_NONCE)
    return base64.urlsafe_b64encode(
        nonce + AESGCM(_key(str(settings.SECRET_KEY))).encrypt(nonce, padded, _PURPOSE)
    ).decode()


def open_sealed(text: str, *, now: int) -> dict[str, object] | None:
    """Return what was sealed, or None when it is not ours, was changed, or has been idle for too long."""
    try:
        raw = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
        plain = AESGCM(_key(str(settings.SECRET_KEY))).decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE)
    except (ValueError, InvalidTag):
        return None
    inside = json.loads(plain)
    if not 0 <= now - inside["at"] <= settings.SESSION_COOKIE_AGE:
        return None
    held: dict[str, object] = inside["held"]
    return held


class SessionStore(SessionBase):
    """Django's session, with the cookie itself as the store."""

    def load(self) -> dict[str, object]:
        """Return what the cookie holds; a broken or stale cookie is an empty session."""
        held = open_sealed(self.session_key or "", now=int(time.time())) if self.session_key else None
        if held is None:
            self.create()
            return {}
        return held

    def create(self) -> None:
        """Begin a session; it becomes a cookie when something is put in."""
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  the signature is Django's
        """Seal what is held now. The text is at once key and value."""
        self._session_key = seal(dict(self.items()), now=int(time.time()))
        self.modified = True

    def exists(self, session_key: str) -> bool:
        """Say no: a sealed text is never the name of something kept here."""
        return False

    def delete(self, session_key: str | None = None) -> None:
        """Forget the cookie's text."""
        self._session_key = ""
        self._session_cache: dict[str, object] = {}
        self.modified = True

    def cycle_key(self) -> None:
        """Seal afresh: each saving makes a new text anyway."""
        self.save()

    @classmethod
    def clear_expired(cls) -> None:
        """Do nothing: nothing is kept."""
