# SPDX-License-Identifier: Apache-2.0
"""Lists as they come: holes, slips, floods, sweeps. Refused or answered, never broken, and never repeating a value. D21."""

import itertools
import random
import resource
import tracemalloc
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from beholden.linkage import files, linking, model, sweeping
from beholden.linkage.deciding import Decision
from linking_twin import somebody

MODEL = model.shipped()
SECRET = bytes(32)
ADA = somebody("ada", "Clementine", "Fairweather", "2011-04-30", "ZZ1 1ZZ", "F")
MAP = """
[left]
id = "n"
given_name = "first"
surname = "last"
birth_date = "born"
postcode = "pc"
[right]
id = "n"
"""


def columns(tmp_path, text=MAP):
    (tmp_path / "map.toml").write_text(text)
    return files.columns(tmp_path / "map.toml")


def read(tmp_path, text, found=None):
    path = tmp_path / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = [] if found is None else found
    return list(files.people(path, columns(tmp_path)["left"], said.append))


def test_a_list_is_read_by_its_map_with_or_without_a_byte_order_mark(tmp_path):
    text = "n,first,last,born,pc\n1,Ada,Examplewood,2011-04-30,zz1 1zz\n\n2,,,,\n"
    for raw in (text.encode(), b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()):
        one, two = read(tmp_path, raw)
        assert (one.given.full, one.birth_date, one.postcode) == ("ada", "20110430", "ZZ11ZZ")
        assert two == somebody("2")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("n,first,last,born\n", "linkage.column"),
        ("n,n,first,last,born,pc\n", "linkage.column"),
        ("", "linkage.column"),
        ("n,first,last,born,pc\n1,Secretname,b\n", "linkage.line"),
        ("n,first,last,born,pc\n ,Secretname,b,,\n", "linkage.id"),
        ("n,first,last,born,pc\n1,Jos\xe9,Secretname,,\n".encode("latin-1"), "linkage.encoding"),
        ('n,first,last,born,pc\n1,"Secretname"x,b,,\n', "linkage.csv"),
        (b"n,first,last,born,pc\n1,\0Secretname,b,,\n", "linkage.csv"),
        (b"n,first,last,born,pc,note\n1,Secretname,b,,,\0\n", "linkage.csv"),
    ],
)
def test_a_file_that_is_no_list_is_refused_without_its_values(tmp_path, text, code):
    with pytest.raises(files.FileRefused) as refused:
        read(tmp_path, text)
    assert refused.value.code == code
    assert "Secretname" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "left = 1",
        "[left]\nid = 'n'",
        "[left]\nid = 'n'\n[right]\nid = 'n'\n[other]\n",
        "[left]\ngiven_name = 'n'\n[right]\nid = 'n'",
        "[left]\nid = 'n'\nfirst_name = 'x'\n[right]\nid = 'n'",
        "[left]\nid = 3\n[right]\nid = 'n'",
        "[left",
    ],
)
def test_a_map_that_says_something_else_is_refused(tmp_path, text):
    with pytest.raises(files.FileRefused) as refused:
        columns(tmp_path, text)
    assert refused.value.code == "linkage.map"


def test_a_finding_names_line_and_column_and_no_value(tmp_path):
    found = []
    read(tmp_path, "n,first,last,born,pc\n1,M?ller,b,2011-02-30,??\n2,c,d,soon,\n", found)
    assert [(one.line, one.column) for one in found] == [(2, "first"), (2, "pc"), (2, "born"), (3, "born")]
    assert not any(value in one.sentence for one in found for value in ("ller", "2011", "??", "soon"))


@pytest.mark.parametrize(
    "asked",
    [
        somebody("x"),
        somebody("x", "Clementine"),
        somebody("x", surname="Fairweather"),
        somebody("x", born="2011-01-01"),
        somebody("x", "", "", "2011-02-29", "ZZ1 1ZZ"),
        somebody("x", "CLEMENTINE", "FAIRWEATHER", "30/04/2011", "zz11zz"),
        somebody("x", "ClÃ©mentine", "Fairweather", "2011-04-30", "ZZ1 1ZZ"),
        somebody("x", "C" * 5_000, "F" * 5_000, "2011-04-30", "ZZ1 1ZZ"),
    ],
)
def test_whatever_is_asked_is_answered_and_sums_to_one(asked):
    register = linking.register_of([(ADA,)], SECRET)
    prior = linking.fit([asked], register, MODEL)
    (answer,) = linking.answer([asked], register, MODEL, prior=prior, adverse=False)
    assert 0 < answer.prior < 1
    assert answer.nobody + sum(pair.candidate.probability for pair in answer.pairs) == pytest.approx(1)
    if not asked.given.full:
        assert all(pair.verdict.decision is not Decision.ACCEPT for pair in answer.pairs)


def test_first_of_january_alone_makes_nobody_somebody():
    """Thirty children without papers, all written down as born on 1 January of the same year."""
    names = [
        f"{a}{b}" for a in ("Am", "Ber", "Dil", "Far", "Gul") for b in ("an", "in", "ush", "iya", "ek", "oor")
    ]
    held = [(somebody(f"r{n}", name, "Noorzai", "2010-01-01", "ZZ1 1ZZ"),) for n, name in enumerate(names)]
    register = linking.register_of(held, SECRET)
    asked = somebody("x", "Zarghuna", "Noorzai", "2010-01-01", "ZZ1 1ZZ")
    (answer,) = linking.answer([asked], register, MODEL, prior=0.2, adverse=False)
    assert len(answer.pairs) == 30
    assert all(pair.verdict.decision is not Decision.ACCEPT for pair in answer.pairs)


def test_an_empty_register_answers_nobody():
    register = linking.register_of([], SECRET)
    prior = linking.fit([ADA], register, MODEL)
    (answer,) = linking.answer([ADA], register, MODEL, prior=prior, adverse=False)
    assert (answer.pairs, answer.nobody) == ((), 1.0)


def test_the_same_person_fifty_times_is_answered_fifty_times_alike():
    register = linking.register_of([(ADA,)], SECRET)
    fifty = [replace(ADA, ref=f"q{n}") for n in range(50)]
    assert linking.fit(fifty, register, MODEL) == linking.fit(fifty[:1], register, MODEL)
    said = list(linking.answer(fifty, register, MODEL, prior=0.5, adverse=False))
    assert len({(one.pairs, one.nobody) for one in said}) == 1
    assert sweeping.check(fifty) == 50


# --- a request of any length ---


def test_a_request_is_answered_as_it_streams():
    """No more than a batch is read ahead, however long the request is."""
    read = itertools.count()
    register = linking.register_of([(ADA,)], SECRET)
    answers = linking.answer(
        (replace(ADA, ref=f"q{next(read)}") for _ in itertools.count()),
        register,
        MODEL,
        prior=0.5,
        adverse=False,
    )
    for _ in range(10):
        next(answers)
    assert next(read) == linking.BATCH


def stream(records):
    """Answer a stream of different people, and keep nothing of it."""
    register = linking.register_of([(ADA,)], SECRET)
    request = (
        replace(
            ADA,
            ref="q",
            birth_date=f"{1990 + n % 30}{n % 12 + 1:02}{n % 28 + 1:02}",
            postcode=f"ZZ{n % 9_999}",
        )
        for n in range(records)
    )
    assert sum(1 for _ in linking.answer(request, register, MODEL, prior=0.5, adverse=False)) == records


def most_memory(records):
    """Return the most memory that answering a stream took."""
    tracemalloc.start()
    stream(records)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_request():
    assert most_memory(5_000) < 1.3 * most_memory(2_500)


@pytest.mark.long
def test_two_million_records_pass_in_a_small_memory():
    stream(10_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stream(2_000_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024  # KiB


# --- requests that try people out ---


def days(count):
    return [(date(2005, 9, 1) + timedelta(days=n)).isoformat() for n in range(count)]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ([somebody("q", "Ada", "Examplewood", born, "ZZ1 1ZZ") for born in days(400)], "birth_date"),
        ([somebody("q", "Ada", "Examplewood", born) for born in days(400)], "birth_date"),
        (
            [somebody("q", f"Ada{'x' * n}", "Examplewood", "2011-04-30", "ZZ1 1ZZ") for n in range(100)],
            "given_name",
        ),
        ([somebody("q", "Ada", f"Ex{'y' * n}", "2011-04-30") for n in range(100)], "surname"),
        ([somebody("q", "Ada", "Examplewood", "2011-04-30", f"ZZ{n} 1ZZ") for n in range(100)], "postcode"),
        (
            [somebody("q", f"A{'b' * n}", f"C{'d' * n}", "2011-04-30", f"ZZ{n}") for n in range(100)],
            "birth_date",
        ),
    ],
)
def test_a_request_that_tries_people_out_is_refused_and_says_by_what(request_, field):
    hidden = [
        somebody("q", f"N{'o' * (n % 40)}", f"S{'o' * (n // 40)}", days(3_000)[n * 11 % 3_000])
        for n in range(100)
    ]
    with pytest.raises(sweeping.Sweep) as refused:
        sweeping.check(itertools.chain(hidden, request_) if len(request_) > 100 else request_)
    assert refused.value.field == field
    assert "Ada" not in str(refused.value)


def crowd(records, *, born="", place=True):
    """A list of people who are known, with names as unevenly frequent as names are."""
    draw = random.Random(records)
    some = [f"N{'aeiou'[n % 5]}{'bdfgk'[n // 5 % 5]}{'lmnrst'[n // 25]}" for n in range(150)]
    weights = [1 / (n + 3) for n in range(150)]
    dates = days(5_000)
    return [
        somebody(
            "q",
            *draw.choices(some, weights, k=2),
            born or draw.choice(dates),
            f"ZZ{draw.randrange(9_000)}" if place else "",
        )
        for _ in range(records)
    ]


def test_a_name_that_many_bear_is_no_sweep():
    """A list without postcodes, in which a hundred and more are called alike, as in many a town."""
    request = crowd(20_000, place=False)
    most, times = Counter((one.given.full, one.surname.full) for one in request).most_common(1)[0]
    assert times > 100, most
    assert sweeping.check(request) == 20_000


def test_people_whose_birth_date_is_a_first_of_january_are_no_sweep():
    """A hundred of one surname and one first of January, none of them at the same place, or no place known."""
    for place in (True, False):
        request = [*crowd(17_500, place=place), *crowd(2_500, born="2010-01-01", place=place)]
        assert Counter(one.surname.full for one in request[-2_500:]).most_common(1)[0][1] > 100
        assert sweeping.check(request) == 20_000


@pytest.mark.parametrize("others", [0, 300, 2_000, 20_000])
def test_a_sweep_among_people_who_are_known_is_seen(others):
    tried = [somebody("q", "Ada", "Examplewood", born) for born in days(400)]
    with pytest.raises(sweeping.Sweep) as refused:
        sweeping.check([*crowd(others), *tried])
    assert f"This request tries birth dates: 400 of its {others + 400:,} records" in str(refused.value)


def test_a_sweep_of_a_frequent_name_is_seen():
    """Of the name that most bear, every birth date of three years."""
    request = crowd(20_000, place=False)
    (given, surname), _ = Counter((one.given.full, one.surname.full) for one in request).most_common(1)[0]
    with pytest.raises(sweeping.Sweep):
        sweeping.check([*request, *(somebody("q", given, surname, born) for born in days(1_095))])


@pytest.mark.parametrize(
    "request_",
    [
        [],
        [somebody("q", "Ada", "Examplewood", born, "ZZ1 1ZZ") for born in days(12)],
        [
            somebody("q", f"N{n % 97 * 'a'}", f"S{n % 89 * 'a'}", days(4_000)[n * 7 % 4_000], f"ZZ{n}")
            for n in range(4_000)
        ],
        [somebody("q", f"N{n % 97 * 'a'}", f"S{n % 89 * 'a'}", "2011-01-01") for n in range(500)],
        [somebody("q", number=f"Z{100_000 + n}") for n in range(500)],
        [somebody("q", f"N{n * 'a'}") for n in range(200)],
    ],
)
def test_a_request_about_people_is_no_sweep(request_):
    assert sweeping.check(request_) == len(request_)
