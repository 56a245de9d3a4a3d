# SPDX-License-Identifier: Apache-2.0
"""`beholden consent check`: prints what is wrong with a consent form, and how its questions are asked. Decides nothing.

No Django and no database: whoever drafts a form can run it at their own desk.
"""

import json
import textwrap
from dataclasses import asdict
from pathlib import Path

from beholden.catalogue import Catalogue, in_force, load
from beholden.choices.consent.rules import Finding, Report, check_form
from beholden.home import Home
from beholden.refusals import Refusal

PASSES, REFUSED = 0, 1
_WIDTH = 100


def check_file(path: Path, *, root: Path | None, pack: str, as_json: bool) -> int:
    """Judge one form under the named pack, or the home's, or the first; print; return the exit status."""
    catalogue = load(pack) if pack else in_force(Home(root.resolve())) if root is not None else load()
    try:
        raw = path.read_bytes()
    except OSError as trouble:
        raise Refusal(
            "cli.no_form",
            "There is no form that can be read under this name.",
            next_step="Name the file of the form.",
            authority="D12",
        ) from trouble
    report = check_form(path.name, raw, catalogue)
    print(_json(path, report, catalogue) if as_json else "\n".join(_lines(path, report)))
    return PASSES if report.passes else REFUSED


def _json(path: Path, report: Report, catalogue: Catalogue) -> str:
    whole = {
        "file": path.name,
        "form": report.form,
        "catalogue": catalogue.hash,
        "passes": report.passes,
        "findings": [asdict(one) for one in report.findings],
        "sentences": list(report.sentences),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _lines(path: Path, report: Report) -> list[str]:
    lines = [line for one in report.findings for line in _finding(path, one)]
    if report.sentences and report.findings:
        lines += ["Where a question's fields are sound, it is asked in these words:", ""]
    for sentence in report.sentences:
        lines += [*_wrapped(sentence, "  "), ""]
    if report.passes:
        asks = "question" if report.questions == 1 else "questions"
        return [*lines, f"{path.name} may be used: {report.questions} {asks}, and nothing found."]
    things = "thing" if len(report.findings) == 1 else "things"
    return [*lines, f"{path.name} may not be used: {len(report.findings)} {things} to change."]


def _finding(path: Path, one: Finding) -> list[str]:
    found = f" “{one.found}”" if one.found else ""
    return [
        f"{path.name}:{one.line}  {one.code}",
        *_wrapped(f"{one.sentence}{found}", "    "),
        *_wrapped(f"What to change: {one.change}", "    "),
        *_wrapped(f"Law: {one.authority}", "    "),
        "",
    ]


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
