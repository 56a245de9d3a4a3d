# SPDX-License-Identifier: Apache-2.0
"""Writes the catalogue's page from the catalogue: what is held and why, what it may be used for, what is refused.

Knows how a page looks, and no item, purpose or law of any country. `make reference` writes it; a test compares.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from beholden.catalogue import Authority, Catalogue, Checked, Item, Keeper, KeepUntil, Purpose, Store, load
from beholden.catalogue.rules import HIGHER_IS_TIGHTER
from beholden.tables import policy

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES = {REFERENCE / "catalogue.md": "england", REFERENCE / "catalogue-us.md": "us"}
"""One page for each pack that comes with us."""

OPENING = """# {title}

Written by `make reference` from the catalogue itself (`src/beholden/catalogue`), so that nobody has to trust this page.
What is not here may not be held, asked or passed on.
{which}
The catalogue has a hash, which each decision cites; the one described here is

    {hash}

A dagger (†) marks law that was written down from memory and has not been compared with the instrument's text yet; the
last section lists it. Days of review that have passed count against the keeper on the
[report card](../explanation/report-card.md). What the report card measures is in the catalogue too, and on that page.
"""

_STORES = {
    Store.NUMBERS: "vault: numbers",
    Store.NAMES: "vault: names",
    Store.BIRTH: "vault: birth",
    Store.ADDRESS: "vault: address",
    Store.ROWS: "rows",
}
_SAYS = {
    "nothing": "has no say",
    "heard": "is heard",
    "stops": "may say no",
    "must_agree": "must agree first",
}
_TOLD = {
    "before": "before it begins",
    "at": "when it happens",
    "after": "afterwards",
    "sealed": "when it opens",
}


_TITLES = {
    "england": "The catalogue",
    "us": "The catalogue: United States",
}
_WHICH = {
    "england": """This is the pack of England, under which a home is founded that names no other;
[the pack of the United States](catalogue-us.md) is a second, small one.""",
    "us": """This is the second pack, small and real
([what of the federal regulations is in it](../explanation/another-country.md)). No return of it can be read yet.""",
}

_SAID = {
    "Returns": "What schools send.",
    "Items: what and why": "Every fact that is held about a pupil, in plain words and in a child's.",
    "Items: law and limits": (
        "*Compulsory*: the law makes the school give it. *Optional*: it may be left out. *Refusable*: it is asked, and "
        "no is a lawful answer. *Names* runs from 1 (names a child at once) to 5 (does not), *harm* from A (most) to E. "
        "*Tells where*: it does not leave for whom is kept safe. *Missing*: releases say, by it, which groups are missing."
    ),
    "Codes": "What a coded item may say. Retired codes stand in older returns only.",
    "Purposes that are allowed": (
        "What the law says, what the keeper decided and what a family may say are three different things. Which ways "
        "out there are, and who is left out at each, stands on the page of [the gate](../explanation/the-gate.md)."
    ),
    "Purposes that wait for an order": "A letter asks, only an order compels. Without one the answer is no.",
    "Purposes that are refused": (
        "Each by a rule with a name, whoever asks. Where the law permits, the refusal is the keeper's choice, and said so."
    ),
    "Consent: what may be asked": (
        "The purposes that need a yes, and the words in which the one sentence says what the facts are for. A recipient "
        "may be in: {countries}."
    ),
    "Consent: what a form is refused for": (
        "What [`beholden consent check`](../how-to/check-a-consent-form.md) looks for, and the phrases that give some of "
        "it away. `…` stands for a few words of the same sentence."
    ),
    "Who decides": "{guardians}",
    "Looks at one record": (
        "For which reasons an [officer may look](../how-to/look-at-a-record.md), what may be opened for each at the most, "
        "and the end of the sentence that the family reads. Below them the harms for which a second officer may let a "
        "family read of it later, for a while."
    ),
    "Tables: of what": (
        "What [tables that anybody may have](../explanation/tables.md) can be made of, and into which groups each column "
        "puts the codes. A code that is no answer is in none. Of numbers means are made."
    ),
    "Tables: what may be asked": (
        "The policy of each data set. *Guarded*: what everybody of a group has is hidden. *With dominance*: no mean "
        "is shown that one or two make up. What is withheld has its reason."
    ),
    "Limits": "A tighter number holds at once; a looser one only after its own published notice.",
    "Law": "What authorities refer to, and the day somebody has to look again.",
    "Recalled, not read": (
        "Written down from memory. Somebody with the text before them should compare each and say so in the pack."
    ),
}


def page(pack: str) -> str:
    """The whole page of one pack."""
    catalogue = load(pack)
    tables = (
        _collections(catalogue),
        _items(catalogue),
        _limits_of_items(catalogue),
        _codes(catalogue),
        _allowed(catalogue),
        _closed(catalogue, Keeper.WAITS),
        _closed(catalogue, Keeper.REFUSES),
        _asks(catalogue),
        _faults(catalogue),
        _deciders(catalogue),
        _looks(catalogue),
        _data_sets(catalogue),
        _policies(catalogue),
        _limits(catalogue),
        _law(catalogue),
        _recalled(catalogue),
    )
    filled = {"countries": ", ".join(catalogue.consents.countries), "guardians": _guardians(catalogue)}
    parts = [
        f"\n## {heading}\n\n{_fill(said, filled)}\n\n{lines}\n"
        for (heading, said), lines in zip(_SAID.items(), tables, strict=True)
    ]
    return OPENING.format(title=_TITLES[pack], which=_WHICH[pack], hash=catalogue.hash) + "".join(parts)


def _fill(said: str, words: dict[str, str]) -> str:
    for name, text in words.items():
        said = said.replace(f"{{{name}}}", text)
    return said


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """One table; what would break a cell is written so that it does not."""
    heads = tuple(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def cited(catalogue: Catalogue, authority: Authority) -> str:
    """An authority as a reader looks it up, with the mark of what was recalled."""
    mark = " †" if authority.checked is Checked.RECALLED else ""
    return f"{catalogue.law[authority.instrument].title}, {authority.paragraph}{mark}"


def _collections(catalogue: Catalogue) -> str:
    rows = (
        (
            f"`{one.code}`",
            one.label,
            one.reference_date.isoformat(),
            str(len(one.items)),
            cited(catalogue, one.authority),
            one.review_on.isoformat(),
        )
        for one in catalogue.collections.values()
    )
    return table(("return", "what it is", "day", "items", "law", "look again on"), rows)


def _items(catalogue: Catalogue) -> str:
    rows = (
        (
            f"`{one.id}`",
            one.label,
            one.child_label,
            one.why,
            ", ".join(f"`{other}`" for other in one.coarser) or "none",
        )
        for one in catalogue.items.values()
    )
    return table(("item", "what it is", "to a child", "why it is held", "less exact"), rows)


def _limits_of_items(catalogue: Catalogue) -> str:
    rows = (
        (
            f"`{one.id}`",
            one.answer.value,
            cited(catalogue, one.authority),
            str(one.identifiability),
            one.sensitivity,
            _since(one),
            _kept(one.keep_until),
            _STORES[one.store],
            f"`{one.type.value}`",
            ", ".join(
                word
                for holds, word in ((one.tells_where, "tells where"), (one.shows_missing, "missing"))
                if holds
            ),
        )
        for one in catalogue.items.values()
    )
    return table(
        ("item", "answer", "law", "names", "harm", "since", "kept until", "lies in", "type", "and"), rows
    )


def _since(item: Item) -> str:
    return f"{item.since}{' †' if item.since_checked is Checked.RECALLED else ''}"


def _kept(until: KeepUntil) -> str:
    return f"age {until.amount}" if until.unit == "age" else f"{until.amount} years after it was taken"


def _codes(catalogue: Catalogue) -> str:
    rows = (
        (one.name, " ".join(one.values), " ".join(one.retired) or "none", one.source)
        for one in catalogue.codes.values()
    )
    return table(("set", "codes", "retired", "from"), rows)


def _allowed(catalogue: Catalogue) -> str:
    rows = (
        (
            f"`{one.code}`",
            f"{one.label}. {one.covers}",
            f"{one.law.value}: {cited(catalogue, one.authority)}",
            f"{one.decided_by}, {one.decided_on.isoformat()}",
            _SAYS[one.family_says.value],
            _TOLD[one.told.value],
            ", ".join(one.exits),
            ", ".join(f"`{item}`" for item in one.items) or "none",
            ", ".join(f"`{law}`" for law in one.untold_under) or "nobody",
            "if asked" if one.over_time else "never",
            one.review_on.isoformat(),
        )
        for one in _of(catalogue, Keeper.ALLOWS)
    )
    heads = (
        "purpose",
        "what it is",
        "the law",
        "allowed by",
        "a family",
        "told",
        "ways out",
        "may need",
        "the untold, in the reading room, under",
        "one made-up number every time",
        "look again on",
    )
    return table(heads, rows)


def _closed(catalogue: Catalogue, decided: Keeper) -> str:
    rows = (
        (
            f"`{one.code}`",
            one.rule,
            one.label,
            f"{one.law.value}: {cited(catalogue, one.authority)}",
            one.reason,
            one.what_instead,
            f"{one.decided_by}, {one.decided_on.isoformat()}",
            *([", ".join(one.orders_reach) or "neither"] if decided is Keeper.WAITS else ()),
        )
        for one in _of(catalogue, decided)
    )
    heads = ("purpose", "rule", "what it is", "the law", "why not", "instead", "decided by")
    return table((*heads, "names and address by an order") if decided is Keeper.WAITS else heads, rows)


def _of(catalogue: Catalogue, decided: Keeper) -> Iterator[Purpose]:
    return (one for one in catalogue.purposes.values() if one.keeper is decided)


def _asks(catalogue: Catalogue) -> str:
    rows = (
        (f"`{code}`", to, "; ".join(f"`{item}`" for item in catalogue.purpose(code).only_items) or "any")
        for code, to in catalogue.consents.asks.items()
    )
    return table(("purpose", "in the sentence", "facts"), rows)


def _faults(catalogue: Catalogue) -> str:
    rows = (
        (
            f"`{name}`",
            note.says,
            note.change,
            cited(catalogue, note.authority),
            "; ".join(note.phrases) or "found in the form's fields",
        )
        for name, note in catalogue.consents.faults.items()
    )
    return table(("fault", "what is wrong", "what to change", "law", "given away by"), rows)


def _guardians(catalogue: Catalogue) -> str:
    end = catalogue.guardians_end
    events = "".join(f", or from the first of: {', '.join(end.events)}" for _ in end.events[:1])
    said = (
        f"Nobody decides for a person from the age of {end.age}{events} ({cited(catalogue, end.authority)}). "
    )
    said += _able(catalogue)
    if catalogue.biometrics is None:
        return said + "No law of this pack lets a school use biometrics, so none may."
    return said + "What speaks against biometrics at school, case by case: [biometrics](biometrics.md)."


def _able(catalogue: Catalogue) -> str:
    """Say who may be judged able, and what is an able child's alone."""
    if catalogue.able is None:
        return "Before that nobody is written down as able to decide alone. "
    said = (
        f"A child of {catalogue.able.from_age} or more may be judged able to decide herself "
        f"({cited(catalogue, catalogue.able.authority)}). "
    )
    hers = ", ".join(f"`{name}`" for name in sorted(catalogue.hers_alone))
    return said + f"An able child's alone, from her guardians too: {hers}. " if hers else said


def _deciders(catalogue: Catalogue) -> str:
    law = catalogue.biometrics
    rows = [
        (
            "guardians decide until",
            str(catalogue.guardians_end.age),
            cited(catalogue, catalogue.guardians_end.authority),
        )
    ]
    rows += [
        (
            f"evidence `{name}`",
            f"{one.label}; for: {', '.join(one.supports)}"
            + (f"; holder: {', '.join(one.bodies)}" if one.bodies else ""),
            cited(catalogue, one.authority),
        )
        for name, one in catalogue.evidence.items()
    ]
    if law is not None:
        rows.append(("biometrics: a child is under", str(law.until_age), cited(catalogue, law.authority)))
        rows += [
            (f"biometrics: `{name}`", one.says, cited(catalogue, one.authority))
            for name, one in law.bars.items()
        ]
        rows += [
            (f"ground `{name}`", one.label, cited(catalogue, one.authority))
            for name, one in law.grounds.items()
        ]
    return table(("what", "is", "law"), rows)


def _looks(catalogue: Catalogue) -> str:
    rows = [
        (f"`{one.name}`", one.label, "; ".join(one.groups), one.family_reads, cited(catalogue, one.authority))
        for one in catalogue.looks.reasons.values()
    ]
    rows += [
        (f"harm `{one.name}`", one.label, "", "", cited(catalogue, one.authority))
        for one in catalogue.looks.harms.values()
    ]
    return table(("reason", "what it is", "opens", "the family reads", "law"), rows)


def _data_sets(catalogue: Catalogue) -> str:
    rows: list[tuple[str, ...]] = []
    for one in catalogue.data_sets.values():
        named = f"`{one.name}`: {one.label}"
        rows += [
            (
                named,
                f"`{column.name}`: {column.label}",
                f"`{column.item}`"
                if column.item
                else f"the first {column.signs} signs of the school's number",
                "; ".join(dict.fromkeys(column.groups.values())),
            )
            for column in one.columns
        ]
        rows += [
            (
                named,
                f"`{share.name}`: {share.label}",
                f"`{share.item}`, of a hundred of `{share.whole}`",
                f"a number; the codes {', '.join(share.codes)}",
            )
            for share in one.shares
        ]
    return table(("data set", "column", "from", "groups"), rows)


def _policies(catalogue: Catalogue) -> str:
    rows: list[tuple[str, ...]] = []
    for one in catalogue.data_sets.values():
        rules = policy.read(one.policy.encode())
        rows += [(f"`{one.name}`", f"`{name}`", "area") for name in rules.levels]
        rows += [
            (f"`{one.name}`", f"`{field.name}`", "guarded" if field.sensitive else "")
            for field in rules.variables
        ]
        rows += [
            (f"`{one.name}`", f"`{measure.name}`", f"a mean{_dominance(measure)}")
            for measure in rules.measures
        ]
        rows += [(f"`{one.name}`", f"`{name}`", f"withheld: {why}") for name, why in rules.withheld]
    return table(("data set", "field", "and"), rows)


def _dominance(measure: policy.Measure) -> str:
    return ", with dominance" if measure.dominance else ""


def _limits(catalogue: Catalogue) -> str:
    rows = (
        (
            f"`{name}`",
            f"{getattr(catalogue.limits, name):,}",
            note.unit,
            note.label,
            note.why,
            "more" if name in HIGHER_IS_TIGHTER else "less",
        )
        for name, note in catalogue.limit_notes.items()
    )
    return table(("limit", "is", "unit", "what it is", "why", "tighter is"), rows)


def _law(catalogue: Catalogue) -> str:
    rows = (
        (f"`{one.name}`", one.title, one.citation, one.review_on.isoformat())
        for one in catalogue.law.values()
    )
    return table(("name", "instrument", "citation", "look again on"), rows)


def _recalled(catalogue: Catalogue) -> str:
    listed = [
        *((f"return `{one.code}`", one.authority) for one in catalogue.collections.values()),
        *((f"item `{one.id}`", one.authority) for one in catalogue.items.values()),
        *((f"purpose `{one.code}`", one.authority) for one in catalogue.purposes.values()),
        *((f"ground `{one.name}`", one.authority) for one in catalogue.bases.values()),
        *((f"consent fault `{name}`", one.authority) for name, one in catalogue.consents.faults.items()),
        *((f"look `{name}`", one.authority) for name, one in catalogue.looks.reasons.items()),
        *((f"harm `{name}`", one.authority) for name, one in catalogue.looks.harms.items()),
        ("who decides", catalogue.guardians_end.authority),
        *((f"evidence `{name}`", one.authority) for name, one in catalogue.evidence.items()),
    ]
    if catalogue.able is not None:
        listed.append(("who may be judged able", catalogue.able.authority))
    if catalogue.biometrics is not None:
        cited_there = (*catalogue.biometrics.bars.items(), *catalogue.biometrics.grounds.items())
        listed.append(("biometrics", catalogue.biometrics.authority))
        listed += [(f"biometrics `{name}`", one.authority) for name, one in cited_there]
    rows = [
        (where, f"{catalogue.law[said.instrument].title}, {said.paragraph}")
        for where, said in listed
        if said.checked is Checked.RECALLED
    ]
    rows += [
        (f"item `{one.id}`", f"taken since {one.since}")
        for one in catalogue.items.values()
        if one.since_checked is Checked.RECALLED
    ]
    return table(("where", "what"), rows)
