# SPDX-License-Identifier: Apache-2.0
"""A question as the query of an address, and back: the link that makes a table again.

`ask=rate&rate=meals:yes&by=region&by=year&show=region:East` is the whole of it. It decides the form alone; whether such
a question is answered is `question`'s to say. No policy, no data.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from beholden.tables.question import LONGEST, QuestionRefused

_ONCE = ("ask", "rate", "mean", "release")
_OFTEN = ("by", "show")


def query(question: Mapping[str, Any]) -> str:
    """Return a question, as its JSON has it, as the query of an address."""
    return urlencode(list(_pairs(question)), quote_via=quote, safe=":")


def _pairs(question: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ask = question["ask"]
    if ask == "count":
        yield "ask", "count"
    elif "mean" in ask:
        yield from (("ask", "mean"), ("mean", ask["mean"]))
    else:
        yield from (("ask", "rate"), ("rate", f"{ask['of']}:{ask['rate']}"))
    for name in question["by"]:
        yield "by", name
    for name, wanted in question.get("show", {}).items():
        for category in wanted:
            yield "show", f"{name}:{category}"
    if "release" in question:
        yield "release", question["release"]


def question(about: str, query: str) -> dict[str, Any]:
    """Return the question that an address asks, as its JSON has it; refuse an address that asks none."""
    said = _said(query)
    made: dict[str, Any] = {"about": about, "ask": _ask(said), "by": said.get("by", [])}
    if "show" in said:
        show: dict[str, list[str]] = {}
        for one in said["show"]:
            name, category = _parted(one)
            show.setdefault(name, []).append(category)
        made["show"] = show
    if "release" in said:
        made["release"] = said["release"][0]
    return made


def _said(query: str) -> dict[str, list[str]]:
    """Return each field of a query with all that it says, in its order."""
    if len(query) > LONGEST:
        raise _no_address("This address is longer than any question.")
    try:
        pairs = (
            parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict") if query else []
        )
    except ValueError as wrong:
        raise _no_address("This address cannot be read.") from wrong
    said: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in (*_ONCE, *_OFTEN):
            raise _no_address("This address has a field that means nothing here.")
        if name in _ONCE and name in said:
            raise _no_address(f"This address says {name} twice.")
        said.setdefault(name, []).append(value)
    return said


def _ask(said: Mapping[str, list[str]]) -> Any:
    ask = said.get("ask", [""])[0]
    if ask not in {"count", "rate", "mean"}:
        raise _no_address("This address must say what it asks: count, rate or mean.")
    if said.keys() & {"rate", "mean"} != {ask} - {"count"}:
        raise _no_address("This address asks one thing, and says another of what.")
    if ask == "count":
        return "count"
    if ask == "mean":
        return {"mean": said["mean"][0]}
    of, category = _parted(said["rate"][0])
    return {"rate": category, "of": of}


def _parted(said: str) -> tuple[str, str]:
    name, colon, category = said.partition(":")
    if not colon:
        raise _no_address("A category is said with its field, like sex:F.")
    return name, category


def _no_address(sentence: str) -> QuestionRefused:
    return QuestionRefused("address", sentence, "Make the table again on its page, and copy the link there.")
