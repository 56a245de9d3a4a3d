# SPDX-License-Identifier: Apache-2.0
"""The slow twin of linkage: every pair in two loops, rules by plain comparison, chances by plain arithmetic.

It shares with the package how two people agree (which Splink checks) and what is decided of a certainty (which has tests
of its own). It has no keys, no index, no logarithms and no batches. And people to make small worlds of.
"""

from beholden.linkage.comparing import COMPARISONS, compare
from beholden.linkage.deciding import Candidate, decide
from beholden.linkage.keys import RULES, asked, stored
from beholden.linkage.people import COLUMNS, person
from beholden.linkage.scoring import Scale


def somebody(ref="x", given="", surname="", born="", postcode="", sex="", number=""):
    """A person from written values, every one of which can be read."""
    found = []
    values = {
        "given_name": given,
        "surname": surname,
        "birth_date": born,
        "postcode": postcode,
        "sex": sex,
        "pupil_number": number,
    }
    made = person(ref, values, lambda field, sentence: found.append((field, sentence)))
    assert not found
    return made


def times_likelier(asked, held, model, counted):
    """How many times likelier two people agree like this if they are one, by plain multiplication."""
    product = 1.0
    for place, level in enumerate(compare(asked, held)):
        weights = model.fields[place]
        column = COMPARISONS[place].frequent
        if level == 1 and column:
            u = weights.u_exact
            product *= 2 ** weights.bits[level] * u / counted.share(column, COLUMNS[column](asked), u)
        else:
            product *= 2 ** weights.bits[level]
    return product


def found_by(left, right):
    """The first rule by which two people find each other, or nothing: what an index does, without keys."""
    mine = list(asked(left))
    theirs = [parts for one in right for parts in stored(one)]
    for rule in RULES:
        for one in mine:
            wanted = [one[place] for place in rule.parts]
            if all(wanted) and any(wanted == [parts[place] for place in rule.parts] for parts in theirs):
                return rule.name
    return ""


def answered(asked, people, model, counted, *, prior, adverse):
    """Every pair that a rule finds: row, rule, chance and verdict, as the index must have it; and the chance of nobody."""
    found = []
    for row, variants in enumerate(people):
        if rule := found_by(asked, variants):
            ways = [(times_likelier(asked, one, model, counted), one) for one in variants]
            likelier, one = max(ways, key=lambda way: way[0])
            found.append((row, rule, likelier, one))
    share = prior / len(people) if people else 0.0
    whole = (1 - prior) + sum(share * likelier for _, _, likelier, _ in found)
    found.sort(key=lambda one: (-one[2], one[0]))
    candidates = [
        Candidate(row, one, Scale(model, counted).weigh(asked, one), share * likelier / whole)
        for row, _, likelier, one in found
    ]
    verdicts = decide(asked, candidates, counted, whole=True, adverse=adverse)
    rows = [
        (row, rule, candidate.probability, verdict)
        for (row, rule, _, _), candidate, verdict in zip(found, candidates, verdicts, strict=True)
    ]
    return rows, (1 - prior) / whole
