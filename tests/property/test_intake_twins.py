# SPDX-License-Identifier: Apache-2.0
"""The fast ways of intake against the slow and obvious ones: columns, numbers, dates, and what is well formed."""

import io
import string
from datetime import date
from xml.parsers import expat
from xml.sax.saxutils import escape

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from beholden.intake import columns, numbers, structure, vectors

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12)
BLANK = st.sampled_from(["", " ", "\n  ", "\t", "\u00a0"])
ESCAPED = st.sampled_from(
    ["&amp;", "&#233;", "&#10;", "&apos;", "<![CDATA[<b>&]]>", "<!-- x -->", "<?p x?>", "\r\n", "&#13;"]
)
LEAF = st.lists(st.one_of(TEXT.map(escape), ESCAPED, BLANK), max_size=4).map("".join)


@st.composite
def leaves(draw, wanted: columns.Leaves) -> str:
    """Return some of the leaves, each in its group, groups in any order."""
    groups: dict[str, list[str]] = {}
    for path in wanted.values():
        if draw(st.booleans()):
            *group, leaf = path.split("/")
            groups.setdefault("/".join(group), []).append(f"<{leaf}>{draw(LEAF)}</{leaf}>")
    written = [
        "".join(f"<{name}>" for name in group.split("/") if name)
        + "".join(inside)
        + "".join(f"</{name}>" for name in reversed(group.split("/")) if name)
        for group, inside in groups.items()
    ]
    return "".join(draw(st.permutations(written)))


@st.composite
def records(draw, name: str) -> str:
    # Each part in a pupil of its own keeps groups from standing twice; the structure allows each once.
    inside = draw(leaves(columns.PUPIL)) if draw(st.booleans()) else ""
    if not inside:
        part = columns.PARTS[draw(st.sampled_from(sorted(columns.PARTS)))]
        rows = "".join(
            f"<{part.row}>{draw(leaves(part.leaves))}</{part.row}>" for _ in range(draw(st.integers(0, 3)))
        )
        steps = part.path.split("/")
        inside = (
            "".join(f"<{step}>" for step in steps) + rows + "".join(f"</{step}>" for step in reversed(steps))
        )
    return f"<{name}>{inside}</{name}>"


@st.composite
def documents(draw):
    on_roll = draw(st.lists(records("PupilOnRoll"), max_size=4))
    off_roll = draw(st.lists(records("PupilNoLongerOnRoll"), max_size=3))
    sent = (
        "<Message><Header><CollectionDetails/><Source/></Header><Pupils>"
        f"<PupilsOnRoll>{''.join(on_roll)}</PupilsOnRoll>"
        f"<PupilsNoLongerOnRoll>{''.join(off_roll)}</PupilsNoLongerOnRoll></Pupils></Message>"
    )
    return sent.encode(), (len(on_roll), len(off_roll))


@settings(max_examples=150)
@given(documents())
def test_both_ways_to_columns_agree(document):
    sent, counted = document
    frame = structure.walk(io.BytesIO(sent))
    assert frame.sound
    assert (frame.on_roll_count, frame.off_roll_count) == counted
    quick = columns.quick(io.BytesIO(sent), counted=counted)
    slow = columns.slow(io.BytesIO(sent), counted=counted)
    assert quick.keys() == slow.keys()
    for name, table in quick.items():
        assert table.equals(slow[name]), name


CHARACTERS = st.sampled_from(string.digits + numbers.CHECK_LETTERS + "IOSé٣z ")


@st.composite
def upns(draw):
    body = draw(st.sampled_from(["001", "801", "999"])) + draw(st.text(string.digits, min_size=8, max_size=8))
    body += draw(st.sampled_from(string.digits + numbers.CHECK_LETTERS))
    number = list(numbers.upn_check_letter(body) + body)
    for _ in range(draw(st.integers(0, 2))):
        number[draw(st.integers(0, 12))] = draw(CHARACTERS)
    return "".join(number)[: draw(st.integers(1, 14))]


@settings(max_examples=300)
@given(st.lists(st.one_of(upns(), st.text(CHARACTERS, min_size=1, max_size=14), st.none()), max_size=12))
def test_the_rules_of_pupil_numbers_are_those_of_numbers(texts):
    flags = vectors.upn_flags(pa.array(texts, pa.string()))
    by_rule = {"1510": flags.letter, "1530": flags.authority, "1540": flags.digits, "1550": flags.last}
    for place, text in enumerate(texts):
        expected = set() if text is None else {fault.rule for fault in numbers.upn_faults(text)}
        assert {rule for rule, rows in by_rule.items() if rows[place]} == expected


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.text(string.digits, min_size=10, max_size=10), st.text(CHARACTERS, min_size=1), st.none()
        ),
        max_size=12,
    )
)
def test_the_rule_of_learner_numbers_is_that_of_numbers(texts):
    flags = vectors.uln_flags(pa.array(texts, pa.string()))
    assert flags.tolist() == [text is not None and bool(numbers.uln_faults(text)) for text in texts]


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
            st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"),
        ),
        max_size=12,
    )
)
def test_dates_are_those_of_the_calendar(texts):
    def day(text):
        try:
            found = date.fromisoformat(text)
        except ValueError:
            return None
        return found if 1900 <= found.year <= 2199 else None

    assert vectors.dates(pa.array(texts, pa.string())).to_pylist() == [day(text) for text in texts]


@settings(max_examples=300)
@given(documents(), st.data())
def test_what_expat_calls_malformed_is_never_sound(document, data):
    """A second parser watches the first: lxml has let cut files pass."""
    sent, _ = document
    at = data.draw(st.integers(0, len(sent)))
    what = data.draw(
        st.sampled_from([b"", b"<", b">", b"&", b"</", b"]]>", b"<a>", b"\x00", b"\xff", b"'", b"<!--"])
    )
    changed = (
        sent[:at] + what + (b"" if data.draw(st.booleans()) else sent[at + data.draw(st.integers(0, 3)) :])
    )
    if structure.walk(io.BytesIO(changed)).sound:
        expat.ParserCreate("utf-8").Parse(changed, True)  # raises where it is malformed
