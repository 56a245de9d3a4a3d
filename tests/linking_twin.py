# SPDX-License-Identifier: Apache-2.0
"""The slow twin of linkage: every pair in two loops, rules by plain comparison, chances by plain arithmetic.

It shares with the package how two people agree (which Splink checks) and what is decided of a certainty (which has tests
of its own). It has no index, no logarithms and no batches, and makes keys one by one, in whole numbers. And people to
make small worlds of.
"""

import hashlib
from itertools import product

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from beholden.linkage.comparing import COMPARISONS, compare
from beholden.linkage.deciding import Candidate, decide
from beholden.linkage.keys import RULES
from beholden.linkage.names import given_keys, surname_keys
from beholden.linkage.people import COLUMNS, person, turned
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


def stored(person):
    """Yield under which parts somebody is kept: once for each key of the given name and of the surname."""
    return _parts(person.given, person.surname, person.birth_date, person)


def asked(person):
    """Yield under which parts somebody is looked for: as kept, with the names swapped, with day and month turned."""
    born = person.birth_date
    yield from _parts(person.given, person.surname, born, person)
    yield from _parts(person.surname, person.given, born, person)
    if born and born != turned(born):
        yield from _parts(person.given, person.surname, turned(born), person)


def _parts(given, surname, born, person):
    home = person.postcode
    for first, last in product(given_keys(given) or ("",), surname_keys(surname) or ("",)):
        yield first, last, last[:3], born, born[:4], born[4:], home, home[:-2], person.pupil_number


def keys(parts, secret):
    """Yield rule and key of each rule all of whose parts are there, as the first half of one enciphered block."""
    own = hashlib.blake2b(b"seal", key=secret, digest_size=32, person=b"bh.link.seal").digest()
    cipher = Cipher(algorithms.AES(own), modes.ECB())  # noqa: S305  one block a key: equal must stay equal
    for number, rule in enumerate(RULES):
        values = [parts[place] for place in rule.parts]
        if all(values):
            key = number + 1
            for place, value in zip(rule.parts, values, strict=True):
                digest = hashlib.blake2b(
                    value.encode(), key=secret, digest_size=8, person=b"bh.link.%d" % place
                )
                key = _mixed(key * 0x9E3779B97F4A7C15 + int.from_bytes(digest.digest(), "little"))
            block = key.to_bytes(8, "little") + number.to_bytes(8, "little")
            yield number, int.from_bytes(cipher.encryptor().update(block)[:8], "little")


def _mixed(bits):
    """SplitMix64's finalizer (Steele, Lea, Flood 2014, figure 17), on whole numbers."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        bits %= 1 << 64
        bits = (bits ^ (bits >> shift)) * factor
    return bits % (1 << 64)


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
