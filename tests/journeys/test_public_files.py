# SPDX-License-Identifier: Apache-2.0
"""What is published, taken away by a stranger: over HTTP from the running pages, and as plain files. D26, D27, D38, U8."""

import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from beholden.ledger.page.joined import NAME, page
from beholden.ledger.tiles import TileLog
from integration.graded import as_stranger


def fetched(pages, path):
    with urllib.request.urlopen(f"{pages.address}{path}", timeout=60) as answer:  # noqa: S310  our own address
        return answer.read(), dict(answer.headers)


def mine(home, *words):
    """Run a command on the home, as its keeper does."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "beholden.cli", "--home", str(home.root), *map(str, words)],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip


@contextmanager
def aside(path):
    """Take a file away for a moment."""
    kept = path.with_name(f".{path.name}.part")
    path.rename(kept)
    try:
        yield path
    finally:
        kept.replace(path)


def given(keys):
    return [word for key in keys for word in ("--key", key)]


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def published(home):
    """Return what lies in the home's folder of logs, but for partial tiles of earlier sizes, and what each catalogue said."""
    sizes = {log: TileLog(home.ledger / log).size for log in ("events", "handovers")}
    assert max(sizes.values()) < 256, "then there would be levels above"
    logs = {
        name: raw
        for name, raw in files(home.ledger).items()
        if ".p/" not in name or name.endswith(f"/{sizes[name.split('/')[0]]}")
    }
    return logs | {f"catalogues/{name}": raw for name, raw in files(home.catalogues).items()}


def test_page_command_and_stranger_have_one_card(played, pages, tmp_path):
    """The page's JSON, `grade --home`, and `grade --from-log` of two kinds of copy: the same bytes on the same day."""
    shown, _ = fetched(pages, "/report-card.json")
    on = json.loads(shown)["on"]
    assert shown == mine(played.home, "grade", "--json", "--on", on).stdout

    copied = as_stranger("log", "copy", f"{pages.address}/log", tmp_path / "fetched")
    assert (copied.returncode, copied.stderr) == (0, b"")
    exported = mine(played.home, "log", "export", tmp_path / "exported")
    assert b"catalogues are new" in exported.stdout
    for copy in ("fetched", "exported"):
        theirs = as_stranger(
            "grade", "--json", "--from-log", tmp_path / copy, "--on", on, *given(played.keys)
        )
        assert (theirs.returncode, theirs.stderr) == (0, b"")
        assert theirs.stdout == shown


def test_every_figure_of_the_page_is_the_card_s(played, pages):
    """Read from the page as a person reads it, and compared with what `grade --home` prints (D38)."""
    page = fetched(pages, "/report-card")[0].decode()
    card = json.loads(mine(played.home, "grade", "--json").stdout)
    sections = dict(re.findall(r'<section aria-labelledby="([\w-]+)">(.*?)</section>', page, re.DOTALL))
    assert list(sections) == [subject["subject"] for subject in card["subjects"]]
    figures = 0
    for subject in card["subjects"]:
        part = sections[subject["subject"]]
        assert re.search(r"bh-grade__letter[^>]*><span[^>]*>Grade </span>(\w)<", part)[1] == subject["grade"]
        rows = [
            [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]
            for row in re.findall(r"<tr.*?</tr>", part, re.DOTALL)
        ]  # fmt: skip
        if not subject["measures"]:
            assert not rows
            continue
        for row, one in zip(rows[1:-1], subject["measures"], strict=True):
            assert row[0].startswith(one["label"])
            if one["state"] == "measured":
                assert [int(cell.replace(",", "")) for cell in row[1:3]] == [
                    one["numerator"],
                    one["denominator"],
                ]
                figures += 1
            assert row[3] == (f"{one['earned']} of {one['points']}" if one["in_sum"] else "– none")
        assert rows[-1] == ["The sum", f"{subject['earned']} of {subject['possible']}"]
    assert figures == 16, "all that are measured"
    for log in card["logs"]:
        assert f"The log of {log['log']} had {log['size']:,} entries." in page
        assert f"--key '{log['key']}'" in page


def test_a_copy_over_http_and_an_export_are_what_the_home_publishes(played, pages, tmp_path):
    """File by file, byte for byte; and the exported folder can be copied from any web server in its turn."""
    mine(played.home, "log", "export", tmp_path / "exported")
    assert as_stranger("log", "copy", f"{pages.address}/log/", tmp_path / "fetched").returncode == 0
    beside = {NAME: page()}  # of the program that copies, wherever the log is from
    assert files(tmp_path / "exported") == files(tmp_path / "fetched") == published(played.home) | beside

    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "--bind",
        "127.0.0.1",
        "0",
        "--directory",
        str(tmp_path / "exported"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as plain:
        try:
            port = re.search(r"port (\d+)", plain.stdout.readline())[1]
            again = as_stranger("log", "copy", f"http://127.0.0.1:{port}", tmp_path / "again")
            assert (again.returncode, again.stderr) == (0, b"")
        finally:
            plain.terminate()
    assert files(tmp_path / "again") == files(tmp_path / "exported")


def test_the_text_of_a_use_can_be_checked_from_its_json_alone(played, pages):
    """D26: salt and texts give what each entry of the log carries; and the file beside the log is the same text."""
    for ref in (played.world.use, played.refused):
        held = json.loads(fetched(pages, f"/uses/{ref}.json")[0])
        opened = held["published_text"]
        spelled = json.dumps(opened["texts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        found = hashlib.sha256(bytes.fromhex(opened["salt"]) + spelled.encode()).hexdigest()
        assert held["committed_in"]
        for one in held["committed_in"]:
            page = fetched(pages, f"/log/{one['log']}/{one['entry']}")[0].decode()
            assert one["commitment"] == found
            assert f"&#34;commitment&#34;: &#34;{found}&#34;" in page
        assert json.loads(fetched(pages, f"/log/texts/{ref}.json")[0]) == opened
        assert opened["texts"]["title"] == held["title"]


def test_a_draft_has_no_text_and_no_page(played, pages):
    from beholden.uses import actions as uses
    from integration.world import APPLICANT

    ref = uses.draft(played.world.draft(), by=APPLICANT, at=played.world.at)
    for path in (f"/uses/{ref}.json", f"/log/texts/{ref}.json", f"/uses/{ref}"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetched(pages, path)


def test_the_counts_of_the_pages_are_those_of_the_log(played, pages):
    """The first page's numbers, each state's number, and the twins: counted from entries, and the same as the list."""
    held = json.loads(fetched(pages, "/uses/numbers.json")[0])
    listed = json.loads(fetched(pages, "/uses.json")[0])
    assert held["totals"] == {"agreed": 1, "refused": 1, "waiting": 0, "unanswered": 0}
    assert {row["state"]: len(row["uses"]) for row in held["states"]} == {"Running": 1, "Refused": 1}
    assert listed["counts"] == {"All": 2, "Running": 1, "Refused": 1}
    assert held["counted_at"] == listed["counted_at"] == TileLog(played.home.ledger / "events").size
    home = fetched(pages, "/")[0].decode()
    assert re.findall(r"<dd>(\d+)</dd>", home) == ["1", "1", "0"]
    for row in held["states"]:
        for one in row["uses"]:
            entry = fetched(pages, f"/log/{one['log']}/{one['entry']}")[0].decode()
            assert one["ref"] in entry
    assert "not in the log yet" not in fetched(pages, "/uses/numbers")[0].decode()
    (asked,) = [use for use in listed["uses"] if use["ref"] == played.world.use]
    assert asked["numbers"]["scope"] == len(played.world.children())


def test_files_are_served_with_their_type_and_kept_as_long_as_they_stand(played, pages):
    _, note = fetched(pages, "/log/events/checkpoint")
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    assert note["Cache-Control"] == "no-cache"
    size = TileLog(played.home.ledger / "events").size
    for path in (f"/log/events/tile/entries/000.p/{size}", f"/log/events/tile/0/000.p/{size}"):
        _, tile = fetched(pages, path)
        assert tile["Content-Type"] == "application/octet-stream"
        assert "immutable" in tile["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/log/../keys/signer.events",
        "/log/events/../../keys/signer.events",
        "/log/events/%2e%2e/%2e%2e/keys/signer.events",
        "/log/events/tile/../../../keys/signer.events",
        "/log/events/tile/%2e%2e%2f%2e%2e%2fkeys%2fsigner.events",
        "/log/texts/..%2f..%2fkeys%2fsigner.json",
        "/log/texts/%2e%2e/origin.json",
        "//keys/signer.events",
        "/log/events//etc/passwd",
        "/log/events/tile/0/000.p/1%00",
        "/log/origin",
        "/log/events/tile/0/000.p/999",
    ],
)
def test_no_way_of_writing_a_path_leads_out_of_the_published_files(played, pages, path):
    """Sent as it stands, past every client that would tidy it."""
    line = HTTPConnection(urlsplit(pages.address).netloc, timeout=60)
    line.putrequest("GET", path, skip_host=False)
    line.endheaders()
    answer = line.getresponse()
    assert answer.status in {400, 404}
    assert b"beholden.example" not in answer.read().split(b"<main")[0]
    line.close()


def test_the_pages_compute_the_card_without_a_key_and_without_the_database(played, pages):
    """Doors hold no secret key: with both signers' keys gone, the page still stands; nothing new was granted for it."""
    shown, _ = fetched(pages, "/report-card.json")
    with aside(played.home.keys / "signer.events"), aside(played.home.keys / "signer.handovers"):
        assert fetched(pages, "/report-card.json")[0] == shown
        with aside(played.home.ledger / "texts" / f"{played.refused}.json"):  # so that it is computed anew
            assert json.loads(fetched(pages, "/report-card.json")[0])["on"]


def test_a_key_beside_the_log_that_is_not_the_log_s_leaves_no_card(played, pages):
    with aside(played.home.ledger / "events/vkey") as vkey:
        vkey.write_text("x\n")
        with pytest.raises(urllib.error.HTTPError, match="503") as no:
            fetched(pages, "/report-card")
        assert b"There is no report card today" in no.value.read()


@pytest.mark.parametrize(
    "address", ["ftp://127.0.0.1/log", "file:///etc", "127.0.0.1/log", "http:///log", "log"]
)
def test_what_is_no_address_is_refused(tmp_path, address):
    done = as_stranger("log", "copy", address, tmp_path / "copy")
    assert done.returncode == 1
    assert b"cli.no_address" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_server_that_is_not_there_and_one_that_has_no_log_are_told_apart(played, pages, tmp_path):
    gone = as_stranger("log", "copy", "http://127.0.0.1:9/log", tmp_path / "copy")
    assert b"cli.not_fetched" in gone.stderr
    other = as_stranger("log", "copy", pages.address, tmp_path / "copy")
    assert b"mirror.no_log" in other.stderr
    assert b"Traceback" not in gone.stderr + other.stderr


def test_an_export_into_the_home_is_refused(played):
    """A web server that serves the copy must not reach the keys beside it (D36)."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BEHOLDEN")}
    done = subprocess.run(
        [sys.executable, "-m", "beholden.cli", "--home", played.home.root, "log", "export", played.home.root / "public"],
        capture_output=True, env=clean, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert b"cli.export_into_home" in done.stderr
    assert not (played.home.root / "public").exists()


def test_the_clock_of_the_pages_is_today(pages):
    assert json.loads(fetched(pages, "/report-card.json")[0])["on"] == datetime.now(UTC).date().isoformat()
