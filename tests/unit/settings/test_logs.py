# SPDX-License-Identifier: Apache-2.0
"""What is logged names no child: an error's own words are left out (D36)."""

import logging
import sys

from beholden.settings.logs import Discreet


def test_an_exceptions_words_are_left_out_and_its_places_kept():
    try:
        try:
            raise ValueError("Zzyzx")
        except ValueError as cause:
            raise LookupError("Zzyzx too") from cause
    except LookupError:
        record = logging.LogRecord("web", logging.ERROR, __file__, 1, "a page broke", (), sys.exc_info())
    said = Discreet("{levelname} {name}: {message}", style="{").format(record)
    assert "Zzyzx" not in said
    assert said.startswith("ERROR web: a page broke\nLookupError\n")
    assert "test_logs.py" in said
