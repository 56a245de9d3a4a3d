# SPDX-License-Identifier: Apache-2.0
"""How Beholden says no. Imports nothing of ours, and knows no reason: each room keeps its own."""


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error
    """This is an answer of *no* that a person can understand and act on.

    `code` is stable and machine-readable (`room.reason`); `sentence` says in plain words what was refused;
    `next_step` says what the reader can do; `authority` names the law, standard or decision behind it.
    No part of it ever carries a pupil's value.
    """

    def __init__(self, code: str, sentence: str, *, next_step: str, authority: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.authority = authority

    def __reduce__(self) -> tuple[object, ...]:
        """Come back from another process as it was said there."""
        return _again, (type(self), self.args, vars(self))


def _again(kind: type[Refusal], args: tuple[str, ...], said: dict[str, object]) -> Refusal:
    one = kind.__new__(kind, *args)
    vars(one).update(said)
    return one
