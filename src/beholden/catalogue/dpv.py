# SPDX-License-Identifier: Apache-2.0
"""Says in the words of the Data Privacy Vocabulary (W3C DPV 2.3) what a catalogue says in its own. Decides nothing.

Not part of a pack, and so not of its hash: another word for a thing loosens no rule. Each term was looked up in the
vocabulary's own tables of 2.3 (`dpv.csv`, `loc.csv`). What has no word there keeps its plain name; none is guessed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from beholden.catalogue.entries import Item

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "beholden": "https://beholden.example/ns#",
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "loc": "https://w3id.org/dpv/loc#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
    }
)
"""The short names of the vocabularies; `beholden:` is for what none of them has a word for."""

_PURPOSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "agreed-study": ("dpv:NonCommercialResearch", "dpv:ScientificResearch"),
        "audit-evaluation": ("dpv:LegalCompliance",),
        "education-statistics": ("dpv:ProvideOfficialStatistics",),
        "health-linkage-study": ("dpv:NonCommercialResearch", "dpv:ScientificResearch"),
        "public-interest-study": ("dpv:NonCommercialResearch", "dpv:ScientificResearch"),
        "research-contact": ("dpv:CommunicationManagement",),
        "school-improvement": ("dpv:ImprovePublicServices",),
        "statutory-return": ("dpv:LegalCompliance",),
        "study-for-schools": ("dpv:NonCommercialResearch", "dpv:ScientificResearch"),
    }
)

_MOST_SENSITIVE = "A"

_PLACES = """
England GB-ENG, Wales GB-WLS, Scotland GB-SCT, Northern Ireland GB-NIR, Austria AT, Belgium BE, Bulgaria BG, Croatia HR,
Cyprus CY, Czechia CZ, Denmark DK, Estonia EE, Finland FI, France FR, Germany DE, Greece GR, Hungary HU, Iceland IS,
Ireland IE, Italy IT, Latvia LV, Liechtenstein LI, Lithuania LT, Luxembourg LU, Malta MT, Netherlands NL, Norway NO,
Poland PL, Portugal PT, Romania RO, Slovakia SK, Slovenia SI, Spain ES, Sweden SE, Gibraltar GI, Switzerland CH,
Canada CA, Argentina AR, Guernsey GG, Isle of Man IM, Jersey JE, Andorra AD, Israel IL, Uruguay UY, New Zealand NZ,
Japan JP, South Korea KR, United States US
"""
"""Each country that a pack names, with its code under `loc:` (ISO 3166)."""

_CODES: Mapping[str, str] = MappingProxyType(
    dict(one.strip().rsplit(" ", 1) for one in _PLACES.replace("\n", " ").split(","))
)


def purpose(code: str) -> tuple[str, ...]:
    """Return the terms that are broader than a purpose of a catalogue; of one without a word here, that it is one."""
    return _PURPOSES.get(code, ("dpv:Purpose",))


def fact(item: Item) -> str:
    """Return the term that is broader than a fact: sensitive where the catalogue rates it among the most sensitive."""
    return "dpv:SensitivePersonalData" if item.sensitivity == _MOST_SENSITIVE else "dpv:PersonalData"


def place(country: str) -> str | None:
    """Return the term of a country, or None where we know none by that name."""
    code = _CODES.get(country)
    return None if code is None else f"loc:{code}"


def jurisdiction(countries: tuple[str, ...]) -> str:
    """Return the term of the country whose law a pack is: the first that its consents name, as a whole state."""
    first = place(countries[0])
    return "dpv:Jurisdiction" if first is None else first.split("-", maxsplit=1)[0]
