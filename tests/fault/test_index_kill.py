# SPDX-License-Identifier: Apache-2.0
"""Whoever writes the matching index is killed before each of its durable steps, once; then it is opened. D21, D36."""

import itertools
import os
import shutil
import signal
from pathlib import Path

import pytest

from beholden.linkage import index as indexes
from beholden.linkage.index import Index
from fault.forks import before_each, in_child, killed
from linking_twin import somebody

SECRET = bytes(range(32))
ONE = somebody("one", "Ada", "Examplewood", "2011-04-30", "ZZ1 1ZZ", "F", "Z100000000001")
TWO = somebody("two", "Boris", "Otherby", "2012-05-01", "ZZ2 2YY", "M", "Z100000000002")
LATE = somebody("late", "Carys", "Newcomer", "2013-06-02", "ZZ3 3XX")

OLD, NEW = (True, True, False), (False, True, True)
WAYS = {
    "built anew": lambda folder: indexes.build(folder, [(LATE,), (TWO,)], SECRET),
    "added to": lambda folder: indexes.add(folder, [(2, (LATE,))], SECRET, gone=[0]),
}


def finds(folder):
    return tuple(bool(found.rows) for found in Index.open(folder, SECRET).find([ONE, TWO, LATE]))


@pytest.mark.parametrize("way", WAYS)
def test_an_index_killed_at_each_step_is_the_old_one_or_the_new_one(way, tmp_path):
    """Never neither, and never a part of both; and the next change removes what the killed one left."""
    indexes.build(tmp_path / "base", [(ONE,), (TWO,)], SECRET)
    met = []
    for step in itertools.count(1):
        folder = tmp_path / f"killed {step}"
        shutil.copytree(tmp_path / "base", folder)

        def work(folder=folder, step=step):
            wrap = before_each(step, killed)
            os.fsync, os.replace, os.unlink = wrap(os.fsync), wrap(os.replace), wrap(os.unlink)
            WAYS[way](folder)

        code = in_child(work)
        met.append(finds(folder))
        indexes.build(folder, [(LATE,), (TWO,)], SECRET)
        assert finds(folder) == NEW
        assert len(list(folder.iterdir())) == 3
        shutil.rmtree(folder)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    print(f"{step - 1} steps, each killed once")
    assert [found for found, _ in itertools.groupby(met)] == [OLD, NEW]
    assert step > 9  # a file, its name and the folder, three times


def test_the_folder_is_on_the_disk_before_the_list_names_what_is_in_it(tmp_path):
    """A name in a folder outlives a power cut only if the folder was flushed after it was given."""
    seen, kept = [], (os.fsync, os.replace)

    def fsync(descriptor):
        seen.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        kept[0](descriptor)

    def replace(old, new):
        seen.append(f"{os.fspath(new).rpartition('.')[2]} named")
        kept[1](old, new)

    def work():
        os.fsync, os.replace = fsync, replace
        indexes.build(tmp_path / "index", [(ONE,)], SECRET)
        os.fsync, os.replace = kept
        assert [name if name == "index" or "named" in name else "file" for name in seen] == [
            *("file", "pieces named", "index", "file", "marks named", "index", "file", "json named", "index")
        ]

    assert in_child(work) == 0
