# SPDX-License-Identifier: Apache-2.0
"""A pack is taken whole or refused at a line that a person can go to (D4, D41)."""

import shutil
from pathlib import Path

import pytest

from beholden.catalogue import PackRefused, load
from beholden.catalogue.pack import ENGLAND, KINDS
from beholden.refusals import Refusal


@pytest.fixture
def pack(tmp_path):
    """A copy of England's pack that a test may spoil."""
    folder = tmp_path / "pack"
    shutil.copytree(ENGLAND, folder)
    return folder


def spoil(pack: Path, file: str, old: str, new: str) -> None:
    text = (pack / file).read_text(encoding="utf-8")
    assert old in text, "the test would spoil nothing"
    (pack / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(pack: Path, file: str, marker: str) -> int:
    lines = (pack / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if marker in line)


UPN = '[item.upn]\nlabel = "Pupil number"'
PRESS = '[purpose.press]\nlabel = "A story in the news"'
LAST_LIMIT = "".join((ENGLAND / "limits.toml").read_text(encoding="utf-8").partition("[limit.reviewers]")[1:])
COPY = '[exit.extract]\nlabel = "They get a copy"\nchild_label = "They get a copy"\n'
LAW = 'authority = "si-2013-2094"\nparagraph = "Sch 1 Part 1 para 2(g)"\nchecked = "source"\n'

# What is spoilt: (file, what stood there, what stands there now, code, the line that must be named). The line is
# given by a text on it or, where that text stands on several, as (file, a line above it, its beginning).
SPOILT = {
    "a key nobody knows": ("items.toml", UPN, UPN + '\ncolour = "red"', "unknown_key", 'colour = "red"'),
    "a misspelt key": ("items.toml", UPN, '[item.upn]\nlable = "Pupil number"', "missing_key", "[item.upn]"),
    "a key outside any table": ("items.toml", "# Every fact", "x = 1\n# Every fact", "unknown_key", "x = 1"),
    "a limit that governs nothing": (
        "limits.toml",
        "[limit.reviewers]",
        "[limit.referees]",
        "unknown_key",
        "[limit.referees]",
    ),
    "an order that reaches how a child is named": (
        "purposes.toml",
        'orders_reach = ["names", "address"]',
        'orders_reach = ["names", "numbers"]',
        "contradiction",
        'orders_reach = ["names", "numbers"]',
    ),
    "an order under what needs none": (
        "purposes.toml",
        "over_time = true",
        'orders_reach = ["names"] # of a study',
        "contradiction",
        "# of a study",
    ),
    "children followed where a no stops nothing": (
        "purposes.toml",
        "[purpose.statutory-return]",
        "[purpose.statutory-return]\nover_time = true # by law",
        "contradiction",
        "# by law",
    ),
    "a table of another file": ("items.toml", "[item.upn]", "[purpose.upn]", "unknown_kind", "[purpose.upn]"),
    "no label": ("items.toml", UPN, "[item.upn]", "missing_key", "[item.upn]"),
    "no authority": (
        "items.toml",
        LAW,
        'paragraph = "x"\nchecked = "source"\n',
        "no_authority",
        "[item.ethnicity]",
    ),
    "no paragraph": (
        "items.toml",
        LAW,
        'authority = "si-2013-2094"\nchecked = "source"\n',
        "no_authority",
        "[item.ethnicity]",
    ),
    "an empty paragraph": ("items.toml", '"Sch 1 Part 1 para 2(g)"', '""', "wrong_type", 'paragraph = ""'),
    "no review date, law": (
        "law.toml",
        "review_on = 2027-04-01\n",
        "",
        "no_review_date",
        "[instrument.ea-1996]",
    ),
    "no review date, purpose": (
        "purposes.toml",
        "review_on = 2027-09-01\n",
        "",
        "no_review_date",
        "[purpose.education-statistics]",
    ),
    "no review date, return": (
        "collections.toml",
        "review_on = 2027-01-21\n",
        "",
        "no_review_date",
        "[collection.SC-SPR-2026]",
    ),
    "a text for a number": ("limits.toml", "value = 28", 'value = "28"', "wrong_type", 'value = "28"'),
    "true for a number": ("limits.toml", "value = 28", "value = true", "wrong_type", "value = true"),
    "half a day": ("limits.toml", "value = 28", "value = 28.5", "wrong_type", "value = 28.5"),
    "no days at all": ("limits.toml", "value = 28", "value = 0", "out_of_range", "value = 0"),
    "more than all": ("limits.toml", "value = 80", "value = 101", "out_of_range", "value = 101"),
    "a moment for a day": (
        "collections.toml",
        "2026-01-15",
        "2026-01-15T09:00:00Z",
        "wrong_type",
        "2026-01-15T09:00:00Z",
    ),
    "a number for true": (
        "exits.toml",
        "carries_tags = true",
        "carries_tags = 1",
        "wrong_type",
        "carries_tags = 1",
    ),
    "a text for a list": (
        "purposes.toml",
        'exits = ["table"]',
        'exits = "table"',
        "wrong_type",
        'exits = "table"',
    ),
    "a list of numbers": ("purposes.toml", 'exits = ["table"]', "exits = [1]", "wrong_type", "exits = [1]"),
    "a control character": ("items.toml", '"Pupil number"', '"Pupil\\u202enumber"', "wrong_type", "u202e"),
    "an answer nobody knows": (
        "items.toml",
        'answer = "compulsory"',
        'answer = "perhaps"',
        "unknown_value",
        'answer = "perhaps"',
    ),
    "a sixth sensitivity": (
        "items.toml",
        'sensitivity = "E"',
        'sensitivity = "F"',
        "unknown_value",
        'sensitivity = "F"',
    ),
    "a sixth identifiability": (
        "items.toml",
        "identifiability = 2",
        "identifiability = 6",
        "out_of_range",
        "identifiability = 6",
    ),
    "kept for ever": (
        "items.toml",
        'keep_until = "age 25"',
        'keep_until = "always"',
        "unknown_value",
        '"always"',
    ),
    "kept to 99": (
        "items.toml",
        'keep_until = "age 25"',
        'keep_until = "age 99"',
        "unknown_value",
        '"age 99"',
    ),
    "a flag that is missing": (
        "exits.toml",
        COPY + 'not_told = "out"\n',
        COPY,
        "missing_key",
        "[exit.extract]",
    ),
    "an effect nobody knows": (
        "exits.toml",
        'objected = "out"',
        'objected = "maybe"',
        "unknown_value",
        '"maybe"',
    ),
    "an item twice": ("items.toml", "[item.former_upn]", "[item.upn] # again", "duplicate", "# again"),
    "a key twice": ("items.toml", UPN, UPN + '\nlabel = "Number"', "duplicate", 'label = "Number"'),
    "a code twice": ("codes.toml", '["M", "F"]', '["M", "F", "M"]', "duplicate", '["M", "F", "M"]'),
    "a rule twice": (
        "purposes.toml",
        'rule = "P7"',
        'rule = "P5"',
        "duplicate",
        ("purposes.toml", "[purpose.welfare-fraud]", "rule = "),
    ),
    "law that is not there": (
        "items.toml",
        'authority = "si-2013-2094"',
        'authority = "si-1"',
        "dangling",
        '"si-1"',
    ),
    "a code set that is not there": (
        "items.toml",
        'codes = "sex"',
        'codes = "sexes"',
        "dangling",
        'codes = "sexes"',
    ),
    "a return that is not there": (
        "items.toml",
        '["SC/SPR/2026"]',
        '["SC/SPR/2025"]',
        "dangling",
        "SC/SPR/2025",
    ),
    "a way out that is not there": (
        "purposes.toml",
        'exits = ["table"]',
        'exits = ["post"]',
        "dangling",
        'exits = ["post"]',
    ),
    "a purpose that is not there": (
        "purposes.toml",
        'compatible_with = ["public-interest-study", ',
        'compatible_with = ["research", ',
        "dangling",
        '["research", ',
    ),
    "a ground that is not there": (
        "purposes.toml",
        '["gdpr-6-1-e", ',
        '["gdpr-6-1-f", ',
        "dangling",
        "gdpr-6-1-f",
    ),
    "an item that no return lists": (
        "collections.toml",
        '"upn", ',
        "",
        "contradiction",
        ("items.toml", "[item.upn]", "collections = "),
    ),
    "a list with an item that is not there": (
        "collections.toml",
        '"upn", ',
        '"upns", ',
        "dangling",
        "items = [",
    ),
    "a refused code that is no code": (
        "items.toml",
        '["REFU"]',
        '["REFUSED"]',
        "unknown_code",
        '["REFUSED"]',
    ),
    "a no that may not be said": (
        "items.toml",
        'answer = "refusable"\nrefused',
        'answer = "optional"\nrefused',
        "contradiction",
        'answer = "optional"',
    ),
    "a return with another name": (
        "collections.toml",
        "year = 2026",
        "year = 2027",
        "contradiction",
        "[collection.",
    ),
    "refused, but with a way out": (
        "purposes.toml",
        "compatible_with = []\nexits = []",
        'compatible_with = []\nexits = ["table"]',
        "contradiction",
        ("purposes.toml", "[purpose.immigration-enforcement]", "exits = "),
    ),
    "care mixed with punishment": (
        "purposes.toml",
        'told = "after"\ncompatible_with = []\nexits = ["urgent"]',
        'told = "after"\ncompatible_with = ["policing"]\nexits = ["urgent"]',
        "contradiction",
        'compatible_with = ["policing"]',
    ),
    "compatible with itself": (
        "purposes.toml",
        'compatible_with = []\nexits = ["urgent"]',
        'compatible_with = ["child-in-danger"]\nexits = ["urgent"]',
        "contradiction",
        'compatible_with = ["child-in-danger"]',
    ),
    "sealed, though merely permitted": (
        "purposes.toml",
        'told = "after"\ncompatible_with = []\nexits = ["duty_return"]',
        'told = "sealed"\ncompatible_with = []\nexits = ["duty_return"]',
        "contradiction",
        'told = "sealed"',
    ),
    "allowed, but with no way out": (
        "purposes.toml",
        'exits = ["subject_copy"]',
        "exits = []",
        "contradiction",
        ("purposes.toml", "[purpose.subject-access]", "keeper = "),
    ),
    "rows with tags that were never committed": (
        "exits.toml",
        "commits_tags = true",
        "commits_tags = false",
        "contradiction",
        "carries_tags = true",
    ),
    "an item that no longer says its return": (
        "items.toml",
        '["SC/SPR/2026"]',
        "[]",
        "contradiction",
        ("collections.toml", "[collection.SC-SPR-2026]", "items = "),
    ),
    "a code taken and retired": (
        "codes.toml",
        'retired = ["BESD"]',
        'retired = ["NSA"]',
        "contradiction",
        'retired = ["NSA"]',
    ),
    "codes for a yes or no": (
        "items.toml",
        'type = "bool"',
        'type = "bool"\ncodes = "sex"',
        "contradiction",
        ("items.toml", "[item.part_time]", "codes"),
    ),
    "forbidden, but waiting for an order": (
        "purposes.toml",
        'law = "permits"\nauthority = "dpa-2018"',
        'law = "forbids"\nauthority = "dpa-2018"',
        "contradiction",
        ("purposes.toml", "[purpose.policing]", "keeper = "),
    ),
    "a key for rows that stay": (
        "exits.toml",
        "needs_recipient_key = false",
        "needs_recipient_key = true",
        "contradiction",
        ("exits.toml", "[exit.contact]", "needs_recipient_key"),
    ),
    "a limit that is missing": ("limits.toml", LAST_LIMIT, "", "missing_key", "# The numbers"),
    "a long text": ("items.toml", '"Pupil number"', '"""Pupil\nnumber"""', "malformed", '"""Pupil'),
    "an inline table": ("items.toml", UPN, UPN + "\nx = {a = 1}", "malformed", "x = {a = 1}"),
    "a dotted key": ("items.toml", UPN, UPN + "\nx.y = 1", "malformed", "x.y = 1"),
    "a deep table": ("items.toml", "[item.uln]", "[item.uln.more]", "malformed", "[item.uln.more]"),
    "a row of tables": ("items.toml", "[item.uln]", "[[item.uln]]", "malformed", "[[item.uln]]"),
    "a quote left open": ("items.toml", '"Pupil number"', '"Pupil number', "malformed", '"Pupil number'),
    "a key without a value": ("items.toml", UPN, UPN + "\nx =", "malformed", "x ="),
}


def line_below(pack: Path, file: str, header: str, start: str) -> int:
    lines = (pack / file).read_text(encoding="utf-8").split("\n")
    top = lines.index(header)
    return next(
        number for number, line in enumerate(lines, start=1) if number > top and line.startswith(start)
    )


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_a_spoilt_pack_is_refused_at_its_line(pack, name):
    file, old, new, code, marker = SPOILT[name]
    spoil(pack, file, old, new)
    with pytest.raises(PackRefused) as refused:
        load(pack)
    no = refused.value
    assert no.code == f"catalogue.{code}"
    if isinstance(marker, tuple):
        file, header, start = marker
        line = line_below(pack, file, header, start)
    else:
        line = line_of(pack, file, marker)
    assert (no.file, no.line) == (file, line)
    assert no.sentence.startswith(f"{file}, line {line}: ")
    assert no.next_step
    assert no.authority


@pytest.mark.parametrize("file", sorted(KINDS))
def test_a_pack_with_a_file_missing_is_refused(pack, file):
    (pack / file).unlink()
    with pytest.raises(PackRefused, match=r"catalogue\.missing_file") as refused:
        load(pack)
    assert refused.value.file == file


def test_a_pack_with_a_file_too_many_is_refused(pack):
    (pack / "more.toml").write_text("")
    with pytest.raises(PackRefused, match=r"catalogue\.unknown_file"):
        load(pack)


def test_a_file_that_is_not_utf_8_is_refused_at_its_line(pack):
    raw = (pack / "limits.toml").read_bytes()
    (pack / "limits.toml").write_bytes(raw.replace(b"Four weeks", b"Four \xff weeks"))
    with pytest.raises(PackRefused, match=r"catalogue\.malformed") as refused:
        load(pack)
    assert refused.value.line == raw[: raw.index(b"Four weeks")].count(b"\n") + 1


def test_a_folder_without_a_pack_is_refused(tmp_path):
    with pytest.raises(PackRefused, match=r"catalogue\.missing_file"):
        load(tmp_path)


def test_text_in_brackets_inside_a_string_or_a_comment_is_only_text(pack):
    spoil(pack, "items.toml", '"Pupil number"', '"Pupil [item.x] = # number"  # [item.y] """')
    assert load(pack).item("upn").label == "Pupil [item.x] = # number"


def test_a_pack_written_on_another_system_is_the_same_pack(pack):
    for file in KINDS:
        raw = (pack / file).read_bytes()
        (pack / file).write_bytes(raw.replace(b"\n", b"\r\n"))
    assert load(pack).hash == load().hash


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda catalogue: catalogue.item("shoe_size"), "catalogue.unknown_item"),
        (lambda catalogue: catalogue.purpose("curiosity"), "catalogue.unknown_purpose"),
        (lambda catalogue: catalogue.exit("back-door"), "catalogue.unknown_exit"),
        (lambda catalogue: catalogue.collection("SC", "SPR", 1999), "catalogue.unknown_collection"),
        (lambda catalogue: catalogue.exit("extract").effect("bored"), "catalogue.unknown_flag"),
    ],
)
def test_what_the_catalogue_does_not_hold_is_refused(ask, code):
    """D18: an unknown name is a no, and what was typed is not echoed."""
    with pytest.raises(Refusal) as refused:
        ask(load())
    assert refused.value.code == code
    assert "shoe" not in refused.value.sentence


def test_the_catalogue_cannot_be_changed_once_loaded():
    catalogue = load()
    with pytest.raises(TypeError):
        catalogue.items["upn"] = None
    with pytest.raises(AttributeError):
        catalogue.limits.reviewers = 0
