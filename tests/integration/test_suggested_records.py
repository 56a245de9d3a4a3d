# SPDX-License-Identifier: Apache-2.0
"""The register looked through for two records of one child: suggested with its sum, never decided, never twice (D14, D32)."""

import re

import pytest

from beholden.intake.numbers import upn_check_letter
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.register.rules import Evidence
from integration.officers import shown
from integration.world import APPLICANT, CATALOGUE, REGISTRAR, World


@pytest.fixture
def world(keeper_home, tmp_path):
    made = World(tmp_path / "town")
    made.returns()
    made.published()
    return made


def another_number(number):
    body = number[1:-3] + f"{(int(number[-3:]) + 500) % 1_000:03}"
    return upn_check_letter(body) + body


def renumbered(world, *, forename="", place=0, many=1):
    """Take the first school's return in again, with one child under a new number, by another first name if one is given.

    Or with so many, each by its own name. The record under the old number stays, on no roll.
    """
    from beholden.register.actions import accept

    school = world.town.schools[0].laestab
    children = [one for one in world.children() if one.roll.laestab == school and one.upn[-3:].isdecimal()]
    child, text = children[place], world.files[0].read_text()
    for one in children[place : place + many]:
        text = text.replace(one.upn, another_number(one.upn))
    if forename:
        start = text.index(another_number(child.upn))
        text = text[:start] + re.sub(r"(<Forename>)[^<]+", rf"\g<1>{forename}", text[start:], count=1)
    file = world.folder / f"renumbered-{forename}.xml"
    file.write_text(text)
    receipt = accept(file, catalogue=CATALOGUE, by=Actor("desk", Role.SCHOOL, school), at=world.at)
    assert receipt.status == "accepted", receipt
    return child


def suggest(world):
    from beholden.redress import desk

    return desk.suggest(by=REGISTRAR, at=world.at)


def suggested(world):
    from beholden.redress import desk

    return desk.suggested(by=REGISTRAR, at=world.at)


def restricted(world):
    from beholden.gate.actions.safety import restricted as now

    return now(by=REGISTRAR, at=world.at)


def ask(world, number):
    from beholden.redress import desk

    return desk.ask_suggested(number, by=REGISTRAR, at=world.at)


def decide(world, question, *, same):
    from beholden.redress import desk

    desk.decide(question, same=same, evidence=Evidence.SCHOOL, by=REGISTRAR, at=world.at)


def test_a_child_under_a_new_number_is_suggested_with_the_sum_and_without_a_value(world):
    suggest(world)
    before = {one.number for one in suggested(world)}
    child = renumbered(world)
    assert suggest(world) == 1
    (found,) = [one for one in suggested(world) if one.number not in before]
    assert found.probability > 0.9
    assert [words for words, _ in found.steps][1] == "The given name: exact"
    said = f"{found!r}{found.picture}"
    for value in (child.upn, child.surname, child.born.isoformat()):
        assert value not in said
    assert found.picture.startswith("<svg")


def test_a_suggestion_decides_nothing_and_restricts_nobody(world):
    from beholden.redress import desk

    renumbered(world)
    suggest(world)
    assert suggested(world)
    assert restricted(world) == frozenset()
    assert desk.questions(by=REGISTRAR, at=world.at) == ()


@pytest.mark.parametrize("same", [True, False])
def test_what_was_asked_of_once_is_not_suggested_again_whatever_was_decided(world, same):
    """Twins stay two: the list does not bring them back every night."""
    from beholden.register.actions import joined

    renumbered(world)
    suggest(world)
    (one, *_) = suggested(world)
    question = ask(world, one.number)
    assert len(restricted(world)) == 2
    assert one.number not in {each.number for each in suggested(world)}
    decide(world, question, same=same)
    assert restricted(world) == frozenset()
    assert bool(joined(by=REGISTRAR, at=world.at).records) is same
    assert suggest(world) == 0
    assert one.number not in {each.number for each in suggested(world)}
    with pytest.raises(Refusal, match=r"^register\.no_suggestion:"):
        ask(world, one.number)


def test_what_was_suggested_is_kept_once(world):
    renumbered(world)
    first = suggest(world)
    assert first >= 1
    assert suggest(world) == 0
    assert len(suggested(world)) == first


def test_a_twin_of_another_name_is_not_suggested(world):
    """Surname, birth date and postcode are one household's: no sum of them makes two children one."""
    suggest(world)
    before = {one.number for one in suggested(world)}
    renumbered(world, forename="Zebedee")
    suggest(world)
    assert {one.number for one in suggested(world)} == before


def test_fsck_finds_nothing_wrong_with_a_question_that_no_return_raised(world):
    from beholden.fsck.tables import check_tables
    from beholden.home import here
    from beholden.ledger.actions import sequence

    renumbered(world)
    suggest(world)
    (one, *_) = suggested(world)
    decide(world, ask(world, one.number), same=True)
    sequence(at=world.at)
    assert list(check_tables(here(), CATALOGUE)) == []


@pytest.mark.parametrize("by", [APPLICANT, Actor("stranger", Role.REGISTRAR, "keeper")])
def test_nobody_but_an_enrolled_registrar_has_the_register_looked_through(world, by):
    from beholden.redress import desk

    with pytest.raises(Refusal):
        desk.suggest(by=by, at=world.at)


CHANGES = {
    "why = jsonb_set(why, '{posterior}', '0.5')": "a probability that the sum does not come to",
    "why = jsonb_set(why, '{lines,0,bits}', '99')": "a step of the sum",
    "why = jsonb_set(why, '{lines,0,level}', '\"Ada\"')": "a word that is no level",
    "why = jsonb_set(why, '{left}', '\"Ada\"')": "a value",
    "why = '{}'": "no sum",
    "by = ''": "nobody who looked",
    "at = at + interval '1 day'": "asked before it was suggested",
}


@pytest.mark.parametrize("change", CHANGES, ids=CHANGES.values())
def test_fsck_finds_a_suggestion_that_is_not_as_it_was_kept(world, change):
    from beholden.fsck.held import check_vault
    from beholden.home import here, postgres

    renumbered(world)
    suggest(world)
    (one, *_) = suggested(world)
    ask(world, one.number)
    assert list(check_vault(here())) == []
    with postgres.connected(here(), "owner") as connection:
        connection.execute("alter table vault.suggestion disable trigger user")
        connection.execute(f"update vault.suggestion set {change} where id = {one.number}")
    assert [each.code for each in check_vault(here())] == ["fsck.suggestion"]


def test_fsck_finds_a_suggestion_that_was_taken_away(world):
    """Of two that look alike nobody can have asked whom nothing suggested."""
    from beholden.fsck.held import check_vault
    from beholden.home import here, postgres

    renumbered(world)
    suggest(world)
    (one, *_) = suggested(world)
    ask(world, one.number)
    with postgres.connected(here(), "owner") as connection:
        connection.execute("alter table vault.suggestion disable trigger user")
        connection.execute(f"delete from vault.suggestion where id = {one.number}")
    assert [each.code for each in check_vault(here())] == ["fsck.suggestion"]


def test_a_page_has_the_surest_and_says_how_many_there_are(world, monkeypatch):
    """What nobody asks about stays, so the list can be long; the next page has the rest, and none beyond the last."""
    from beholden.rights.registrar import records
    from beholden.rights.registrar.asked import WhichPairs

    monkeypatch.setattr(records, "ALIKE_A_PAGE", 1)
    renumbered(world)
    renumbered(world, place=1)
    suggest(world)
    every = suggested(world)
    assert len(every) >= 2
    assert [one.probability for one in every] == sorted((one.probability for one in every), reverse=True)
    key, asked = shown(REGISTRAR, at=world.at), {"catalogue": CATALOGUE, "at": world.at}
    pages = [records.waiting(WhichPairs(key, page), **asked) for page in (1, 2, len(every), len(every) + 5)]
    assert [page.alike[0].number for page in pages] == [
        every[place].number for place in (0, 1, len(every) - 1, len(every) - 1)
    ]
    assert {(len(page.alike), page.alike_many, page.pages) for page in pages} == {(1, len(every), len(every))}


def test_a_registrars_pages_show_the_pair_and_ask(world):
    from beholden.rights.registrar import records
    from beholden.rights.registrar.asked import WhichPair, WhichPairs

    renumbered(world)
    suggest(world)
    key, asked = shown(REGISTRAR, at=world.at), {"catalogue": CATALOGUE, "at": world.at}
    (line, *_) = records.waiting(WhichPairs(key, 1), **asked).alike
    page = records.alike(WhichPair(key, line.number), **asked)
    assert page.pair == line
    assert page.steps
    number = records.ask(WhichPair(key, line.number), **asked).number
    (pair,) = records.waiting(WhichPairs(key, 1), **asked).pairs
    assert (pair.number, pair.rule, pair.receipt) == (number, "the two look alike", "")
    with pytest.raises(Refusal, match=r"^rights\.step_over:"):
        records.alike(WhichPair(key, line.number), **asked)
