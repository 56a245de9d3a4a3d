# SPDX-License-Identifier: Apache-2.0
"""Homes in which a match by a list of names was told, each made once for a file that asks for it."""

import pytest

from integration.named import HARMING, told
from integration.test_match import MATCHING


@pytest.fixture(scope="module")
def kind(base_home, tmp_path_factory):
    """For a purpose that harms nobody: the rules accept by themselves, and what they accepted is drawn."""
    with told(base_home, tmp_path_factory.mktemp("town"), MATCHING) as made:
        yield made


@pytest.fixture(scope="module")
def harming(base_home, tmp_path_factory):
    """For a purpose that can harm: a person looks at each."""
    with told(base_home, tmp_path_factory.mktemp("town"), HARMING) as made:
        yield made
