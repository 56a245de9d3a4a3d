# SPDX-License-Identifier: Apache-2.0
"""`beholden link-sample` and `link-rates`: a result and two lists in, a blind sheet of 0600, its answers, and rates."""

import csv
import json
import stat
import subprocess
import sys

import pytest

MAP = """
[left]
id = "case"
given_name = "first name"
surname = "family name"
birth_date = "born"
[right]
id = "ref"
given_name = "forename"
surname = "surname"
birth_date = "dob"
"""
SECRET = "Quellwasser"
CASES = 60


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "beholden.cli", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def drawn(folder, *options, out="sheet.csv"):
    words = ("link-sample", "result.jsonl", "--left", "left.csv", "--right", "right.csv")
    return run(folder, *words, "--columns", "map.toml", "--out", out, *options)


def refused(ran, code):
    assert ran.returncode == 1, ran.stderr
    assert f"[linkage.{code};" in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.fixture
def lists(tmp_path):
    """Sixty cases: forty accepted, of which every tenth is wrong; ten in review and ten with none, by turns one person."""
    left, right, result = [], [], []
    for n in range(CASES):
        decision, chance = ("accept", 0.99999) if n < 40 else ("review", 0.6) if n < 50 else ("none", 0.001)
        left.append((f"C-{n}", f"{SECRET} {n}", "Łukasz", "2011-04-30", "north" if n % 2 else "south"))
        right.append((f"P-{n}", SECRET, f"Held {n}", "20110430"))
        result.append({"left": f"C-{n}", "right": f"P-{n}", "probability": chance, "decision": decision})
    for name, header, rows in (
        ("left.csv", ("case", "first name", "family name", "born", "region"), left),
        ("right.csv", ("ref", "forename", "surname", "dob"), right),
    ):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    (tmp_path / "result.jsonl").write_text("".join(json.dumps(one) + "\n" for one in result), "utf-8")
    return tmp_path


def fill(folder, to, answer=None):
    """Answer each row of the sheet as it truly is, or otherwise."""
    with (folder / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows:
        n = int(row[2].removeprefix("C-"))
        same = n % 10 > 0 if n < 40 else n % 2 == 0 if n < 50 else False
        row[-1] = answer(n) if answer and answer(n) else "same" if same else "different"
    with (folder / to).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def test_from_a_result_to_rates(lists):
    ran = drawn(lists, "--seed", "7")
    assert ran.returncode == 0, ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    assert "personal data" in ran.stdout
    for name in ("sheet.csv", "sheet.csv.key"):
        assert stat.S_IMODE((lists / name).stat().st_mode) == 0o600
    assert (
        (lists / "sheet.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    )  # so that spreadsheets keep every letter
    fill(lists, "first.csv")
    ran = run(lists, "link-rates", "first.csv", "--key", "sheet.csv.key", "--json")
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    rates = said["rates"]
    assert rates["false"]["share"] == pytest.approx(0.1)
    assert rates["missed"]["share"] == pytest.approx(5 / 20)
    assert rates["in_review"]["share"] == pytest.approx(0.5)
    assert rates["in_none"]["share"] == 0
    assert rates["missed_of_same"]["share"] == pytest.approx(5 / 41)
    assert said["seed"] == 7
    assert said["reviewers"] == [None]
    assert said["agreement"] is None
    assert sum(one["pairs"] for one in said["strata"]) == CASES
    assert all(one["chance"] == one["drawn"] / one["pairs"] for one in said["strata"])
    text = run(lists, "link-rates", "first.csv", "--key", "sheet.csv.key").stdout
    assert "Pairs that were accepted: 40 (looked at: 40). Are two people: 10.00% (" in text
    assert "Not in these figures" in text


def test_by_a_column_of_the_left_list(lists):
    assert drawn(lists, "--by", "region", "--per-stratum", "40").returncode == 0  # so many that all are drawn
    fill(lists, "first.csv")
    said = json.loads(run(lists, "link-rates", "first.csv", "--key", "sheet.csv.key", "--json").stdout)
    assert said["by"] == "region"
    assert set(said["groups"]) == {"north", "south"}
    assert (
        said["groups"]["north"]["false"]["share"] == 0.0
    )  # every tenth is even, and the even are of the south
    assert said["groups"]["south"]["false"]["share"] == pytest.approx(4 / 20)
    assert "region: north" in run(lists, "link-rates", "first.csv", "--key", "sheet.csv.key").stdout


def test_known_pairs_and_a_second_and_a_third_opinion(lists):
    (lists / "known.csv").write_text("left,right,answer\nC-1,P-1,same\nC-3,P-5,different\n", "utf-8")
    assert drawn(lists, "--known", "known.csv", "--per-stratum", "20").returncode == 0
    fill(lists, "sheet.first.csv", lambda n: "different" if n == 3 else None)
    fill(lists, "second.csv", lambda n: "cannot say" if n in {1, 3} else None)
    words = ("link-rates", "sheet.first.csv", "second.csv")
    ran = run(lists, *words, "--key", "sheet.csv.key", "--json")
    said = json.loads(ran.stdout)
    assert [(one["known"], one["right"], one["cannot_say"]) for one in said["reviewers"]] == [
        (2, 2, 0),
        (2, 0, 2),
    ]
    apart = said["agreement"]["apart"]
    assert apart
    assert said["agreement"]["alike"] == said["agreement"]["rows"] - len(apart)
    assert "For a third person, rows:" in run(lists, *words, "--key", "sheet.csv.key").stdout
    fill(lists, "third.csv")
    settled = run(lists, *words, "third.csv", "--key", "sheet.csv.key", "--json")
    assert json.loads(settled.stdout)["rates"]["false"]["unsaid"] == 0


def test_the_same_seed_writes_the_same_sheet_and_none_is_written_over(lists):
    assert drawn(lists, "--seed", "3").returncode == 0
    assert drawn(lists, "--seed", "3", out="again.csv").returncode == 0
    assert drawn(lists, out="other.csv").returncode == 0
    first, again, other = ((lists / name).read_bytes() for name in ("sheet.csv", "again.csv", "other.csv"))
    assert first == again != other
    refused(drawn(lists), "stands_already")
    assert (lists / "sheet.csv").read_bytes() == first
    (lists / "sheet.csv").unlink()  # its key is still there
    refused(drawn(lists), "stands_already")
    refused(drawn(lists, out="nowhere/sheet.csv"), "no_place")


def test_what_cannot_be_drawn_is_refused(lists):
    refused(drawn(lists, "--by", "nothing"), "column")
    refused(drawn(lists, "--by", "first name"), "groups")
    refused(drawn(lists, "--per-stratum", "0"), "per_stratum")
    whole = (lists / "left.csv").read_text("utf-8")
    (lists / "left.csv").write_text(whole + whole.splitlines()[-1] + "\n", "utf-8")
    refused(drawn(lists), "id_twice")
    (lists / "left.csv").write_text("".join(whole.splitlines(keepends=True)[:30]), "utf-8")
    refused(drawn(lists), "other_list")
    (lists / "left.csv").write_text(whole, "utf-8")
    held = (lists / "right.csv").read_text("utf-8")
    (lists / "right.csv").write_text("".join(held.splitlines(keepends=True)[:30]), "utf-8")
    refused(drawn(lists), "other_list")
    (lists / "right.csv").write_text(held, "utf-8")
    (lists / "result.jsonl").write_text(f"accept  0.9  {SECRET}\n", "utf-8")
    refused(drawn(lists), "result")
    (lists / "result.jsonl").write_bytes(b"\xff\xfe")
    refused(drawn(lists), "encoding")
    (lists / "result.jsonl").unlink()
    refused(drawn(lists), "no_file")
    assert not (lists / "sheet.csv").exists()
    assert not (lists / "sheet.csv.key").exists()


def test_what_cannot_be_counted_is_refused(lists):
    assert drawn(lists, "--seed", "1").returncode == 0
    refused(run(lists, "link-rates", "sheet.csv"), "answer")
    fill(lists, "first.csv")
    refused(run(lists, "link-rates", "first.csv"), "no_file")  # no key beside it
    key = ("--key", "sheet.csv.key")
    refused(run(lists, "link-rates", "first.csv", "first.csv", *key), "one_sheet")
    fill(lists, "unsure.csv", lambda n: "cannot say" if n >= 50 else None)
    ran = run(lists, "link-rates", "first.csv", "unsure.csv", *key)
    refused(ran, "too_few_answers")
    assert "For a third person, rows:" in ran.stdout  # who has to be asked is told all the same
    assert "Are two people" not in ran.stdout
    ran = run(lists, "link-rates", "unsure.csv", *key, "--json")
    refused(ran, "too_few_answers")
    assert json.loads(ran.stdout)["rates"] is None
    (lists / "changed.csv").write_text(
        (lists / "first.csv").read_text("utf-8").replace("Łukasz", "Lukasz"), "utf-8"
    )
    refused(run(lists, "link-rates", "changed.csv", *key), "sheet_changed")
    (lists / "latin.csv").write_bytes((lists / "first.csv").read_text("utf-8").encode("cp1250"))
    refused(run(lists, "link-rates", "latin.csv", *key), "encoding")
    with (lists / "result.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    refused(drawn(lists, out="x.csv"), "result")
    with (lists / "result.jsonl").open("r+", encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
        file.seek(0)
        file.truncate()
        file.writelines(lines[1:-1])
    assert drawn(lists, "--seed", "1", out="other.csv").returncode == 0
    refused(run(lists, "link-rates", "first.csv", "--key", "other.csv.key"), "other_sheet")
