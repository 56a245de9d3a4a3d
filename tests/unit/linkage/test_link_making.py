# SPDX-License-Identifier: Apache-2.0
"""Keys made by columns, in pieces and by all cores are those that are made one by one; a changed index is a new one.

D21: a match that looks into half a register is no match. ADR 0030.
"""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.linkage import index as indexes
from beholden.linkage import making, segments
from beholden.linkage.index import SMALL, Index
from beholden.linkage.keys import RULES, Hasher
from beholden.linkage.model import frequencies
from linking_twin import asked, keys, somebody, stored

SECRET = bytes(range(32))
GIVEN = ("", "Ada", "Mohammed Ali", "Anne-Marie", "Łucja", "Ada Ben")
SURNAMES = ("", "van der Meer", "Núñez del Río", "Khan", "García Gartner", "O'Brien")
BORN = ("", "2011-01-01", "2011-03-04", "2011-04-03", "2012-02-29")

people = st.builds(
    somebody,
    given=st.sampled_from(GIVEN),
    surname=st.sampled_from(SURNAMES),
    born=st.sampled_from(BORN),
    postcode=st.sampled_from(("", "ZZ1 1AA", "ZZ1 1AB", "ZZ")),
    number=st.sampled_from(("", "Z100000000001")),
)


def one_by_one(parts):
    """The keys of each person by rule, as they are said: every row of parts by itself."""
    return {
        (place, rule, key)
        for place, rows in enumerate(parts)
        for row in rows
        for rule, key in keys(row, SECRET)
    }


def by_columns(every):
    return sorted(
        (place, rule, key)
        for rule, keys, whose in every
        for place, key in zip(whose.tolist(), keys.tolist(), strict=True)
    )


@given(st.lists(people, max_size=8))
@settings(max_examples=100)
def test_keys_by_columns_are_those_that_are_made_one_by_one(some):
    hasher = Hasher(SECRET)
    assert by_columns(hasher.stored(some)) == sorted(one_by_one(map(stored, some)))
    assert set(by_columns(hasher.asked(some))) == one_by_one(map(asked, some))


def town(count):
    """People of few names, days and homes, so that blocks are large, some under a second surname too."""
    dice = random.Random(count)
    held = []
    for n in range(count):
        one = somebody(
            f"r{n}",
            dice.choice(("Ada", "Boris", "Carys", "Anne Marie")),
            dice.choice(("Khan", "Otherby", "Meer")),
            f"201{dice.randrange(3)}-0{dice.randrange(1, 4)}-01",
            f"ZZ1 {dice.randrange(4)}AA",
            number=f"Z1000000{n:05}",
        )
        also = (replace(one, surname=somebody(surname="Nowak").surname),) if n % 5 == 0 else ()
        held.append((one, *also))
    return held


def said(index, held):
    return [(set(one.rows), one.capped) for one in index.find([variants[0] for variants in held])]


def read(piece):
    return town(600)[slice(*piece)]


def test_all_cores_make_what_one_makes(tmp_path):
    held = town(600)
    counted = indexes.build_by_all_cores(tmp_path, [(0, 250), (250, 500), (500, 600)], read, SECRET)
    assert counted == frequencies(one[0] for one in held)
    assert said(Index.open(tmp_path, SECRET), held) == said(Index.of(held, SECRET), held)


def refusing(piece):
    raise segments.IndexRefused("No people are in this piece.")


def test_what_another_process_refuses_is_refused_in_its_words(tmp_path):
    with pytest.raises(segments.IndexRefused, match="No people are in this piece") as refused:
        indexes.build_by_all_cores(tmp_path, [()], refusing, SECRET)
    said = segments.IndexRefused("No people are in this piece.")
    assert vars(refused.value) == vars(said)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("piece", [1, 7, 4_096])
@pytest.mark.parametrize("at_once", [1, 500, 4_000_000])
def test_wherever_pieces_are_cut_the_same_people_are_found(tmp_path, monkeypatch, piece, at_once):
    """A block lies in one piece, however large it is."""
    monkeypatch.setattr(segments, "PIECE", piece)
    monkeypatch.setattr(making, "_AT_ONCE", at_once)
    monkeypatch.setattr(indexes, "_BATCH", 111)
    held = town(400)
    indexes.build(tmp_path, held, SECRET)
    assert said(Index.open(tmp_path, SECRET), held) == said(Index.of(held, SECRET), held)


def test_an_index_that_was_changed_again_and_again_is_one_of_how_it_is_now(tmp_path):
    """People get other values under the rows that they have, twice some of them, and new ones come."""
    dice, held = random.Random(1), town(60)
    indexes.build(tmp_path, held, SECRET)
    others = town(400)
    for _ in range(2 * SMALL + 3):
        rows = dice.sample(range(len(held)), 4)
        size = len(held)
        held += [others[dice.randrange(400)]]
        for row in rows:
            held[row] = others[dice.randrange(400)]
        indexes.add(tmp_path, [(row, held[row]) for row in (*rows, size)], SECRET, gone=rows)
        assert said(Index.open(tmp_path, SECRET), held) == said(Index.of(held, SECRET), held)
        assert len(list(tmp_path.glob("*.pieces"))) <= SMALL + 1


@pytest.mark.parametrize(
    ("held", "again"),
    [
        (
            [somebody(given="Zebedee", surname="Quillfeather", born=f"20{n:02}-01-01") for n in range(15)],
            [0] * 6,
        ),
        ([somebody(given=f"G{n}", surname="Khan", born="2011-03-04") for n in range(490)], range(15)),
    ],
    ids=["one of a rare name, six times", "many of a block that is nearly full"],
)
def test_whoever_was_written_again_counts_once_and_hides_nobody_else(tmp_path, held, again):
    """A block is as large as those who are in it now: what was put right of one child costs no other (D21)."""
    held = [(one,) for one in held]
    indexes.build(tmp_path, held, SECRET)
    for row in again:
        indexes.add(tmp_path, [(row, held[row])], SECRET, gone=[row])
    assert said(Index.open(tmp_path, SECRET), held) == said(Index.of(held, SECRET), held)


def test_a_person_who_is_gone_is_found_by_nothing_and_may_come_again(tmp_path):
    held = town(20)
    indexes.build(tmp_path, held, SECRET)
    indexes.add(tmp_path, [], SECRET, gone=[3])
    assert not any(3 in dict(one.rows) for one in Index.open(tmp_path, SECRET).find([held[3][0]]))
    indexes.add(tmp_path, [(3, held[3])], SECRET)
    assert said(Index.open(tmp_path, SECRET), held) == said(Index.of(held, SECRET), held)


def test_a_piece_that_stands_in_the_place_of_another_is_refused(tmp_path, monkeypatch):
    """Each is sound by itself: what is bound is where it stands."""
    monkeypatch.setattr(segments, "PIECE", 8)
    indexes.build(tmp_path, town(200), SECRET)
    (file,) = tmp_path.glob("*.pieces")
    raw = file.read_bytes()
    half = len(raw) // 24 * 12
    file.write_bytes(raw[half:] + raw[:half])
    with pytest.raises(segments.IndexRefused):
        Index.open(tmp_path, SECRET).find([one[0] for one in town(200)])


def test_every_rule_has_a_key_of_somebody_of_whom_all_is_known():
    one = somebody("x", "Ada", "Khan", "2011-03-04", "ZZ1 1AA", number="Z100000000001")
    assert {rule for rule, keys, _ in Hasher(SECRET).stored([one]) if len(keys)} == set(range(len(RULES)))
