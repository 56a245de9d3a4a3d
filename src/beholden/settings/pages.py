# SPDX-License-Identifier: Apache-2.0
"""The settings of the pages: how they are rendered, cached, sealed and fenced off from other sites.

On this machine alone (no BEHOLDEN_HOSTS) plain http will do. Under any other name TLS is demanded, and no
switch turns it off.
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject

from beholden.home import here, keys

_WEB = Path(__file__).parent.parent / "web"
_LOCAL = ("localhost", "127.0.0.1")
_HOSTS = tuple(host.strip() for host in os.environ.get("BEHOLDEN_HOSTS", "").split(",") if host.strip())

ALLOWED_HOSTS = list(_HOSTS or _LOCAL)
_SERVED = any(host not in _LOCAL for host in ALLOWED_HOSTS)

# Read when something is first signed: a home may be founded after the settings are read, and without one
# nothing can be signed at all.
SECRET_KEY = SimpleLazyObject(lambda: keys.load(here(), "django").hex())

ROOT_URLCONF = "beholden.web.urls"
APPEND_SLASH = False

MIDDLEWARE = [
    "beholden.web.middleware.take_code_from_address",  # first: whatever follows may write an address down
    "beholden.web.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "NAME": "pages",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "beholden.web.environment.environment",
            "context_processors": ["django.template.context_processors.csrf"],
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = _WEB / "static"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

SESSION_ENGINE = "beholden.web.sealed_session"
SESSION_COOKIE_NAME = (
    "__Host-beholden" if _SERVED else "beholden"
)  # no other host can plant it (RFC 6265bis 4.1.3.2)
SESSION_COOKIE_AGE = 15 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = _SERVED
CSRF_USE_SESSIONS = True  # the token lies in the sealed session: one cookie in all
CSRF_FAILURE_VIEW = "beholden.web.errors.page_went_cold"

SECURE_SSL_REDIRECT = _SERVED
SECURE_HSTS_SECONDS = 31_536_000 if _SERVED else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing to any other host. Under `no-referrer` a browser sends a form with `Origin: null` (Fetch standard, "append a
# request Origin header"), which the forgery check rightly refuses; and no address of ours holds a secret.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = [
    "beholden.web.school.receiving.ToInbox"
]  # no file is taken anywhere but at the school's door
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

WHITENOISE_MAX_AGE = 31_536_000  # addresses of our files carry a fingerprint of the file

SERVICE = {
    "NAME": "School records: see and decide",
    "SHORT": "School records",
    "OWNER": "The registrar of the School Records Register",
    "PHONE": "0800 000 0000",
    "POST": "The Registrar, Freepost SCHOOL RECORDS",
    "REGULATOR": "the Information Commissioner, on 0303 123 1113",
    "ZONE": "Europe/London",
}
"""What a deployment calls itself and how it is reached. The defaults are the demonstration's."""
