# SPDX-License-Identifier: Apache-2.0
"""Whatever is done to a return, intake answers with findings: never a traceback, never a value of the file."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beholden.intake import school_census
from census_builder import SOUND, addresses, free_meals, message, needs, record, sessions

SEED = 20_260_115
MARK = "Zyxwvut"

RICH = {
    "FSMeligibility": free_meals(("2025-09-03", "")),
    "SENneeds": needs(("1", "ASD")),
    "Addresses": addresses(({"Street": "Low Road"}, "ZZ3 2NU")),
    "SessionDetails": sessions(("I", 4)),
}
SENT = message(
    record(1, inside=RICH, FormerUPN="", MiddleNames="Bé", YSSA="UNS"),
    record(2, Surname="Ó Néill"),
    off_roll=(record(3, name="PupilNoLongerOnRoll"),),
)


def read(tmp_path_factory, sent):
    path = tmp_path_factory.getbasetemp() / "mutated.xml"
    path.write_bytes(sent)
    return school_census.read(path)


def said(reading) -> str:
    return " ".join(
        f"{one.rule} {one.severity} {one.line} {one.place} {one.sentence} {one.what_to_do}"
        for one in reading.findings.listed
    ) + " ".join(reading.findings.counts)


def holds(reading):
    assert reading.accepted == (reading.findings.errors == 0)
    assert reading.accepted == (reading.pupils is not None)
    assert sum(reading.findings.counts.values()) >= len(reading.findings.listed)
    if not reading.accepted:
        assert reading.findings.listed
    for one in reading.findings.listed:
        assert one.line >= 1
        assert one.rule
        assert one.sentence
        assert one.what_to_do


def mutated(sent: bytes, chance: random.Random) -> bytes:
    """Return the bytes changed in one to four places, by bits, cuts, copies or splices."""
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(sent) + 1) for _ in range(2))
        to = min(to, at + chance.choice((1, 3, 30, 600)))
        sent = chance.choice(
            (
                sent[:at] + bytes([sent[at] ^ 1 << chance.randrange(8)]) + sent[at + 1 :]
                if at < len(sent)
                else sent,
                sent[:at] + chance.randbytes(1) + sent[at:],
                sent[:at] + sent[to:],
                sent[:to] + sent[at:],
                sent[:at]
                + chance.choice((b"<", b">", b"&", b"/", b"<a>", b"<![CDATA[", b"-->", b"<!-- "))
                + sent[at:],
                sent[:at],
            )
        )
    return sent


def mutate(tmp_path_factory, count):
    print(f"seed {SEED}, {count} files")
    chance = random.Random(SEED)
    accepted = 0
    for _ in range(count):
        reading = read(tmp_path_factory, mutated(SENT, chance))
        holds(reading)
        accepted += reading.accepted
    # Some changes hit a name or a blank and are no fault; most are one.
    assert 0 < accepted < count / 2


def test_a_mutated_file_never_raises(tmp_path_factory):
    mutate(tmp_path_factory, 500)


@pytest.mark.long
def test_very_many_mutated_files_never_raise(tmp_path_factory):
    mutate(tmp_path_factory, 10_000)


def test_the_unchanged_file_is_accepted(tmp_path_factory):
    reading = read(tmp_path_factory, SENT)
    holds(reading)
    assert reading.accepted


def _spots():
    """Return every place in the file where a text, a name or a tag could be somebody's data."""
    text = SENT.decode()
    return [
        at for at in range(len(text)) if text[at - 1] == ">" or (text[at] == ">" and text[at - 1].isalpha())
    ]


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(_spots()), min_size=1, max_size=6),
    st.sampled_from(
        [
            MARK,
            f"{MARK}\n{MARK}",
            f"<{MARK}>x</{MARK}>",
            f"<{MARK}/>",
            f" a='{MARK}'",
            f" {MARK}='x'",
            f" xmlns='{MARK}'",
            f"&{MARK};",
            f"<!-- {MARK} --",
            f"<![CDATA[{MARK}]]>",
            f"<?{MARK} {MARK}?>",
            f"<!DOCTYPE {MARK}>",
            f"{MARK}&#7;",
            f"<x:{MARK}/>",
        ]
    ),
)
def test_no_finding_carries_a_value_of_the_file(tmp_path_factory, spots, marker):
    """D36: planted marks, in texts, names, attributes and comments, are never repeated."""
    sent = SENT.decode()
    for at in sorted(set(spots), reverse=True):
        sent = sent[:at] + marker + sent[at:]
    reading = read(tmp_path_factory, sent.encode())
    holds(reading)
    assert MARK.lower() not in said(reading).lower()


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([*SOUND, "FormerUPN", "UniqueLearnerNumber", "LeavingDate", "YSSA"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=20),
)
def test_any_text_in_any_leaf_is_a_value_or_a_finding(tmp_path_factory, leaf, text):
    reading = read(tmp_path_factory, message(record(1), record(2, **{leaf: f"{MARK}{text}"})))
    holds(reading)
    assert MARK not in said(reading)
    assert reading.accepted == (leaf in ("Surname", "Forename") and not reading.findings.counts)
