# SPDX-License-Identifier: Apache-2.0
"""A file is counted once, whole or not at all; a cube stands, is withdrawn, and never stands beside another. D24."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from beholden.tables import answering, cubes, keys, policy
from beholden.tables.counting import DataRefused
from beholden.tables.cubes import CubeRefused
from beholden.tables.safe import Why
from table_rows import POLICY, READY, RULES, SECRET, cells, cube, read, town, written

DATED = policy.read(POLICY.replace('pupil = "pupil"', 'pupil = "pupil"\nperiod = "year"').encode())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return cube(town(), tmp_path_factory.mktemp("rows"))


def test_a_cube_counts_everybody_and_names_nobody(made):
    assert sum(made.cells["n"].to_pylist()) == 4_000
    record = keys.RecordKeys(SECRET)
    assert sum(made.cells["keys"].to_pylist()) == sum(record.key(f"p{one}") for one in range(4_000))
    assert "pupil" not in made.cells.column_names
    assert all(pa.types.is_integer(one.type) for one in made.cells.schema)


def test_the_order_of_rows_does_not_show(made, tmp_path):
    columns = town()
    order = np.random.default_rng(3).permutation(4_000)
    turned = {name: [values[one] for one in order] for name, values in columns.items()}
    assert cube(turned, tmp_path).manifest.cells == made.manifest.cells


def test_integers_dictionaries_and_yes_or_no_are_words(tmp_path):
    columns = town(300)
    columns["year"] = [int(one) for one in columns["year"]]
    columns["sex"] = pa.array(columns["sex"]).dictionary_encode()
    assert cube(columns, tmp_path).cells.equals(cube(town(300), tmp_path).cells)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("pupil", lambda values: ["p1", *values[1:]], "twice"),
        ("pupil", lambda values: [None, *values[1:]], "nobody"),
        ("sex", lambda values: ["Ada", *values[1:]], "category"),
        ("sex", lambda values: ["", *values[1:]], "category"),
        ("sex", lambda values: [["F"]] * len(values), "unreadable"),
        ("absence", lambda values: [401, *values[1:]], "range"),
        ("absence", lambda values: [-1, *values[1:]], "range"),
        ("absence", lambda values: [float("inf"), *values[1:]], "range"),
        ("absence", lambda values: ["3"] * len(values), "measure"),
        ("region", lambda values: ["R9", *values[1:]], "areas"),
        ("phase", lambda values: ["upper"] * len(values), "impossible"),
    ],
)
def test_a_file_that_contradicts_its_policy_is_refused_whole(name, change, code, tmp_path):
    columns = town(300)
    columns[name] = change(columns[name])
    with pytest.raises(DataRefused) as no:
        cube(columns, tmp_path)
    assert no.value.code == f"tables.{code}"
    assert "Ada" not in str(no.value)


def test_no_number_is_a_hole(tmp_path):
    columns = town(300)
    holes = columns | {"absence": [float("nan") if one is None else float(one) for one in columns["absence"]]}
    assert cube(holes, tmp_path).cells.equals(cube(columns, tmp_path).cells)


def test_a_file_that_is_none_or_cut_short_or_lacks_a_column_is_refused(tmp_path):
    whole = written(town(300), tmp_path).read_bytes()
    for raw in (b"", b"PAR1", whole[:-20]):
        (tmp_path / "cut.parquet").write_bytes(raw)
        with pytest.raises(DataRefused, match=r"tables\.no_file"):
            cubes.build(tmp_path / "cut.parquet", RULES, SECRET, release="r1")
    (tmp_path / "cut.parquet").write_bytes(whole[:4] + bytes(400) + whole[404:])
    with pytest.raises(DataRefused, match=r"tables\.unreadable"):
        cubes.build(tmp_path / "cut.parquet", RULES, SECRET, release="r1")
    columns = town(300)
    del columns["sex"]
    with pytest.raises(DataRefused, match=r"tables\.column"):
        cube(columns, tmp_path)
    pq.write_table(pa.table(town(300)).slice(0, 0), tmp_path / "empty.parquet")
    with pytest.raises(DataRefused, match=r"tables\.empty"):
        cubes.build(tmp_path / "empty.parquet", RULES, SECRET, release="r1")
    with pytest.raises(DataRefused, match=r"tables\.no_file"):
        cubes.build(tmp_path / "nowhere.parquet", RULES, SECRET, release="r1")


def test_a_name_with_signs_in_it_is_a_name_and_no_pattern(tmp_path):
    made = cube(town(300), tmp_path)
    path = tmp_path / "row*.parquet"
    pq.write_table(pa.table(town(300)), path)
    assert cubes.build(path, RULES, SECRET, release="r1").cells.equals(made.cells)


def test_a_pupil_may_stand_once_in_each_period(tmp_path):
    columns = town(300)
    twice = {name: [*values, *values] for name, values in columns.items()}
    twice["year"] = ["8"] * 300 + ["9"] * 300
    made = cube(twice, tmp_path, DATED)
    assert made.manifest.moments == ("8", "9")
    twice["year"] = ["8"] * 600
    with pytest.raises(DataRefused, match=r"tables\.twice"):
        cube(twice, tmp_path, DATED)


@pytest.mark.parametrize("name", ["", "Spring", "../up", "a b", "-a", "a" * 65])
def test_a_release_is_named_plainly(name, tmp_path):
    with pytest.raises(CubeRefused, match=r"tables\.name"):
        cube(town(50), tmp_path, release=name)


def test_a_cube_is_frozen_and_read_back_as_it_was(made, tmp_path):
    place = cubes.freeze(made, tmp_path)
    assert cubes.load(tmp_path, "roll") == made
    assert cubes.load(tmp_path, "roll", release="r1").manifest.name == "roll-r1"
    assert {path.name for path in place.iterdir()} == {"cells.parquet", "cube.json"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (place, *place.iterdir()))
    with pytest.raises(CubeRefused, match=r"tables\.no_cube"):
        cubes.load(tmp_path, "other")


def test_two_releases_of_one_moment_never_stand_side_by_side(tmp_path):
    old, new = (cube(town(600, seed), tmp_path, DATED, release) for seed, release in ((1, "r1"), (2, "r2")))
    cubes.freeze(old, tmp_path)
    with pytest.raises(CubeRefused, match=r"tables\.stands_already"):
        cubes.freeze(new, tmp_path)
    cubes.withdraw(tmp_path, "roll-r1", why="A school sent the wrong file.")
    cubes.freeze(new, tmp_path)
    assert cubes.load(tmp_path, "roll") == new
    with pytest.raises(CubeRefused, match=r"tables\.withdrawn: .*A school sent the wrong file"):
        cubes.load(tmp_path, "roll", release="r1")
    with pytest.raises(CubeRefused, match=r"tables\.name_taken"):
        cubes.freeze(cube(town(600, 3), tmp_path, policy.read(DATED_OTHER), "r1"), tmp_path)


DATED_OTHER = (
    POLICY.replace('pupil = "pupil"', 'pupil = "pupil"\nperiod = "phase"')
    .replace('\n[[impossible]]\nphase = "upper"\nyear = "7"\n', "")
    .encode()
)


def test_without_a_period_a_data_set_is_of_one_moment(made, tmp_path):
    cubes.freeze(made, tmp_path)
    with pytest.raises(CubeRefused, match=r"tables\.stands_already"):
        cubes.freeze(cube(town(600, 2), tmp_path, release="r2"), tmp_path)


def test_a_withdrawal_has_a_reason_and_something_to_withdraw(made, tmp_path):
    cubes.freeze(made, tmp_path)
    for name, why, code in (("roll-r2", "Wrong.", "no_cube"), ("roll-r1", " ", "no_reason")):
        with pytest.raises(CubeRefused, match=code):
            cubes.withdraw(tmp_path, name, why=why)
    cubes.withdraw(tmp_path, "roll-r1", why="Wrong.")
    with pytest.raises(CubeRefused, match=r"tables\.no_cube"):
        cubes.load(tmp_path, "roll")


def test_cells_that_were_changed_and_a_manifest_of_another_form_are_refused(made, tmp_path):
    place = cubes.freeze(made, tmp_path)
    cells_file = place / "cells.parquet"
    changed = made.cells.set_column(
        made.cells.column_names.index("n"), "n", pa.array([one + 1 for one in made.cells["n"].to_pylist()])
    )
    pq.write_table(changed, cells_file)
    with pytest.raises(CubeRefused, match=r"tables\.damaged"):
        cubes.load(tmp_path, "roll")
    said = json.loads((place / "cube.json").read_text("utf-8"))
    (place / "cube.json").write_text(json.dumps(said | {"form": "beholden/cube/v2"}))
    with pytest.raises(CubeRefused, match=r"tables\.form"):
        cubes.load(tmp_path, "roll")


def test_a_cube_killed_before_its_manifest_does_not_count(made, tmp_path):
    place = cubes.freeze(made, tmp_path)
    (place / "cube.json").unlink()
    with pytest.raises(CubeRefused, match=r"tables\.no_cube"):
        cubes.load(tmp_path, "roll")


@pytest.mark.parametrize("steps", range(2))
def test_what_a_killed_run_left_is_written_over_by_the_next(made, tmp_path, monkeypatch, steps):
    """Cut off before the cells have their name, or before the manifest has: nothing stands, and nothing is in the way."""
    settle, done = cubes._settle, []

    def cut(part, path):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(path)
        settle(part, path)

    monkeypatch.setattr(cubes, "_settle", cut)
    with pytest.raises(KeyboardInterrupt):
        cubes.freeze(made, tmp_path)
    monkeypatch.undo()
    assert not list(cubes.standing(tmp_path))
    place = cubes.freeze(made, tmp_path)
    assert cubes.load(tmp_path, "roll") == made
    assert {path.name for path in place.iterdir()} == {"cells.parquet", "cube.json"}


def test_of_two_who_freeze_one_moment_at_once_one_is_refused(tmp_path, monkeypatch):
    both = [cube(town(600, seed), tmp_path, DATED, f"r{seed}") for seed in (1, 2)]
    write = pq.write_table
    monkeypatch.setattr(pq, "write_table", lambda *given: (time.sleep(0.3), write(*given)))
    with ThreadPoolExecutor() as pool:
        ran = [pool.submit(cubes.freeze, one, tmp_path / "cubes") for one in both]
    (refused,) = [one.exception() for one in ran if one.exception()]
    assert isinstance(refused, CubeRefused)
    assert refused.code == "tables.stands_already"
    assert len(list(cubes.standing(tmp_path / "cubes"))) == 1


def test_a_cube_of_another_policy_key_or_release_answers_nothing(made):
    asked = read(ask="count", by=["sex"])
    for other, code in (
        (replace(READY, policy=replace(RULES, sha256="0")), "other_policy"),
        (replace(READY, secret=keys.Secret(bytes(32))), "other_key"),
    ):
        with pytest.raises(CubeRefused, match=code):
            answering.answer(asked, made, other)
    with pytest.raises(Exception, match=r"tables\.release"):
        answering.answer(replace(asked, release="r0"), made, READY)


def test_areas_add_up_to_the_larger_ones_but_for_errors(made):
    """The cube itself is additive: what is perturbed is each cell, never a sum of cells that were."""
    small, large = (
        cubes.counts(made, read(ask="count", by=[name]), RULES) for name in ("authority", "region")
    )
    assert small.n.sum() == large.n.sum() == 4_000
    shown = cells(read(ask="count", by=["region"]), made)
    for at, n in zip(shown, large.n.tolist(), strict=True):
        assert abs(shown[at][0] - n) <= 7


def test_show_picks_cells_of_the_whole_table_and_changes_none(made):
    whole = cells(read(ask="count", by=["authority", "sex", "year"]), made)
    part = cells(
        read(ask="count", by=["authority", "sex", "year"], show={"sex": ["F"], "authority": ["A01", "A00"]}),
        made,
    )
    assert part == {at: cell for at, cell in whole.items() if at[0] in {"A00", "A01"} and at[1] == "F"}
    assert len(part) == 2 * 1 * 4


def test_a_document_says_what_was_hidden_and_why(made):
    said = answering.document(
        answering.answer(read(ask="count", by=["authority", "phase", "year", "sex"]), made, READY)
    )
    assert sum(one["cells"] for one in said["hidden"]) == sum("symbol" in one for one in said["cells"])
    assert {one["why"] for one in said["hidden"]} == {"impossible", "area", "small"}
    assert all(("value" in one) != ("symbol" in one and "why" in one) for one in said["cells"])
    assert said["cite"] == "Pupils on roll in an invented town. roll-r1."
    assert json.loads(json.dumps(said)) == said
    for asked in ("count", "rate", "mean"):
        assert all(answering.sentence(why, asked, RULES) for why in Why)


def moment_of(folder, moment, release, rules=RULES):
    """Count the town as it was at a moment that no field of it names."""
    file = written(town(300), folder)
    return cubes.build(file, rules, SECRET, release=release, moment=moment)


def test_cubes_of_two_moments_stand_side_by_side_and_of_one_moment_never(tmp_path):
    folder = tmp_path / "cubes"
    for moment, release in (("spring", "r1"), ("summer", "r2")):
        cubes.freeze(moment_of(tmp_path, moment, release), folder)
    with pytest.raises(CubeRefused, match=r"tables\.stands_already"):
        cubes.freeze(moment_of(tmp_path, "summer", "r3"), folder)
    assert {one.release: one.moments for one in cubes.standing(folder)} == {
        "r1": ("spring",),
        "r2": ("summer",),
    }
    assert cubes.load(folder, "roll", release="r2").manifest.moments == ("summer",)


def test_a_moment_is_not_named_twice(tmp_path):
    with pytest.raises(CubeRefused, match=r"tables\.two_moments"):
        moment_of(tmp_path, "spring", "r1", DATED)


def test_what_is_discarded_is_gone_whole_and_its_name_is_free(tmp_path):
    folder = tmp_path / "cubes"
    cubes.freeze(moment_of(tmp_path, "spring", "r1"), folder)
    cubes.discard(folder, "roll-r1")
    assert list(folder.iterdir()) == []
    cubes.freeze(moment_of(tmp_path, "spring", "r1"), folder)
    assert cubes.manifest(folder, "roll-r1").moments == ("spring",)
    assert cubes.manifest(folder, "roll-r2") is None


def test_counting_in_a_folder_of_ones_own_leaves_what_it_wrote_there(tmp_path):
    """So that whoever counts secret rows says where their copies lie, and takes them away."""
    work = tmp_path / "work"
    work.mkdir()
    file = written(town(300), tmp_path)
    made = cubes.build(file, RULES, SECRET, release="r1", work=work)
    assert {one.name for one in work.iterdir()} >= {"keyed.parquet"}
    assert made == cubes.build(file, RULES, SECRET, release="r1")
