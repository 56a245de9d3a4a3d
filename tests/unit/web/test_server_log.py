# SPDX-License-Identifier: Apache-2.0
"""The web server reads an address before our pages do; what it writes down holds no code."""

import logging

import pytest

from beholden.web.server_log import HideCodes, hide_codes

CODE = "KTFM7RWXD3PX"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /l/{CODE}",
        f"GET /L/{CODE.lower()}",
        f"GET /letter/{CODE}",
        f"GET /letter?c={CODE}",
        f"GET /letter?a=1&c={CODE}&b=2",
        f"Error handling request /l/{CODE}",
        f'127.0.0.1 - - "GET /l/KTFM-7RWX-D3PX HTTP/1.1" 303 "http://x/l/{CODE}"',
        f"GET /l/KTFM%207RWX%20{CODE}",
    ],
)
def test_a_code_is_hidden(line):
    hidden = hide_codes(line)
    for part in (CODE, CODE.lower(), CODE[:4], CODE[:4].lower()):
        assert part not in hidden
    assert "…" in hidden


@pytest.mark.parametrize(
    "line",
    [
        "GET /letter/use/1",
        "GET /letter/check",
        "GET /letter",
        "GET /uses/U-2027-0041",
        "GET /log/events/3",
        "Booting",
    ],
)
def test_other_addresses_stay(line):
    assert hide_codes(line) == line


def test_a_record_is_rewritten_with_its_arguments(caplog):
    log = logging.getLogger("gunicorn.test")
    log.addFilter(HideCodes())
    with caplog.at_level(logging.DEBUG, "gunicorn.test"):
        log.debug("%s %s", "GET", f"/l/{CODE}")
        log.info('%(r)s "%(f)s"', {"r": f"GET /l/{CODE} HTTP/1.1", "f": "-"})
    assert [record.getMessage() for record in caplog.records] == ["GET /l/…", 'GET /l/… HTTP/1.1 "-"']
