# SPDX-License-Identifier: Apache-2.0
"""What is installed is decided by hashes in the lock files, and by no address in them (D36)."""

import json
import re
import tomllib

import pytest

from house.planting import REPOSITORY

LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_python_lock_pins_by_hash_and_names_no_address(lock):
    text = lock.read_text("utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links", text)
    entries = re.findall(
        r"^([A-Za-z0-9][\w.-]*)(==\S+)?[^\n]*\\\n((?: {4}--hash=sha256:[0-9a-f]{64}[ \\]*\n?)+)",
        text,
        re.MULTILINE,
    )
    named = re.findall(r"^[A-Za-z0-9][\w.-]*", text, re.MULTILINE)
    assert len(entries) == len(named) > 0
    assert all(version for _, version, _ in entries)


def test_python_lock_holds_every_declared_dependency():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    declared = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["keeper"],
        *project["dependency-groups"]["dev"],
    ]
    locked = {
        normal(word)
        for word in re.findall(
            r"^([\w.-]+)==", (REPOSITORY / "requirements/dev.txt").read_text(), re.MULTILINE
        )
    }
    assert {normal(re.match(r"[\w.-]+", word)[0]) for word in declared} <= locked


def test_node_lock_pins_by_hash_and_names_no_address():
    packages = json.loads((REPOSITORY / "package-lock.json").read_text("utf-8"))["packages"]
    for place, package in packages.items():
        if place:
            assert "resolved" not in package, place
            assert package["integrity"].startswith("sha512-"), place
