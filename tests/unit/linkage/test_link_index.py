# SPDX-License-Identifier: Apache-2.0
"""The index in its folder: the same answers as in memory, no names, a delta, and no half of anything. D21, D36."""

import json
from dataclasses import replace

import numpy as np
import pytest

from beholden.linkage import index as indexes
from beholden.linkage.index import Index
from beholden.linkage.keys import RULES, Hasher
from beholden.linkage.segments import IndexRefused
from linking_twin import somebody

SECRET = bytes(range(32))
ONE = somebody("one", "Ada", "Examplewood", "2011-04-30", "ZZ1 1ZZ", "F", "Z100000000001")
TWO = somebody("two", "Boris", "Otherby", "2012-05-01", "ZZ2 2YY", "M", "Z100000000002")


@pytest.fixture
def folder(tmp_path):
    indexes.build(tmp_path / "index", [(ONE,), (TWO,)], SECRET)
    return tmp_path / "index"


def of(folder, ending):
    (path,) = folder.glob(f"*.{ending}")
    return path


def flipped(path):
    """Change one bit of a file, which stays as long as it was."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def said_of(folder, **changed):
    """Change what the list of an index says."""
    path = folder / "index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def rows(found):
    return {row for row, _ in found.rows}


def test_a_folder_answers_as_memory_does(folder):
    mapped, held = Index.open(folder, SECRET), Index.of([(ONE,), (TWO,)], SECRET)
    for asked in (ONE, TWO, replace(ONE, postcode=""), somebody("x", "Zed", "Nobody", "1999-01-02", "ZZ9")):
        assert mapped.find([asked]) == held.find([asked])
    assert rows(mapped.find([ONE])[0]) == {0}


def test_the_folder_holds_no_name_date_or_number(folder):
    raw = b"".join(path.read_bytes() for path in folder.iterdir())
    # Boris and not Ada: the digests are in figures and the letters a to f, and those may spell ada by chance
    for value in (b"boris", b"Boris", b"examplewood", b"20110430", b"ZZ11ZZ", b"Z100000000001", SECRET):
        assert value not in raw


def test_another_secret_makes_other_keys_and_is_refused(folder):
    with pytest.raises(IndexRefused):
        Index.open(folder, bytes(32))
    ours, theirs = (Hasher(secret).stored([ONE]) for secret in (SECRET, bytes(32)))
    for (_, mine, _), (_, other, _) in zip(ours, theirs, strict=True):
        assert len(mine) == len(other)
        assert not np.intersect1d(mine, other).size


def unmixed(key):
    """Undo the last public step of a key as it was of old: SplitMix64's finalizer, which anybody can turn back."""
    mask = (1 << 64) - 1

    def unshifted(bits, by):
        whole = bits
        for _ in range(64 // by):
            whole = bits ^ (whole >> by)
        return whole

    key = unshifted(key, 31) * pow(0x94D049BB133111EB, -1, 1 << 64) & mask
    key = unshifted(key, 27) * pow(0xBF58476D1CE4E5B9, -1, 1 << 64) & mask
    return unshifted(key, 30)


def test_two_keys_do_not_show_that_they_have_a_part_in_common():
    """Two birth dates with the same two surnames: what is between the surnames must not be seen twice."""
    born = ("2011-04-30", "2012-05-01")
    people = [somebody(born=day, surname=name) for day in born for name in ("Khan", "Smith")]
    wanted = [rule.name for rule in RULES].index("birth date and surname")
    keys = [key for rule, made, _ in Hasher(SECRET).stored(people) if rule == wanted for key in made.tolist()]
    one, two, three, four = (unmixed(key) for key in keys)
    assert len({one, two, three, four}) == 4
    assert (one - two) % (1 << 64) != (three - four) % (1 << 64)


def test_an_index_of_the_first_form_is_refused(folder):
    """Its keys could be taken apart without the secret."""
    said_of(folder, form=1)
    with pytest.raises(IndexRefused):
        Index.open(folder, SECRET)


def test_what_comes_later_is_found_and_what_is_gone_is_not(folder):
    late = somebody("late", "Carys", "Newcomer", "2013-06-02", "ZZ3 3XX")
    indexes.add(folder, [(2, (late,))], SECRET, gone=[0])
    index = Index.open(folder, SECRET)
    assert rows(index.find([late])[0]) == {2}
    assert rows(index.find([ONE])[0]) == set()
    assert rows(index.find([TWO])[0]) == {1}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "index.json").unlink(),
        lambda folder: (folder / "index.json").write_text("{"),
        lambda folder: (folder / "index.json").write_text("[]"),
        lambda folder: of(folder, "pieces").unlink(),
        lambda folder: of(folder, "marks").write_bytes(b"\0\0\0\0"),
        lambda folder: of(folder, "pieces").write_bytes(b"\0\0\0\0"),
        lambda folder: flipped(of(folder, "pieces")),
        lambda folder: flipped(of(folder, "marks")),
        lambda folder: said_of(folder, check=""),
        lambda folder: said_of(folder, segments=[]),
        lambda folder: said_of(folder, seal=""),
        lambda folder: said_of(folder, rules=["other"]),
    ],
    ids=range(12),
)
def test_half_an_index_is_refused(folder, spoil):
    """Before anything of it is believed: what lies in pieces is checked when it is read."""
    spoil(folder)
    with pytest.raises(IndexRefused):
        Index.open(folder, SECRET).find([ONE])


def test_an_index_that_is_open_answers_as_it_did_while_another_is_built(folder):
    """It was mapped from files that the new one must not write into."""
    open_already = Index.open(folder, SECRET)
    late = somebody("late", "Carys", "Newcomer", "2013-06-02", "ZZ3 3XX")
    indexes.build(folder, [(late,), (TWO,)], SECRET)
    assert rows(open_already.find([ONE])[0]) == {0}
    assert rows(open_already.find([late])[0]) == set()
    fresh = Index.open(folder, SECRET)
    assert (rows(fresh.find([ONE])[0]), rows(fresh.find([late])[0])) == (set(), {0})
    assert len(list(folder.iterdir())) == 3, "what is no longer named is removed"


def test_a_block_that_is_too_large_is_counted_and_not_compared():
    crowd = [(replace(ONE, ref=f"c{n}", pupil_number=f"Z{n}"),) for n in range(10)]
    found = Index.of(crowd, SECRET, cap=9).find([ONE])[0]
    assert not found.rows
    assert {RULES[rule].name for rule in found.capped} >= {"birth date and surname", "both names"}
    assert not found.whole
    assert Index.of(crowd, SECRET, cap=10).find([ONE])[0].whole


def test_only_weak_rules_cut_short_is_still_whole():
    crowd = [
        (
            replace(
                ONE,
                ref=f"c{n}",
                pupil_number=f"Z{n}",
                birth_date=f"19{n:02}0{n % 9 + 1}12",
                postcode=f"ZZ{n}",
            ),
        )
        for n in range(30)
    ]
    found = Index.of(crowd, SECRET).find([ONE])[0]
    assert found.capped
    assert found.whole


def test_an_empty_register_and_an_empty_person_find_nobody(tmp_path):
    indexes.build(tmp_path, [], SECRET)
    assert Index.open(tmp_path, SECRET).find([ONE])[0].rows == ()
    assert Index.of([(ONE,)], SECRET).find([somebody()])[0].rows == ()


def test_a_secret_of_another_length_is_no_secret():
    with pytest.raises(ValueError, match="32"):
        Hasher(b"short")
