# SPDX-License-Identifier: Apache-2.0
"""What a deployment calls itself and how it is reached: read from the settings, once for each page."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Service:
    """The names and numbers that stand on every page (U13: the service has a plain name of its own)."""

    name: str
    short: str
    owner: str
    phone: str
    post: str
    regulator: str


def service() -> Service:
    """Return what this deployment says about itself."""
    said = settings.SERVICE
    return Service(said["NAME"], said["SHORT"], said["OWNER"], said["PHONE"], said["POST"], said["REGULATOR"])
