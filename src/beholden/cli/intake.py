# SPDX-License-Identifier: Apache-2.0
"""Takes return files in from the command line, and prints what became of each."""

import json
from datetime import datetime
from pathlib import Path

from beholden.catalogue import Catalogue
from beholden.refusals import Refusal


def accept_files(root: Path, files: list[Path], *, as_json: bool, at: datetime) -> int:
    """Accept each file; print receipts and findings; return 0 only if none was refused."""
    from beholden.cli.keeper import at_work

    results: list[dict[str, object]] = []
    try:
        with at_work(root) as home:
            from beholden.catalogue import in_force
            from beholden.ledger.actions import sequence

            catalogue = in_force(home)
            sequence(
                at=at
            )  # refuses here, before a file is opened, a clock that goes back and a log that is stuck
            for path in files:
                results.append(_taken(path, catalogue, at))
            sequence(at=at)
    finally:  # what was taken in before a full disk is taken in, and its receipt is told
        _tell(results, as_json=as_json)
    return 0 if all(result["status"] != "refused" for result in results) else 1


def _tell(results: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        for result in results:
            _print(result)


def _taken(path: Path, catalogue: Catalogue, at: datetime) -> dict[str, object]:
    """Take one file in; a file that cannot even be opened is refused by itself and stops no other."""
    from beholden.kinds import Actor, Role
    from beholden.register.actions import accept

    try:
        receipt = accept(path, catalogue=catalogue, by=Actor("desk", Role.KEEPER), at=at)
    except Refusal as no:
        told = {"rule": no.code, "severity": "error", "line": 0, "place": "the file", "sentence": no.sentence}
        return {
            "file": path.name,
            "status": "refused",
            "pupils": 0,
            "receipt": None,
            "found": {no.code: 1},
        } | {"findings": [told]}
    return {
        "file": path.name,
        "status": receipt.status,
        "pupils": receipt.pupils,
        "receipt": receipt.number,
        "found": dict(receipt.findings.counts),
        "findings": [
            {
                "rule": finding.rule,
                "severity": str(finding.severity),
                "line": finding.line,
                "place": finding.place,
                "sentence": finding.sentence,
                "what_to_do": finding.what_to_do,
            }
            for finding in receipt.findings.listed
        ],
    }


def _print(result: dict[str, object]) -> None:
    print(f"{result['file']}: {result['status']}, {result['pupils']} pupils, receipt {result['receipt']}")
    findings = result["findings"]
    if isinstance(findings, list):
        for finding in findings:
            print(f"  {finding['severity']} {finding['rule']}, line {finding['line']}: {finding['sentence']}")
