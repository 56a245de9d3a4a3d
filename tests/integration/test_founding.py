# SPDX-License-Identifier: Apache-2.0
"""Founding: closed folders, keys made once, the same again when repeated; and no home, no database (D36)."""

import os
import shutil
import stat
import subprocess
import sys

import pytest

from beholden.home import Home, keys, postgres
from beholden.refusals import Refusal
from homes import new_folder


@pytest.fixture
def bare():
    folder = new_folder()
    yield Home(folder / "home")
    shutil.rmtree(folder)


def _python(code, **environment):
    env = {name: value for name, value in os.environ.items() if not name.startswith("BEHOLDEN_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**env, "DJANGO_SETTINGS_MODULE": "beholden.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_founded_once_and_again(base_home, bare):
    from beholden.settings.found import found_home

    first = found_home(bare)
    held = {name: keys.load(bare, name) for name in keys.NAMES}
    assert len(set(held.values())) == len(keys.NAMES)
    again = found_home(bare)
    assert {name: keys.load(bare, name) for name in keys.NAMES} == held
    assert "keys were made" in first.steps[1]
    assert again.steps[1] == "The keys are there."
    outside_pgdata = [path for path in bare.root.rglob("*") if not path.is_relative_to(bare.pgdata)]
    assert not [path for path in outside_pgdata if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_a_lost_key_is_noticed_and_not_replaced(base_home, bare):
    from beholden.settings.found import found_home

    found_home(bare)
    (bare.keys / "vault").unlink()
    with pytest.raises(Refusal) as refused:
        found_home(bare)
    assert refused.value.code == "home.key_missing"
    assert not keys.exists(bare, "vault")


def test_a_founding_that_broke_off_is_taken_up(base_home, bare):
    from beholden.settings.found import found_home

    postgres.create_folders(bare)
    keys.create(bare, "vault")
    held = keys.load(bare, "vault")
    found_home(bare)
    assert keys.load(bare, "vault") == held


def test_founding_in_a_process_of_its_own_can_sign_afterwards(bare):
    """The settings are read before there are keys; the key is asked for when something is signed."""
    said = _python(
        "from pathlib import Path; from beholden.home import Home\n"
        "from beholden.settings.found import found_home\n"
        f"found_home(Home(Path({str(bare.root)!r})))\n"
        "from django.core import signing; print(signing.loads(signing.dumps('ok')))\n",
        BEHOLDEN_HOME=str(bare.root),
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout == "ok\n"


def test_without_a_home_settings_are_read_and_nothing_opens():
    said = _python(
        "import django; django.setup()\n"
        "from django.db import connection\nfrom django.core import signing\n"
        "from beholden.refusals import Refusal\n"
        "for verb in (connection.ensure_connection, lambda: signing.dumps('x')):\n"
        "    try: verb()\n"
        "    except Refusal as no: print(no.code)\n"
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == ["home.unset", "home.unset"]


@pytest.mark.parametrize("login", ["root", "cluster", "WEB", "keeper_login"])
def test_an_unknown_login_is_refused(keeper_home, monkeypatch, login):
    from django.db import connection

    connection.close()
    monkeypatch.setenv("BEHOLDEN_LOGIN", login)
    with pytest.raises(Refusal) as refused:
        connection.ensure_connection()
    assert refused.value.code == "settings.login"
    monkeypatch.undo()


def test_a_process_that_says_nothing_is_the_doors(keeper_home):
    said = _python(
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('select session_user, current_user, current_database()'); print(*cursor.fetchone())\n"
        "connection.close()\n",
        BEHOLDEN_HOME=str(keeper_home.root),
    )
    assert said.stdout.split() == ["web_login", "doors", keeper_home.database.read_text()], said.stderr


def test_no_password_and_no_secret_stands_in_the_settings(keeper_home):
    from django.conf import settings
    from django.db import connection

    connection.ensure_connection()
    said = repr([(name, getattr(settings, name)) for name in dir(settings) if name != "SECRET_KEY"])
    said += repr(connection.settings_dict)
    for login in postgres.LOGINS:
        assert postgres.dsn(keeper_home, login)["password"] not in said
    assert settings.DEBUG is False


def test_two_tests_never_share_a_database(keeper_home, base_home):
    assert keeper_home.database.read_text() != "beholden"
    assert keeper_home.root != base_home.root
    assert keys.load(keeper_home, "vault") == keys.load(base_home, "vault")
