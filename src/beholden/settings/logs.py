# SPDX-License-Identifier: Apache-2.0
"""What the software writes down about itself. It never writes what an error said: that may name a child.

An exception is logged as its class and the places it passed through. PostgreSQL's messages carry values
("Key (digest)=(…) already exists"), and so may anybody's; class and line number are enough to find a bug.
"""

import logging
import traceback
from types import TracebackType


class Discreet(logging.Formatter):
    """Writes time, level, logger and sentence; of an exception only its class and places (D36)."""

    def formatException(  # noqa: N802  logging's own name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([kind.__name__ if kind else "no exception", *places])


LOGGING: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "discreet": {"()": Discreet, "format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers would print whole tracebacks, with values in them.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        # Statements carry values at every level.
        "django.db.backends": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
