# SPDX-License-Identifier: Apache-2.0
"""A published schema is never stricter than the parser, and more lax only where its page says so. D27."""

import copy
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from beholden.ledger import entries
from beholden.refusals import Refusal
from unit.ledger.test_entries import BODIES, whole

FOLDER = Path(__file__).resolve().parents[3] / "docs/reference/schemas" / f"entry-{entries.VERSION}"
JUNK = (
    None, True, False, 0, 1, 9, 10, 64, 65, -1, 2**53 - 1, "", "x", "Ada Byron", "ü", "a\n", "ab" * 16, "AB" * 16,
    "ab" * 32, "AB" * 32, "ab" * 33, "ab" * 32 + "\n", "2026-02-30", "2026-02-28", "2026-02-28\n", "2026-2-28",
    "2026-11-23T09:30:00Z", "2026-11-23T24:00:00Z", "2026-11-23T09:30:00+00:00", "٢٠٢٦-٠٢-٢٨",
    [], {}, ["x"], {"x": 1}, "x" * 65, "x" * 64,
)  # fmt: skip


def schema(log, kind):
    held = json.loads((FOLDER / log / f"{kind}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(held)
    return Draft202012Validator(held)


def paths(value, path=()):
    found = [path] if path else []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += paths(inner, (*path, name))
    return found


def changes(value):
    """Every field as each of the junk values, left out, or with a stranger beside it; and which value is new."""
    for path in paths(value):
        for new in (*JUNK, ...):
            changed = copy.deepcopy(value)
            held = changed
            for step in path[:-1]:
                held = held[step]
            if new is ...:
                del held[path[-1]]
            else:
                held[path[-1]] = new
            yield changed, new
            held["stranger"] = 1
            yield changed, None


def parsed(value, log):
    try:
        entries.parse(rfc8785.dumps(value), log=log)
    except Refusal:
        return False
    return True


def is_known_laxity(new):
    """What docs/reference/schemas/README.md names: a newline at the end in Python, and days that there are not."""
    if not isinstance(new, str):
        return False
    if new.endswith("\n"):
        return True
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?", new):
        return False
    try:
        datetime.strptime(new, "%Y-%m-%dT%H:%M:%SZ" if "T" in new else "%Y-%m-%d")  # noqa: DTZ007  only whether it is one
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(("log", "kind"), sorted(BODIES))
def test_schema_and_parser_say_the_same_but_for_what_the_page_names(log, kind):
    judge, value = schema(log, kind), whole(log, kind)
    assert judge.is_valid(value)
    tried, refused = 0, 0
    for changed, new in changes(value):
        by_schema, by_parser = judge.is_valid(changed), parsed(changed, log)
        assert by_schema or not by_parser, "the schema refuses what the parser takes"
        assert by_parser or not by_schema or is_known_laxity(new), "the schema takes what the parser refuses"
        tried, refused = tried + 1, refused + (not by_schema)
    assert tried > 400
    assert refused > tried * 0.8


def test_each_laxity_that_the_page_names_is_one():
    """Bytes, calendar, the end of a string: a page that warned of nothing would be a wrong page too."""
    judge, value = schema("events", "choices"), whole("events", "choices")
    raw = rfc8785.dumps(value)
    for spelled in (raw + b"\n", raw.replace(b'"v":1', b'"v":1.0'), raw.replace(b'"v":1', b'"v":1,"v":1')):
        assert judge.is_valid(json.loads(spelled))
        with pytest.raises(Refusal):
            entries.parse(spelled, log="events")
    for new in ("2026-02-30", "2026-02-28\n"):
        body = {**BODIES["events", "choices"], "day": new}
        assert judge.is_valid(whole("events", "choices", body=body))
        assert not parsed(whole("events", "choices", body=body), "events")


def test_a_schema_asks_for_its_own_kind_and_version():
    for log, kind in BODIES:
        judge = schema(log, kind)
        for wrong in ({"kind": "other"}, {"log": "elsewhere"}, {"v": 2}, {"v": True}):
            assert not judge.is_valid(whole(log, kind, **wrong))
