# SPDX-License-Identifier: Apache-2.0
"""A key file is used only when nobody else could have read it, and is never replaced (D36)."""

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from beholden.home import Home, keys
from beholden.refusals import Refusal
from homes import lack


@pytest.fixture
def home(tmp_path):
    (tmp_path / "keys").mkdir(mode=0o700)
    return Home(tmp_path)


def _refused(home, name="vault", size=32):
    with pytest.raises(Refusal) as refused:
        keys.load(home, name, size)
    return refused.value.code


def test_made_private_and_random(home):
    keys.create(home, "vault")
    keys.create(home, "lookup")
    assert len(keys.load(home, "vault")) == 32
    assert keys.load(home, "vault") != keys.load(home, "lookup")
    assert stat.S_IMODE((home.keys / "vault").stat().st_mode) == 0o600


def test_never_overwritten(home):
    keys.create(home, "vault")
    first = keys.load(home, "vault")
    with pytest.raises(Refusal) as refused:
        keys.create(home, "vault")
    assert refused.value.code == "home.key_exists"
    assert keys.load(home, "vault") == first


def test_made_once_and_there_ever_after(home):
    first = keys.made(home, "vault")
    assert keys.made(home, "vault") == keys.load(home, "vault") == first
    assert stat.S_IMODE((home.keys / "vault").stat().st_mode) == 0o600


def test_what_is_no_key_of_ours_is_refused_and_not_made_anew(home):
    keys.create(home, "vault")
    keys.path(home, "vault").chmod(0o644)
    with pytest.raises(Refusal, match=r"^home\.key_open:"):
        keys.made(home, "vault")


def test_of_many_who_make_a_key_at_once_all_have_the_same(home):
    """D36: whatever one of them seals, every other opens."""
    names = [f"search.{number}" for number in range(100)]
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as many:
        all_of_them = list(many.map(_made, [home] * 4, [names] * 4))
    assert all_of_them == [[keys.load(home, name) for name in names]] * 4
    assert {file.name for file in home.keys.iterdir()} == set(names)


def _made(home, names):
    return [keys.made(home, name) for name in names]


def test_missing(home):
    assert _refused(home) == "home.key_missing"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o644])
def test_open_to_others(home, mode):
    keys.create(home, "vault")
    (home.keys / "vault").chmod(mode)
    assert _refused(home) == "home.key_open"


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_another_size(home, size):
    (home.keys / "vault").touch(mode=0o600)
    (home.keys / "vault").write_bytes(bytes(size))
    assert _refused(home) == "home.key_size"


@pytest.mark.parametrize("place", [0, 31, 32, 47])
def test_one_changed_byte_is_refused_at_every_use(home, place):
    """A damaged key would open nothing, or sign as somebody else; it is told apart before it is used."""
    keys.create(home, "vault")
    content = bytearray((home.keys / "vault").read_bytes())
    content[place] ^= 1
    (home.keys / "vault").write_bytes(content)
    assert _refused(home) == "home.key_damaged"


def test_a_key_under_another_keys_name_is_refused(home):
    keys.create(home, "lookup")
    (home.keys / "lookup").rename(home.keys / "vault")
    assert _refused(home) == "home.key_damaged"


def test_a_link_is_no_key(home, tmp_path):
    keys.create(home, "lookup")
    (home.keys / "vault").symlink_to(home.keys / "lookup")
    assert _refused(home) == "home.key_missing"


def test_a_pipe_is_no_key_and_does_not_hang(home):
    os.mkfifo(home.keys / "vault", mode=0o600)
    assert _refused(home) == "home.key_open"


def test_a_folder_is_no_key(home):
    (home.keys / "vault").mkdir(mode=0o700)
    assert _refused(home) == "home.key_open"


def test_of_another_user(home):
    if os.geteuid() != 0:
        lack("only root can give a file away")
    keys.create(home, "vault")
    os.chown(home.keys / "vault", 65534, 65534)
    assert _refused(home) == "home.key_open"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "Vault", "vault.", ".vault", "vault\n", "a b", "1"])
def test_a_name_stays_in_the_folder(home, name):
    with pytest.raises(ValueError, match="full stops"):
        keys.path(home, name)


@pytest.mark.parametrize("name", [*keys.NAMES, "registry.0f3c9a"])
def test_names_in_use(home, name):
    keys.create(home, name)
    assert len(keys.load(home, name)) == 32


def test_a_derived_key_is_made_from_its_file_and_its_label(home):
    """HKDF-Expand of one block (RFC 5869 section 2.3): the file's key is the pseudorandom key, the label the info."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    keys.create(home, "lookup")
    label = b"beholden/a-purpose/v1"
    expanded = HKDFExpand(SHA256(), 32, label).derive(keys.load(home, "lookup"))
    assert keys.derived(home, "lookup", label) == expanded
    assert (
        len({expanded, keys.derived(home, "lookup", b"beholden/another/v1"), keys.load(home, "lookup")}) == 3
    )


def test_a_key_is_not_derived_from_a_file_that_may_not_be_used(home):
    keys.create(home, "lookup")
    keys.path(home, "lookup").chmod(0o644)
    with pytest.raises(Refusal):
        keys.derived(home, "lookup", b"beholden/a-purpose/v1")
