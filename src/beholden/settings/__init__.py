# SPDX-License-Identifier: Apache-2.0
"""The one settings module. Every choice a keeper may make is an environment variable named here.

BEHOLDEN_HOME   the keeper's folder (needed by everything but a verifier)
BEHOLDEN_LOGIN  web (the default: the least), keeper, or owner (founding and migrations only)
BEHOLDEN_HOSTS  names under which the pages are served, with commas; unset, this machine alone
DATABASE_URL    a served PostgreSQL; unset, the home's own

It can be imported without a home (a type checker does); whatever then needs one is refused when it is used.
Nothing here can weaken a rule, a window or a threshold (D41), and DEBUG is no choice at all.
"""

from beholden.settings.logs import LOGGING as LOGGING
from beholden.settings.pages import *  # noqa: F403  Django reads its settings from one name space

DEBUG = False

INSTALLED_APPS = [
    "beholden.ledger",
    "beholden.people",
    "beholden.register.vault",
    "beholden.register.rows",
    "beholden.choices",
    "beholden.uses",
    "beholden.notices",
    "beholden.biometrics",
    "beholden.contests",
    "beholden.gate",
    "beholden.redress",
    "pgtrigger",
]

DATABASES = {
    "default": {
        # Ours asks for home, login and password when a connection is opened: none stands in a setting.
        "ENGINE": "beholden.settings.database",
        "NAME": "beholden",
        "CONN_HEALTH_CHECKS": True,
    },
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
