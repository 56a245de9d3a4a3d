# SPDX-License-Identifier: Apache-2.0
"""Whatever `beholden fsck` can say, some test has made it say by its code; what none has yet is listed, and that shrinks."""

import ast
import re

from house.planting import REPOSITORY

SAID_BY_NO_TEST = frozenset(
    [
        "asked",
        "catalogue",
        "checkpoint",
        "checkpoint_old",
        "columns",
        "correction",
        "cut_short",
        "database",
        "day",
        "decision_scope",
        "flag",
        "handover",
        "incident",
        "letter",
        "log_file",
        "log_missing",
        "lookup_extra",
        "message",
        "message_done",
        "numbers",
        "officer",
        "organisation",
        "origin",
        "outbox",
        "parcel",
        "power_line",
        "power_unknown",
        "redress",
        "redress_asked",
        "registry",
        "registry_keys",
        "registry_root",
        "return",
        "return_missing",
        "return_unsaid",
        "root",
        "roster_scope",
        "sealed",
        "set_changed",
        "set_count",
        "set_order",
        "signer",
        "singles",
        "singles_lines",
        "sketch",
        "sketch_became",
        "slots_missing",
        "step",
        "untold",
        "urgent_review",
        "urgent_torn",
        "use",
        "vkey",
        "weighed",
    ]
)
"""Codes that a test knows only as *something was found* (tests/fault): no code may join them."""


def codes():
    """Return the code of every finding and note in the sources of fsck."""
    found = set()
    for path in sorted((REPOSITORY / "src/beholden/fsck").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"found", "note"} and node.args:
                found |= {one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)}
    return found


def test_every_code_of_fsck_is_said_by_name_in_a_test():
    texts = (
        path.read_text("utf-8")
        for path in sorted((REPOSITORY / "tests").rglob("*.py"))
        if path.name != "test_fsck_codes.py"
    )
    said = "\n".join(texts)
    silent = {code for code in codes() if not re.search(rf"(?<!beholden\.)fsck\\?\.{code}\b", said)}
    assert len(codes()) > 130
    assert silent == SAID_BY_NO_TEST, (silent - SAID_BY_NO_TEST, SAID_BY_NO_TEST - silent)
