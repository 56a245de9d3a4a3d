# SPDX-License-Identifier: Apache-2.0
"""The verify command: words or JSON, an exit status, and a start without Django, a database or numpy."""

import json
import subprocess
import sys

import pytest

from beholden.cli.verify import run
from ledger_builder import small_town


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "child.beholden"
    path.write_bytes(small_town().bundle(2).print())
    return path


def test_it_prints_the_claim_and_ends_with_0(file, capsys):
    assert run(str(file), None) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "in the list of none of them" in said
    assert "This does not exclude a handover made outside the log" in said


def test_it_speaks_json(file, capsys):
    assert run(str(file), small_town().key.print(), as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["proven"], found["K"], found["Q"], found["log_key_given"]) == (True, 3, [1, 2, 3], True)


def test_a_changed_file_ends_with_1(file, capsys):
    raw = file.read_bytes()
    file.write_bytes(raw[:500] + bytes([raw[500] ^ 1]) + raw[501:])
    assert run(str(file), None) == 1
    assert "NOT PROVEN" in capsys.readouterr().err
    assert run(str(file), None, as_json=True) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["proven"], found["code"]) == (False, "ledger.not_proven")
    assert isinstance(found["step"], int)


def test_another_key_ends_with_1(file, capsys):
    assert run(str(file), small_town(seed=8).key.print()) == 1
    assert "Step 1" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["", "no such file", "x\0y", "."])
def test_no_file_ends_with_2(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(path, None) == 2
    assert run(path, None, as_json=True) == 2
    assert "cli.no_file" in capsys.readouterr().out


def test_an_earlier_file_is_compared(file, tmp_path, capsys):
    old = tmp_path / "old"
    old.write_bytes(file.read_bytes())
    keeper = small_town()
    keeper.handover(3, [1])
    file.write_bytes(keeper.bundle(2).print())
    assert run(str(file), None, earlier=str(old)) == 0
    assert "continues your earlier one" in capsys.readouterr().out
    assert run(str(old), None, earlier=str(file)) == 1
    assert run(str(file), None, earlier="nowhere") == 2


def test_the_verifier_loads_no_django_no_numpy_and_no_database(file):
    """A parent's machine needs two packages: cryptography and rfc8785."""
    code = (
        "import sys\n"
        "from beholden.cli.verify import run\n"
        f"status = run({str(file)!r}, None)\n"
        "heavy = {'django', 'numpy', 'psycopg', 'pyarrow', 'duckdb', 'typer', 'rich'} & sys.modules.keys()\n"
        "sys.exit(status or (','.join(heavy) if heavy else 0))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
