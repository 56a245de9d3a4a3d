# SPDX-License-Identifier: Apache-2.0
"""The secret: whose it is, what follows from it, and what never tells of it. D24."""

import hmac
import os
from collections import Counter

import numpy as np
import pytest

from beholden.tables import keys
from table_rows import SECRET


def kept(tmp_path, raw=bytes(range(32)), mode=0o600):
    path = tmp_path / "tables.key"
    path.write_bytes(raw)
    path.chmod(mode)
    return path


def test_a_key_file_that_is_its_owners_alone_is_read(tmp_path):
    assert keys.load(kept(tmp_path)) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_key_file_that_others_can_read_is_refused(tmp_path, mode):
    with pytest.raises(keys.KeyRefused, match=r"tables\.key_open"):
        keys.load(kept(tmp_path, mode=mode))


def test_a_key_file_that_belongs_to_somebody_else_is_refused(tmp_path, monkeypatch):
    path = kept(tmp_path)
    monkeypatch.setattr(keys.os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(keys.KeyRefused, match=r"tables\.key_open"):
        keys.load(path)


@pytest.mark.parametrize("raw", [b"", bytes(range(31)), bytes(range(33))])
def test_a_key_of_another_length_is_refused(tmp_path, raw):
    with pytest.raises(keys.KeyRefused, match=r"tables\.key_size"):
        keys.load(kept(tmp_path, raw))


def test_a_key_that_is_plainly_not_random_is_refused(tmp_path):
    with pytest.raises(keys.KeyRefused, match=r"tables\.key_weak"):
        keys.load(kept(tmp_path, b"password" * 4))


def test_a_link_a_pipe_a_folder_and_nothing_are_refused(tmp_path):
    (tmp_path / "link").symlink_to(kept(tmp_path))
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name, code in {"link": "no_key", "none": "no_key", "pipe": "key_open", ".": "key_open"}.items():
        with pytest.raises(keys.KeyRefused, match=code):
            keys.load(tmp_path / name)


def test_a_secret_is_not_printed_and_its_fingerprint_is_no_key():
    assert str(SECRET.raw) not in repr(SECRET)
    assert len({SECRET.fingerprint, keys.Secret(bytes(32)).fingerprint}) == 2
    with pytest.raises(ValueError, match="32 bytes"):
        keys.Secret(b"short")


def test_a_record_key_is_the_hmac_of_an_id_modulo_4096():
    made = keys.RecordKeys(SECRET)
    for pupil in ("", "A123", "Zoë", "x" * 500):
        whole = hmac.new(SECRET.part(b"record"), pupil.encode(), "sha256").digest()
        assert made.key(pupil) == int.from_bytes(whole, "big") % 4096
    assert made.keys(["A123", "Zoë"]).tolist() == [made.key("A123"), made.key("Zoë")]


def test_record_keys_are_even():
    """Chi-squared over 4,096 keys of 200,000 ids: within five deviations of what chance gives."""
    made = keys.RecordKeys(SECRET).keys(f"p{one}" for one in range(200_000))
    seen = np.array(list(Counter(made.tolist()).values()))
    assert len(seen) == 4096
    expected = 200_000 / 4096
    assert abs(((seen - expected) ** 2 / expected).sum() - 4095) < 5 * (2 * 4095) ** 0.5


def test_draws_are_orders_and_hang_on_secret_label_and_row():
    one = keys.draws(SECRET, b"counts", 3)
    assert all(sorted(row) == list(range(4096)) for row in one.tolist())
    assert not np.array_equal(one[0], one[1])
    for other in (keys.draws(keys.Secret(bytes(32)), b"counts", 3), keys.draws(SECRET, b"means", 3)):
        assert not np.array_equal(one, other)
    assert np.array_equal(one, keys.draws(SECRET, b"counts", 3))
