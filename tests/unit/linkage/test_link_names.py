# SPDX-License-Identifier: Apache-2.0
"""Names of all origins are made comparable, and what makes them different is kept. D21, D32."""

import sys
from inspect import signature

import pytest
from hypothesis import example
from hypothesis import given as drawn
from hypothesis import strategies as st

from beholden.linkage import comparing, letters, names, people, spellings
from beholden.linkage.spellings import frame, is_known, root
from beholden.town.names import COMMUNITIES

SAME_SURNAME = [
    ("van der Meer", "Vandermeer"),
    ("van der Meer", "VAN DER MEER"),
    ("O'Brien", "O’Brien"),
    ("O'Brien", "OBrien"),
    ("O'Brien", "O Brien"),
    ("Núñez", "Nunez"),
    ("Núñez", "N\u0075\u0301n\u0303ez".replace("u\u0301", "u\u0301")),
    ("Weiß", "Weiss"),
    ("Łukasiewicz", "Lukasiewicz"),
    ("al-Ḥamdānī", "Al Hamdani"),
    ("Ó Dálaigh", "O'Dalaigh"),
    ("Mac an t-Saoir", "macantsaoir"),
    ("Шевченко", "Shevchenko"),
    ("Παπαδόπουλος", "Papadopoylos"),
    ("Ng-Barker", "Ng Barker"),
    ("Đặng", "Dang"),
    ("Ọ̀ṣúndáre", "Osundare"),
    ("Kealoha", " kealoha "),
]


@pytest.mark.parametrize(("one", "two"), SAME_SURNAME)
def test_what_is_one_name_has_one_full_form(one, two):
    assert names.surname(one).full == names.surname(two).full != ""


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Müller", "Mueller"),
        ("Kowalski", "Kowalska"),
        ("Novotný", "Novotná"),
        ("Dvořák", "Dvorak"),
        ("Ivanov", "Ivanova"),
        ("Papadopoulos", "Papadopoulou"),
        ("Chaudhry", "Choudhury"),
        ("Qureshi", "Kureshi"),
    ],
)
def test_spellings_of_a_surname_meet(one, two):
    assert names.surname(one).spelling == names.surname(two).spelling


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Mohammed", "Muhammad"),
        ("Mohammed", "Mohd"),
        ("Md Rafiq", "Muhammad Rafiq"),
        ("Maxamed", "Mohamed"),
        ("Katherine", "Kate"),
        ("Yevheniia", "Evgenia"),
        ("Oleksandr", "Alexander"),
        ("William", "Bill"),
        ("Yusuf", "Yousef"),
        ("Zofia", "Sophie"),
    ],
)
def test_spellings_of_a_given_name_meet(one, two):
    assert names.given(one).spelling == names.given(two).spelling


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Ada", "Una"),
        ("Daniel", "Samuel"),
        ("Mohammed Ali", "Mohammed Hassan"),
        ("Lok Hei", "Lok Man"),
        ("Abdul Karim", "Abdul Rahim"),
    ],
)
def test_different_names_stay_different(one, two):
    assert names.given(one).full != names.given(two).full
    assert names.given(one).spelling != names.given(two).spelling


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("रीमा", "रमा"),
        ("রহিম", "রহমা"),
        ("மாலா", "மலி"),
        ("ராம", "ரீம"),
        ("กานดา", "กนิดา"),
        ("ගීතා", "ගතා"),
        ("はな", "ばな"),
    ],
)
def test_a_vowel_that_is_written_as_a_mark_is_part_of_the_name(one, two):
    """Rima and Rama, Rahim and Rahma: brothers and sisters bear them."""
    assert names.given(one).full != names.given(two).full
    assert names.given(one).spelling != names.given(two).spelling
    assert len(names.given(one).words) == 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("José", "Jose\u0301"),
        ("محمد", "مُحَمَّد"),
        ("שָׂרָה", "שרה"),
        ("Й", "И"),
        ("Ά", "Α"),
        ("क़ासिम", "क\u093cासिम"),
        ("র\u200d\u09cdয", "র\u09cdয"),
        ("가", "\u1100\u1161"),
    ],
)
def test_marks_that_an_alphabet_is_read_without_do_not_count(one, two):
    assert names.given(one).full == names.given(two).full != ""


def test_a_double_surname_keeps_both_ends_and_leaves_particles_out_of_them():
    name = names.surname("García de la Cruz")
    assert (name.first, name.last, name.full) == ("garcia", "cruz", "garciadelacruz")
    assert set(names.surname_keys(name)) >= set(names.surname_keys(names.surname("Cruz")))


def test_a_name_of_particles_only_is_still_a_name():
    assert names.surname("Do").first == "do"


def test_a_leading_name_is_found_by_the_name_behind_it_too():
    assert set(names.given_keys(names.given("Mohammed Ali"))) == {root("mohammed"), root("ali")}
    assert names.given_keys(names.given("Ada Mary")) == (root("ada"),)


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "Unknown", "NOT KNOWN", "n/a", "N/A", "NA", "na", "FNU", "XXX", "."]
)
def test_no_name_is_no_name(text):
    assert names.given(text) == names.surname(text) == names.NO_NAME


@pytest.mark.parametrize("text", ["Null", "None", "Nan", "Na", " Na", "Na Ra", "Ng", "O", "X Æ"])
def test_what_looks_like_no_name_is_one(text):
    assert names.surname(text).full
    assert names.given(text).full


def test_titles_are_left_out_unless_they_are_all_there_is():
    assert names.given("Miss Ada") == names.given("Ada")
    assert names.given("Master").full == "master"


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [
        ("JosÃ©", "José"),
        ("MarÃ\xadn", "Marín"),
        ("Å\x81ukasz", "Łukasz"),
        ("O\xe2\x80\x99Brien".encode("latin-1").decode("cp1252"), "O’Brien"),
        ("José".encode().decode("cp1252").encode().decode("cp1252"), "José"),
        ("Ã…sa", "Åsa"),
    ],
)
def test_text_in_the_wrong_encoding_is_mended(garbled, meant):
    assert letters.mended(garbled) == meant
    assert names.given(garbled) == names.given(meant)


@pytest.mark.parametrize(
    "text", ["Åsa", "Ängla", "Ãvila", "Ñandú", "Éabha", "Çela", "João", "Ösp", "Ø", "Ångström"]
)
def test_sound_text_is_left_alone(text):
    assert letters.mended(text) == text


@pytest.mark.parametrize("text", ["Jos?", "M\ufffdller", "?"])
def test_lost_letters_are_refused_and_not_said(text):
    with pytest.raises(names.Lost) as refused:
        names.given(text)
    assert text not in str(refused.value)


def test_a_script_that_is_not_turned_stays_itself():
    name = names.given("美玲")
    assert name.full == "美玲" == name.spelling
    assert names.given("美玲").full != names.given("美琳").full
    assert names.given("محمد").full


@pytest.mark.parametrize("community", COMMUNITIES, ids=lambda one: one.surnames[0])
def test_every_name_of_the_town_survives(community):
    for text in (*community.girls, *community.boys):
        assert names.given(text).full.isascii() or "ʿ" in text
        assert names.given(text) == names.given(text.upper()) == names.given(text.replace("'", "’"))
    for text in community.surnames:
        assert names.surname(text).first
        assert names.surname_keys(names.surname(text))


@drawn(st.text(max_size=30))
@example("Na")
def test_any_text_is_a_name_or_none_or_lost(text):
    """Nothing that can be typed breaks it, and what is made of a name is made of it again."""
    try:
        name = names.given(text)
    except names.Lost:
        return
    again = " ".join(name.words).capitalize()  # Na is a name where it is written as one
    assert names.given(again).full == name.full or not name.full.isascii()
    assert " " not in name.full


@drawn(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_a_frame_is_short_and_never_empty(name):
    assert 1 <= len(frame(name)) <= 8


def test_what_is_remembered_of_a_request_is_bounded():
    """A cache that takes an argument has a largest size: a request may be of any length."""
    modules = [module for name, module in sys.modules.items() if name.startswith("beholden.linkage.")]
    assert {comparing, names, people, spellings} <= set(modules)
    caches = {value for module in modules for value in vars(module).values() if hasattr(value, "cache_info")}
    taking = {cache for cache in caches if signature(cache).parameters}
    assert len(taking) >= 6
    assert not [cache.__name__ for cache in taking if cache.cache_info().maxsize is None]


def test_the_table_of_spellings_is_in_letters_that_names_become():
    from importlib import resources

    text = (resources.files("beholden.linkage") / "spellings.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            assert len(line.split()) > 1, line
            assert all(names.given(word).full == word for word in line.split()), line
    assert is_known("kate")
    assert not is_known("ktae")
