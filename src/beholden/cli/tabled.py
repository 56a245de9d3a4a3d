# SPDX-License-Identifier: Apache-2.0
"""`beholden table`: reads a question, a policy, a key and a file, and prints one table. Decides nothing.

The file is counted anew each time and no cube is kept. What can be refused without the data is refused before it is
opened.
"""

import json
import secrets
import sys
from pathlib import Path

from beholden.tables import answering, cubes, fixed, keys, policy, question
from beholden.tables.safe import Why


def answer_file(asked: Path, data: Path, rules: Path, key: Path | None, *, as_json: bool) -> None:
    """Print the answer to the question in a file: cells with value or symbol, and what was hidden and why."""
    given = policy.load(rules)
    read = question.read(question_in(asked), given)
    if key is None:
        raise keys.KeyRefused(
            "no_key",
            "No key was named: without a key every error could be taken away again.",
            f"Name the key file with --key. Make one, once: {keys.MAKE}",
        )
    ready = answering.ready(given, keys.load(key))
    cube = cubes.build(data, given, ready.secret, release=read.release or "once")
    print_answer(answering.answer(read, cube, ready), as_json=as_json)


def print_answer(answer: answering.Answer, *, as_json: bool) -> None:
    """Print an answer: as JSON, or a line for each cell."""
    if as_json:
        print(json.dumps(answering.document(answer), ensure_ascii=False))
    else:
        _say(answer)


def fix_file(asked: Path, data: Path, rules: Path, *, as_json: bool) -> None:
    """Print a fixed table: exact figures with their sums, and small groups hidden so that no sum tells of them."""
    given = policy.load(rules)
    read = question.read(question_in(asked), given)
    fixed.check(read, given)
    cube = cubes.build(
        data, given, keys.Secret(secrets.token_bytes(keys.SIZE)), release=read.release or "once"
    )
    said = fixed.document(fixed.fixed(read, cube, given))
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
        return
    names = said["fields"]
    print("\t".join((*names, "count")))
    for cell in said["cells"]:
        print(
            "\t".join(
                (*(cell["at"].get(name, "all") for name in names), str(cell.get("value", cell.get("symbol"))))
            )
        )
    print(said["error"], file=sys.stderr)
    if said["hidden"]["cells"]:
        print(f"c ({said['hidden']['cells']:,}): {said['hidden']['sentence']}", file=sys.stderr)


def question_in(path: Path) -> bytes:
    """Return the bytes of a question's file, or refuse a file that cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(question.LONGEST + 1)
    except OSError as wrong:
        raise question.QuestionRefused(
            "no_question", "There is no question that can be read under this name.", "Name a JSON file."
        ) from wrong


def _say(answer: answering.Answer) -> None:
    """Print a line for each cell, tabs between, and on the side what the cells do not say."""
    print("\t".join((*answer.question.by, answer.question.asked)))
    for at, value, why in answer.cells():
        print("\t".join((*at, why.symbol if why is not Why.SHOWN else f"{value:.12g}")))
    said = answering.document(answer)
    print(said["error"], file=sys.stderr)
    for one in said["hidden"]:
        print(f"{one['symbol']} ({one['cells']:,}): {one['sentence']}", file=sys.stderr)
