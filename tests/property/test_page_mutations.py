# SPDX-License-Identifier: Apache-2.0
"""Hundreds of ways to change a file: the page and the command refuse the same, at the same step (D27, D28).

Every run prints its seed and, where they differ, the change.
"""

import json
import random

import pytest
import rfc8785

from beholden.ledger.policy import Policy
from beholden.ledger.verify import verify
from beholden.refusals import Refusal
from conformance.test_second_reader import WITNESSES, audited_town, policy_of, sealed_town
from journeys.screen import chromium
from ledger_builder import small_town
from proof_page import reader
from property.test_bundle_mutations import Changes, get, places, put

SEED = 20_261_128
SPELLINGS = {
    "The JSON holds a number that is not whole.",
    "A number in the JSON is too large.",
    "These bytes are not canonical JSON.",
    "These bytes are JSON, but not in its one canonical spelling.",
}
"""Of a number that has a fraction or too many digits a browser sees less than Python; both refuse it where it stands."""


@pytest.fixture(scope="module")
def page(require, tmp_path_factory):
    with (
        chromium(require("chromium")) as browser,
        reader(browser, tmp_path_factory.mktemp("page")) as found,
    ):
        yield found
        found.check()


def one_spelling(sentence):
    head, colon, last = sentence.partition("): ")
    return f"{head}{colon}a spelling" if last in SPELLINGS else sentence


def by_command(raw, *, number=None, policy=None, earlier=None):
    """Step and sentence of a refusal, or the sentences."""
    try:
        asked = None if policy is None else Policy.parse(policy)
        return list(verify(raw, number=number, policy=asked, earlier=earlier).sentences())
    except Refusal as no:
        return getattr(no, "step", None), one_spelling(no.sentence)


def by_page(page, raw, **beside):
    found = page.answer(raw, **beside)
    if found["proven"]:
        return found["sentences"]
    return found["step"], one_spelling(found["sentence"])


def towns():
    """Files of three kinds of log: in the open, sealed and opened, audited; the second with witnesses under it."""
    keepers = {"open": small_town(), "sealed": sealed_town(), "audited": audited_town()}
    files = {
        keeper.bundle(child, witnesses=WITNESSES if name == "sealed" else None).print(): keeper.number(child)
        for name, keeper in keepers.items()
        for child in (1, 2)
    }
    return files, keepers["sealed"]


def test_both_refuse_the_same_file_at_the_same_step(page):
    """What nobody signed anew: most stop at the file, its signature or its root, the rest at the child's own proofs."""
    files, _ = towns()
    source = random.Random(SEED)
    changes = Changes(source, list(files))
    steps = set()
    print(f"seed {SEED}")
    for count in range(400):
        way, raw, changed = changes.one()
        number = files[raw] if source.random() < 0.7 else None
        expected = by_command(changed, number=number)
        assert by_page(page, changed, number=number) == expected, f"seed {SEED}: change {count} ({way})"
        steps.add(expected[0] if isinstance(expected, tuple) else "holds")
    print(sorted(map(str, steps)))
    assert len(steps) > 7, "the changes reach too few steps"


@pytest.mark.parametrize("town", [small_town, sealed_town, audited_town])
def test_both_refuse_the_same_lie_that_was_signed(page, town):
    """One field of one entry lies, and the log is signed with the lie in it: what only the later steps can see."""
    source = random.Random(SEED)
    steps = set()
    print(f"seed {SEED}")
    for count in range(80):
        keeper = town()
        at = source.randrange(len(keeper.entries))
        said = json.loads(keeper.entries[at])
        path = source.choice([one for one in places(said) if one])
        keeper.entries[at] = rfc8785.dumps(put(said, path, other(source, get(said, path))))
        changed = keeper.bundle(1).print()
        expected = by_command(changed, number=keeper.number(1))
        assert by_page(page, changed, number=keeper.number(1)) == expected, (
            f"seed {SEED}: lie {count} at {path}"
        )
        steps.add(expected[0] if isinstance(expected, tuple) else "holds")
    print(sorted(map(str, steps)))
    assert len(steps) > 3, "the lies reach too few steps"


def other(source, held):
    """Another value, near to the one that stands there."""
    if isinstance(held, bool) or held is None:
        return source.choice([True, False, None, 0])
    if isinstance(held, int):
        return max(0, held + source.choice([-1, 1, 9, 64, 2**32]))
    if isinstance(held, str):
        at = source.randrange(len(held))
        return source.choice(
            [held[:at] + source.choice("0129afz-T é") + held[at + 1 :], held[::-1], "", held[:-1]]
        )
    if isinstance(held, dict):
        return source.choice(
            [{}, None, {name: held[name] for name in list(held)[1:]}, held | {"__proto__": 1}]
        )
    return None


def test_both_refuse_the_same_policy_at_the_same_line(page):
    _, keeper = towns()
    raw = keeper.bundle(1, witnesses=WITNESSES).print()
    known = policy_of(keeper, "all").encode()
    source = random.Random(SEED)
    answers = set()
    print(f"seed {SEED}")
    for count in range(150):
        policy = other_policy(source, known)
        expected = by_command(raw, policy=policy)
        assert by_page(page, raw, policy=policy) == expected, f"seed {SEED}: policy {count}"
        answers.add(expected[0] if isinstance(expected, tuple) else "holds")
    assert answers == {None, 1, "holds"}, "the changes reach too few answers"


def other_policy(source, known):
    """One line is left out, doubled, moved or changed by a sign, also by bytes that are no text."""
    lines = known.splitlines(keepends=True)
    at = source.randrange(len(lines))
    line = lines[at]
    if source.random() < 0.5:
        lines[at : at + 1] = source.choice([[], [line] * 2, [line[:-1]], [b"# " + line], [line, b"\n"]])
        if source.random() < 0.3:
            source.shuffle(lines)
        return b"".join(lines)
    place = source.randrange(len(line))
    put_in = source.choice([b"\xff", b"\t", b" ", b"\x7f", b"+", b"7", b"A", "é".encode(), b"\xf0\x9f\x98"])
    lines[at] = line[:place] + put_in + line[place + source.randrange(2) :]
    if source.random() < 0.4:  # a name that is no text, wherever it stands
        return (
            b"".join(lines)
            .replace(b"w1.example w2", b"\xffw1 w2")
            .replace(b"witness w1.example ", b"witness \xffw1 ")
        )
    return b"".join(lines)


def test_both_say_the_same_of_an_earlier_file(page):
    """The later file is honest; of the earlier one a value is another, or it is of another child or log."""
    keeper = small_town()
    earlier = keeper.bundle(1).print()
    others = [small_town(seed=12).bundle(1).print(), keeper.bundle(2).print(), keeper.bundle(9).print()]
    keeper.handover(3, [2, 3], scope=70)
    later = keeper.bundle(1).print()
    changes = Changes(random.Random(SEED), [earlier, *others])
    assert by_page(page, later, earlier=earlier) == by_command(later, earlier=earlier)
    print(f"seed {SEED}")
    for count in range(60):
        _, _, changed = changes.one() if count >= len(others) else (None, None, others[count])
        expected = by_command(later, earlier=changed)
        assert by_page(page, later, earlier=changed) == expected, f"seed {SEED}: change {count}"
