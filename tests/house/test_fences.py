# SPDX-License-Identifier: Apache-2.0
"""The tree as it stands keeps every house rule. Each rule is seen to catch its breach in test_breaches.py."""

import pytest

from house import fences
from house.planting import REPOSITORY


@pytest.fixture(scope="module")
def found():
    return fences.breaches(REPOSITORY / "src")


@pytest.mark.parametrize("fence", fences.FENCES)
def test_tree_keeps(fence, found):
    here = [str(breach) for breach in found if breach.fence == fence]
    assert not here, "\n" + "\n".join(here)


@pytest.mark.parametrize("folder", ["tests", "bench"])
def test_every_other_python_file_speaks_its_licence(folder):
    silent = [
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / folder).rglob("*.py")
        if path.read_text("utf-8").split("\n", 1)[0] != fences.SPDX
    ]
    assert not silent


def test_every_file_that_may_speak_sql_exists_and_does():
    """A name that is no longer needed leaves the list, or the list becomes a way round."""
    for path in fences.RAW_CURSORS:
        file = REPOSITORY / "src" / path
        assert file.exists(), f"{path} is allowed raw SQL but does not exist"
        module = fences.Module("beholden/elsewhere.py", file.read_text("utf-8"))
        assert list(fences.no_raw_cursors(module, fences.Tree())), (
            f"{path} is allowed raw SQL but writes none"
        )
