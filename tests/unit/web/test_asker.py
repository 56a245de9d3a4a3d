# SPDX-License-Identifier: Apache-2.0
"""Who asks is a keyed hash: one for each address, another at each start, and never the address."""

import subprocess
import sys

import pytest
from django.test import RequestFactory

from beholden.web.asker import asker


def of(remote, **headers):
    return asker(RequestFactory(REMOTE_ADDR=remote).get("/tables", headers=headers))


FRONT = "127.0.0.1"


def through(forwarded, front=FRONT):
    return of(front, x_forwarded_for=forwarded)


def test_one_address_is_one_asker_and_another_is_another():
    assert of("192.0.2.7") == of("192.0.2.7") != of("192.0.2.8")
    assert through("192.0.2.7") == of("192.0.2.7")


def test_of_several_addresses_the_nearest_to_us_counts():
    """What stands before it, the reader may have written there."""
    assert through("203.0.113.9, 192.0.2.7") == of("192.0.2.7")
    assert through("192.0.2.7,") == through("") == of(FRONT)


def test_a_reader_who_comes_straight_cannot_say_to_be_another():
    assert through("192.0.2.7", front="198.51.100.1") == of("198.51.100.1")


def test_a_line_with_many_addresses_is_one_asker():
    assert through("2001:db8:1:2::7") == through("2001:db8:1:2:ffff::1") != through("2001:db8:1:3::7")
    assert through("::ffff:192.0.2.7") == of("192.0.2.7")


@pytest.mark.parametrize("said", ["unknown", "192.0.2.7:80", "x" * 10_000, "192.0.2.7\n"])
def test_what_is_no_address_is_everybody_who_says_none(said):
    assert through(said) in {of(FRONT), of("192.0.2.7")}


def test_the_hash_is_of_one_length_whatever_it_is_of():
    assert {len(of(one)) for one in ("192.0.2.7", "2001:db8::1", "", "nobody")} == {64}


STARTED = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "beholden.settings"
import beholden.web.wsgi, sys
key = sys.modules["beholden.web.asker"]._KEY
if (worker := os.fork()) == 0:
    from beholden.web import asker
    os._exit(asker._KEY != key)
print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]), key.hex())
"""


def test_the_key_is_one_for_all_workers_of_a_start_and_another_at_the_next():
    said = [
        subprocess.run(
            [sys.executable, "-c", STARTED], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert [one[0] for one in said] == ["0", "0"]
    assert said[0][1] != said[1][1]
