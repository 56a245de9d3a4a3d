# SPDX-License-Identifier: Apache-2.0
"""Who asks, without saying who: a keyed hash of the address that a request came from.

The key is drawn when the server starts, is shared by its workers because `wsgi` loads this module before they part, and
ends with them. It is written nowhere, so that a hash that was seen leads back to no address.
"""

import hmac
import secrets
from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest

_KEY = secrets.token_bytes(32)
_HOUSEHOLD = 64
"""So many first bits of an IPv6 address are one line's; its owner may change all others at will."""


def asker(request: HttpRequest) -> str:
    """Return the keyed hash of where a request came from."""
    return hmac.digest(_KEY, _address(request).encode(), "sha256").hex()


def _address(request: HttpRequest) -> str:
    """Return where a request came from. What the server in front says is believed of this machine's own alone."""
    nearest = _network(request.META.get("REMOTE_ADDR", ""))
    if nearest not in {"127.0.0.1", "::/64"}:
        return nearest
    return _network(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()) or nearest


def _network(said: str) -> str:
    """Return an address, of a line with many addresses what they have in common; nothing for what is no address."""
    try:
        address = ip_address(said)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ip_network((address, _HOUSEHOLD), strict=False))
