# SPDX-License-Identifier: Apache-2.0
"""What the browser must not leave behind for the journey that comes next."""

from collections.abc import Callable
from pathlib import Path

import homes
from beholden.home import Home
from journeys.screen import chromium


def test_no_connection_of_one_journey_is_found_by_the_next(base_home: Home, require: Callable[[str], Path]):
    """Django keeps a connection for each loop, and Playwright's is one: what was asked beside it is closed with it.

    Without this a journey found the connection to the home before its own, which is dropped with its connections.
    """
    from beholden.people.models import Officer

    for _ in range(2):
        with homes.clone(base_home), chromium(require("chromium")):
            assert not Officer.objects.exists()
