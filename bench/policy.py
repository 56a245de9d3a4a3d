# SPDX-License-Identifier: Apache-2.0
"""The decision for everybody at once, beside a policy engine that is asked child by child."""

from collections.abc import Iterator
from contextlib import contextmanager

import cedarpy
from gate import population

from beholden.catalogue import Flag
from beholden.gate.expression import weigh
from beholden.gate.ids import listed
from beholden.gate.rules import IN_LIST
from measuring import Claim, Limit, Way, Work, main

POLICIES = "permit(principal, action, resource);\n" + "\n".join(
    f"forbid(principal, action, resource) when {{ context.{flag.value} }};" for flag in Flag
)
ENGINE = "cedarpy, one batch"
PARSED = "cedarpy, one batch, policies parsed before"

NOTE = """The engine is given what costs it least: no entities, every flag of every child worked out before, the whole
sample in one call; and, as the second peer, its policies parsed before. It says yes or no and not why; both must let
the same number go, or the measurement fails. It was never meant for sets: this is why the gate is no policy engine.
Ours has weighed a few children before the clock starts: the first call of all loads what it works with, for a quarter
of a second."""


@contextmanager
def at_once(children: int) -> Iterator[Work]:
    weigh(*population(10), Flag)
    scope, lists = population(children)
    yield lambda: weigh(scope, lists, Flag)


def child_by_child(*, parsed: bool) -> Way:
    """Ask the engine about each child of a sample, its policies as text or parsed."""

    @contextmanager
    def way(children: int) -> Iterator[Work]:
        scope, lists = population(children)
        bears = {flag.value: listed(scope, lists[flag]) == (flag in IN_LIST) for flag in Flag}
        asked = [
            {
                "principal": 'Use::"one"',
                "action": 'Action::"extract"',
                "resource": f'Child::"{number}"',
                "context": {name: bool(column[number]) for name, column in bears.items()},
            }
            for number in range(children)
        ]
        policies = cedarpy.PolicySet.from_str(POLICIES) if parsed else POLICIES
        expected = len(weigh(scope, lists, Flag).released)

        def work() -> None:
            said = cedarpy.is_authorized_batch(asked, policies, [])
            if sum(one.allowed for one in said) != expected:
                raise RuntimeError("the two do not agree")

        yield work

    return way


if __name__ == "__main__":
    main(
        Claim(
            "policy",
            "The same decision, beside a policy engine asked child by child",
            "children",
            {"weigh": at_once, ENGINE: child_by_child(parsed=False), PARSED: child_by_child(parsed=True)},
            (10_000, 20_000, 40_000),
            Limit("cores", 1 / 500, ENGINE),
            NOTE,
        )
    )
