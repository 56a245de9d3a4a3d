# SPDX-License-Identifier: Apache-2.0
"""DATABASE_URL is read strictly, over a network only with a verified server, and never repeated (D36)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.refusals import Refusal
from beholden.settings.place import parse_url

GOOD = "postgresql://web_login:s%40cret@db.example:5433/beholden?sslmode=verify-full"


def test_a_good_one():
    assert parse_url(GOOD) == {
        "host": "db.example",
        "port": "5433",
        "dbname": "beholden",
        "user": "web_login",
        "password": "s@cret",
        "options": "",
        "sslmode": "verify-full",
    }


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"])
def test_on_this_machine_no_certificate_is_needed(host):
    assert parse_url(f"postgresql://u:p@{host}/beholden")["port"] == "5432"


def test_a_socket_folder_keeps_its_capitals():
    assert parse_url("postgresql://u:p@%2FRun%2FPG/beholden")["host"] == "/Run/PG"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@db.example/beholden",
        "postgresql://u:p@db.example/beholden?sslmode=require",
        "postgresql://u:p@db.example/beholden?sslmode=disable",
        "postgresql://u:p@db.example/beholden?sslmode=verify-full&sslmode=disable",
        "postgresql://u:p@localhost.evil.example/beholden",
        "postgresql://u:p@localhost/beholden?options=-c%20role%3Dkeeper",
        "postgresql://u:p@localhost/beholden?host=db.example",
        "postgresql://u:p@localhost/beholden?sslmode",
        "postgresql://u:p@localhost:x/beholden",
        "postgresql://u:p@localhost:99999/beholden",
        "postgresql://u:p@localhost/",
        "postgresql://u:p@localhost/a/b",
        "postgresql://u@localhost/beholden",
        "postgresql://localhost/beholden",
        "postgresql://u:p@/beholden",
        "postgresql://u:p@localhost/beholden#x",
        "mysql://u:p@localhost/beholden",
        "sqlite:///x",
        "beholden",
        " ",
        "postgresql://u:p@[::1/beholden",
        "postgresql://u:p@db.example,localhost/beholden",
        "postgresql://u:p\x00@localhost/beholden",
    ],
)
def test_anything_else_is_refused(url):
    with pytest.raises(Refusal) as refused:
        parse_url(url)
    assert refused.value.code == "settings.database_url"


@given(st.text() | st.text().map(lambda text: f"postgresql://u:s3cret@{text}"))
def test_it_answers_or_refuses_and_never_says_the_password(url):
    try:
        parse_url(url)
    except Refusal as no:
        said = f"{no} {no.__cause__}"
    else:
        said = ""
    assert "s3cret" not in said


def test_not_even_in_what_python_says_of_it():
    with pytest.raises(Refusal) as refused:
        parse_url("postgresql://u:s3cret@exa\u2100mple/beholden")  # NFKC turns the sign into "a/c"
    assert refused.value.__cause__ is None
