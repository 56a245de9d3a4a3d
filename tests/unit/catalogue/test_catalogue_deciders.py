# SPDX-License-Identifier: Apache-2.0
"""What a pack says of consent and of who may decide is taken whole, and loosened only in public (D12, D14, D17, D41)."""

import shutil
from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType

import pytest

from beholden.catalogue import (
    Authority,
    Bar,
    Checked,
    FormFault,
    Ground,
    LifeEvent,
    PackRefused,
    PowerSays,
    Store,
    load,
)
from beholden.catalogue.consents import FOUND_BY_WORDS
from beholden.catalogue.pack import ENGLAND as PACK
from beholden.catalogue.rules import tighter_or_equal
from beholden.refusals import Refusal

ENGLAND = load()
PAGE = '[fault.no-country]\nsays = "It is not said in which country a recipient is."\n'


@pytest.fixture
def pack(tmp_path):
    shutil.copytree(PACK, tmp_path / "pack")
    return tmp_path / "pack"


SPOILT = {
    # what: (file, what stood there, what stands there now, code)
    "a fault nobody looks for": ("consent.toml", "[fault.no-country]", "[fault.ugly]", "unknown_key"),
    "a fault left out": ("consent.toml", "[fault.no-end]", "[ask.x]", "missing_key"),
    "phrases for what is found in fields": ("consent.toml", PAGE, PAGE + 'phrases = ["x"]\n', "unknown_key"),
    "no phrase for what is found by words": (
        "consent.toml",
        'phrases = [\n  "see our"',
        'phrases = []\nx = [\n  "see our"',
        "contradiction",
    ),
    "one phrase for two faults": ("consent.toml", '"see our"', '"our partners"', "duplicate"),
    "a phrase in capitals": ("consent.toml", '"see our"', '"See our"', "unknown_value"),
    "a phrase that ends open": ("consent.toml", '"see our"', '"see our …"', "unknown_value"),
    "a phrase with two blanks": ("consent.toml", '"see our"', '"see  our"', "unknown_value"),
    "no country at all": (
        "consent.toml",
        "countries = [",
        "countries = []\nx = [",
        "contradiction",
    ),
    "a yes that is a no": ("consent.toml", 'yes = "Yes"', 'yes = "no"', "contradiction"),
    "no answers": ("consent.toml", "[form.words]", "[form.letters]", "missing_key"),
    "two purposes in one asking": (
        "consent.toml",
        '"to invite you to studies"',
        '"to ask: to join"',
        "unknown_value",
    ),
    "two purposes asked alike": (
        "consent.toml",
        '"to invite you to studies"',
        '"to study school and health"',
        "duplicate",
    ),
    "an asking for what is refused": (
        "consent.toml",
        "[ask.research-contact]",
        "[ask.marketing]",
        "dangling",
    ),
    "a yes that nobody is asked for": (
        "consent.toml",
        '[ask.research-contact]\nto = "to invite you to studies"\n',
        "",
        "contradiction",
    ),
    "law that is not there": ("consent.toml", '"ico-consent"', '"ico-2"', "dangling"),
    "no end of guardians": ("deciders.toml", "[guardians.end]", "[guardians.start]", "unknown_key"),
    "a group of facts that there is not": (
        "looks.toml",
        '"names", "birth", "rows"]',
        '"names", "shoes"]',
        "unknown_value",
    ),
    "a reason that opens nothing": (
        "looks.toml",
        'groups = ["names", "birth", "rows"]',
        "groups = []",
        "unknown_value",
    ),
    "a reason too long for the journal": (
        "looks.toml",
        "[look.complaint]",
        "[look.complaint-of-a-grown-up]",
        "out_of_range",
    ),
    "a reason without its law": ("looks.toml", 'paragraph = "s.164A"\n', "", "no_authority"),
    "a harm under no law": (
        "looks.toml",
        'authority = "dpa-2018"\nparagraph = "Sch 3 Part 5',
        'authority = "dpa-1"\nparagraph = "Sch 3 Part 5',
        "dangling",
    ),
    "an event nobody knows": ("deciders.toml", "events = []", 'events = ["wedding"]', "unknown_value"),
    "evidence for what nobody says": (
        "deciders.toml",
        'supports = ["holds"]',
        'supports = ["owns"]',
        "unknown_value",
    ),
    "a body of no kind": (
        "deciders.toml",
        'of_body = true\nbodies = ["local authority"]',
        "of_body = true",
        "contradiction",
    ),
    "kinds of bodies for a person's evidence": (
        "deciders.toml",
        'label = "Appointed as guardian"',
        'label = "Appointed as guardian"\nbodies = ["company"]',
        "contradiction",
    ),
    "an age for nobody": ("deciders.toml", "[able.rule]", "[able.ruling]", "unknown_key"),
    "evidence without a law": ("deciders.toml", '"aca-2002"', '"aca-2003"', "dangling"),
    "a reason left out": ("deciders.toml", "[bar.no-consent]", "[bar.bored]", "unknown_key"),
    "a rule without which reasons stand alone": (
        "deciders.toml",
        "[biometrics.rule]",
        "[biometrics.rules]",
        "unknown_key",
    ),
    "a label that ends a sentence": (
        "items.toml",
        'label = "School year"',
        'label = "School year?"',
        "contradiction",
    ),
    "two facts of one name": (
        "items.toml",
        'label = "School year"',
        'label = "first Name"',
        "contradiction",
    ),
    "only a fact that is not there": (
        "purposes.toml",
        'exits = ["contact"]',
        'exits = ["contact"]\nonly_items = ["shoe_size"]',
        "dangling",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_pack_is_refused(pack, name):
    file, old, new, code = SPOILT[name]
    text = (pack / file).read_text("utf-8")
    assert old in text, "the test would spoil nothing"
    (pack / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackRefused) as no:
        load(pack)
    assert no.value.code == f"catalogue.{code}"


@pytest.mark.parametrize("name", ["england", "us"])
def test_every_fault_has_words_a_change_and_a_law(name):
    """D12. A finding that a drafter can act on, and a lawyer can look up."""
    catalogue = load(name)
    assert set(catalogue.consents.faults) == {fault.value for fault in FormFault}
    for note in catalogue.consents.faults.values():
        assert note.says.endswith(".")
        assert note.change.endswith(".")
        assert catalogue.cite(note.authority).endswith(note.authority.paragraph)
        assert bool(note.phrases) == (note.fault in FOUND_BY_WORDS)


def test_englands_law_of_biometrics_names_every_reason_and_four_grounds():
    """D17. Protection of Freedoms Act 2012, ss.26 and 27(1)."""
    held = ENGLAND.biometrics
    assert set(held.bars) == {bar.value for bar in Bar}
    assert [ground.authority.paragraph for ground in held.grounds.values()] == [
        "s.27(1)(a)",
        "s.27(1)(b)",
        "s.27(1)(c)",
        "s.27(1)(d)",
    ]
    assert held.until_age == 18


def with_fault(name, **changes):
    faults = {**ENGLAND.consents.faults, name: replace(ENGLAND.consents.faults[name], **changes)}
    return replace(ENGLAND, consents=replace(ENGLAND.consents, faults=MappingProxyType(faults)))


def with_consents(**changes):
    return replace(ENGLAND, consents=replace(ENGLAND.consents, **changes))


def with_biometrics(**changes):
    return replace(ENGLAND, biometrics=replace(ENGLAND.biometrics, **changes))


RECALLED = Authority("uk-gdpr", "Art 7(2)", Checked.RECALLED)
LAYER = ENGLAND.consents.faults["layer"]
STUDY = ENGLAND.purpose("public-interest-study")


def with_purpose(code, **changes):
    purposes = {**ENGLAND.purposes, code: replace(ENGLAND.purposes[code], **changes)}
    return replace(ENGLAND, purposes=MappingProxyType(purposes))


def with_study(**changes):
    return with_purpose(STUDY.code, **changes)


def with_evidence(name, **changes):
    evidence = {**ENGLAND.evidence, name: replace(ENGLAND.evidence[name], **changes)}
    return replace(ENGLAND, evidence=MappingProxyType(evidence))


LOOSER = {
    "a phrase less": (
        ENGLAND,
        with_fault("layer", phrases=LAYER.phrases[1:]),
        "consent fault layer",
        "phrases",
    ),
    "a law less sure": (ENGLAND, with_fault("layer", authority=RECALLED), "consent fault layer", "checked"),
    "a country more": (
        ENGLAND,
        with_consents(countries=(*ENGLAND.consents.countries, "Atlantis")),
        "consent",
        "countries",
    ),
    "another asking": (
        ENGLAND,
        with_consents(asks=MappingProxyType({**ENGLAND.consents.asks, "research-contact": "to sell"})),
        "consent ask research-contact",
        "to",
    ),
    "yes and no changed about": (ENGLAND, with_consents(yes="No", no="Yes"), "consent", "answers"),
    "guardians earlier out": (
        ENGLAND,
        replace(ENGLAND, guardians_end=replace(ENGLAND.guardians_end, age=16)),
        "guardians end",
        "age",
    ),
    "guardians longer in": (
        ENGLAND,
        replace(ENGLAND, guardians_end=replace(ENGLAND.guardians_end, age=21)),
        "guardians end",
        "age",
    ),
    "guardians out by an event": (
        ENGLAND,
        replace(ENGLAND, guardians_end=replace(ENGLAND.guardians_end, events=(LifeEvent.POSTSECONDARY,))),
        "guardians end",
        "events",
    ),
    "able sooner": (ENGLAND, replace(ENGLAND, able=replace(ENGLAND.able, from_age=10)), "able", "from_age"),
    "nobody able": (ENGLAND, replace(ENGLAND, able=None), "able", "from_age"),
    "evidence for more": (
        ENGLAND,
        with_evidence("birth-entry", supports=(PowerSays.HOLDS, PowerSays.LIFTED)),
        "evidence birth-entry",
        "supports",
    ),
    "evidence of nobody in particular": (
        ENGLAND,
        with_evidence("care-order", of_body=False),
        "evidence care-order",
        "of_body",
    ),
    "evidence for other bodies": (
        ENGLAND,
        with_evidence("care-order", bodies=("company",)),
        "evidence care-order",
        "bodies",
    ),
    "evidence less": (
        ENGLAND,
        replace(
            ENGLAND,
            evidence=MappingProxyType({k: v for k, v in ENGLAND.evidence.items() if k != "court-order"}),
        ),
        "evidence court-order",
        "dropped",
    ),
    "orders that reach further": (
        ENGLAND,
        with_purpose("court-order", orders_reach=(Store.NAMES, Store.ADDRESS, Store.NUMBERS)),
        "purpose court-order",
        "orders_reach",
    ),
    "notices that reach names": (
        ENGLAND,
        with_purpose("statutory-notice", orders_reach=(Store.NAMES,)),
        "purpose statutory-notice",
        "orders_reach",
    ),
    "children followed over time": (
        with_study(over_time=False),
        with_study(over_time=True),
        f"purpose {STUDY.code}",
        "over_time",
    ),
    "hers no longer": (with_study(hers_alone=True), ENGLAND, f"purpose {STUDY.code}", "hers_alone"),
    "biometrics allowed": (replace(ENGLAND, biometrics=None), ENGLAND, "biometrics", "added"),
    "a ground more": (
        ENGLAND,
        with_biometrics(
            grounds=MappingProxyType(
                {**ENGLAND.biometrics.grounds, "busy": Ground("busy", "Busy.", RECALLED)}
            )
        ),
        "biometrics",
        "grounds",
    ),
    "children until 16": (ENGLAND, with_biometrics(until_age=16), "biometrics", "until_age"),
    "any fact": (with_study(only_items=("nc_year",)), ENGLAND, f"purpose {STUDY.code}", "only_items"),
    "a fact more": (
        with_study(only_items=("nc_year",)),
        with_study(only_items=("nc_year", "sex")),
        f"purpose {STUDY.code}",
        "only_items",
    ),
    "a yes that lasts longer": (
        ENGLAND,
        replace(ENGLAND, limits=replace(ENGLAND.limits, consent_days=3650)),
        "limit",
        "consent_days",
    ),
}


@pytest.mark.parametrize("name", LOOSER)
def test_each_loosening_is_seen(name):
    """D41."""
    old, new, where, what = LOOSER[name]
    assert (where, what) in {(one.where, one.what) for one in tighter_or_equal(old, new)}


TIGHTER = {
    "a phrase more": (ENGLAND, with_fault("layer", phrases=(*LAYER.phrases, "in the small print"))),
    "a country less": (ENGLAND, with_consents(countries=ENGLAND.consents.countries[1:])),
    "no biometrics": (ENGLAND, replace(ENGLAND, biometrics=None)),
    "a ground less": (ENGLAND, with_biometrics(grounds=MappingProxyType({}))),
    "only some facts": (ENGLAND, with_study(only_items=("nc_year", "sex"))),
    "fewer facts still": (with_study(only_items=("nc_year", "sex")), with_study(only_items=("nc_year",))),
    "a yes that ends sooner": (ENGLAND, replace(ENGLAND, limits=replace(ENGLAND.limits, consent_days=30))),
}


@pytest.mark.parametrize("name", TIGHTER)
def test_a_tightening_counts_at_once(name):
    old, new = TIGHTER[name]
    assert tighter_or_equal(old, new) == ()


def test_a_purpose_with_a_list_of_facts_lets_no_other_be_used():
    """D18."""
    limited = with_study(only_items=("nc_year", "sex"))
    limited.check_items(STUDY.code, ("sex",))
    ENGLAND.check_items(STUDY.code, ("ethnicity",))
    with pytest.raises(Refusal) as no:
        limited.check_items(STUDY.code, ("sex", "ethnicity"))
    assert no.value.code == "catalogue.item_not_for_purpose"


def test_the_ratchet_knows_every_part_of_a_catalogue():
    """A part that is added and not compared could be loosened in silence."""
    from beholden.catalogue import Catalogue

    compared = {
        *("items", "codes", "collections", "law", "bases", "purposes", "exits", "limits", "grades"),
        *("consents", "guardians_end", "able", "evidence", "biometrics", "looks", "data_sets"),
    }
    # `content` is what all of these were read from, kept whole so that the next pack can be held against it.
    assert {field.name for field in fields(Catalogue)} - compared == {"limit_notes", "hash", "content"}


@pytest.mark.parametrize(
    ("on", "alone"),
    [(date(2026, 3, 1), False), (date(2026, 3, 2), True), (date(2048, 3, 1), True)],
)
def test_guardians_decide_until_18(on, alone):
    """D14. At any age before it, what an able child decides alone is judged child by child, and stands in no pack."""
    assert ENGLAND.guardians_end.has_come_by(date(2008, 3, 2), on) is alone
    assert ENGLAND.guardians_end.events == ()
