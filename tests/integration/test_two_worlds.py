# SPDX-License-Identifier: Apache-2.0
"""Two worlds that differ in one family's choice look the same to everybody but the recipient. D13.

Each world is played for real, from return to release, in a home of its own. What the public can fetch, and what a
school is given, must be equal but for values that are random by construction: roots, hashes, nonces, signatures.
"""

import json
import re
from datetime import timedelta

import msgspec
import pytest
from django.test import Client
from django.test.utils import override_settings

import homes
from beholden.hatch import verbs
from beholden.hatch.verbs import Answered, Asked
from beholden.kinds import Actor, Role
from beholden.ledger.entries import parse
from beholden.rights.school.asked import Which, WhichPost
from integration.schools import enrolled
from integration.test_consents import say_yes
from integration.test_invitation import asked_for
from integration.world import BEGAN, CATALOGUE, World
from rulebooks import where_a_yes_is_needed

RANDOM = re.compile(
    r"[0-9a-f]{32,}|refused-[0-9a-f]+|(?<=-\d{7}-)[0-9a-f]{8}\b|(?<=csrfmiddlewaretoken\" value=\")[^\"]+"
)


def played(base_home, folder, *, refuses=False, agree=(), pupils=60, catalogue=CATALOGUE):
    """Play one world; return what everybody can see, what schools were given and see, and the recipient's parcel.

    `agree`: the letters under which a yes is said, by their place.
    """
    from beholden.choices.actions import close_day
    from beholden.ledger.actions import sequence

    with homes.clone(base_home) as home:
        world = World(folder, pupils, catalogue=catalogue)
        world.returns()
        world.published()
        world.told()
        if refuses:
            world.keep_out(world.letters()[0])
        for place in agree:
            say_yes(world, world.open(world.letters()[place]))
        given = [(school.laestab, len(world.handles(school))) for school in world.town.schools]
        doors = [enrolled(world, school) for school in world.town.schools]
        given += [seen_by(shown, world) for shown in doors]
        disclosure = world.released()
        for day in range((world.at - BEGAN).days):
            closed = (BEGAN + timedelta(days=day)).date()
            close_day(closed, by=Actor("clock", Role.KEEPER), at=world.at)
        sequence(at=world.at)
        given += [seen_by(shown, world) for shown in doors]
        parcel = world.parcel(home, disclosure)
        return public(home, world), given, parcel


def passed_on(base_home, folder, *, agree=(), refuse=()):
    """Play one world in which a letter is passed on; what all see, what schools are given, who may read it.

    `agree` and `refuse`: the letters under which a yes or a no is said, by their place.
    """
    from beholden.choices.actions import close_day
    from beholden.gate.models import Decision
    from beholden.ledger.actions import sequence

    with homes.clone(base_home) as home:
        world = World(folder)
        world.returns()
        world.published()
        world.use = world.another(**asked_for(world))
        world.told()
        for place in agree:
            say_yes(world, world.open(world.letters()[place]))
        for place in refuse:
            world.keep_out(world.letters()[place])
        doors = [enrolled(world, school) for school in world.town.schools]
        given = [seen_by(shown, world) for shown in doors]
        world.released()
        for day in range((world.at - BEGAN).days):
            close_day((BEGAN + timedelta(days=day)).date(), by=Actor("clock", Role.KEEPER), at=world.at)
        sequence(at=world.at)
        given += [seen_by(shown, world) for shown in doors]
        assert "pass this on" in str(given[-1])
        return public(home, world), given, Decision.objects.get().released.count


def public(home, world):
    """Everything the public pages and the two logs say, with every random-looking value masked, and all sizes."""
    from beholden.gate.queries import public_numbers
    from beholden.ledger.queries import checkpoint, entries
    from beholden.reportcard.queries import report_card
    from beholden.uses.published import counted, public_text
    from beholden.uses.queries import register_of_uses

    said = {log: [raw.decode() for raw in entries(log)] for log in ("handovers", "events")}
    assert all(parse(raw.encode(), log=log) for log, raws in said.items() for raw in raws)
    files = [path for path in home.ledger.rglob("*") if path.is_file()]
    whole = {
        "log": said,
        "sizes": {log: checkpoint(log).checkpoint.size for log in said},
        "uses": [repr(one) for one in register_of_uses(world.catalogue)],
        "numbers": repr(public_numbers(world.use)),
        "counted": repr(counted()),
        "text": public_text(world.use).published.to_json(),
        "card": report_card(catalogue=world.catalogue, on=world.at.date()).to_json(),
        "files": sorted([str(path.relative_to(home.ledger)), path.stat().st_size] for path in files),
    }
    return RANDOM.sub("*", json.dumps(whole, indent=1))


def seen_by(shown, world):
    """Everything that a school's door answers and shows, page by page with its size, random values masked."""
    from beholden.hatch.table import keeper

    whole = keeper(world.catalogue, since=BEGAN)

    def ask(verb, question):
        raw = msgspec.json.encode(Asked(verb.name, msgspec.Raw(msgspec.json.encode(question))))
        back = msgspec.json.decode(whole.answer(raw, at=world.at), type=Answered)
        assert back.refused is None
        return msgspec.json.decode(back.answer, type=verb.answer)

    asked_each = (verbs.SCHOOL_TODAY, verbs.SCHOOL_HISTORY, verbs.SCHOOL_USES, verbs.SCHOOL_POST)
    found = [ask(verb, shown) for verb in asked_each]
    posts = [line.ref for line in found[3].lines]
    found += [ask(verbs.SCHOOL_PACK, WhichPost(shown, ref)) for ref in posts]
    found += [ask(verbs.SCHOOL_FINDINGS, Which(shown, line.place)) for line in found[1].lines]
    answers = RANDOM.sub("*", msgspec.json.encode(found).decode())
    return answers, pages_of(shown, ask, [line.place for line in found[1].lines], posts)


def pages_of(shown, ask, places, posts):
    """The school's pages as a browser gets them, with the keeper's answers behind them."""
    from beholden.web import sitting
    from beholden.web.environment import HERE
    from beholden.web.school import door, post, returns, uses

    if not (HERE / "static/built/pages.css").exists():
        homes.lack("the pages are not built: `make pages`")
    with pytest.MonkeyPatch.context() as patch, override_settings(ALLOWED_HOSTS=["testserver"]):
        for module in (door, post, returns, sitting, uses):
            patch.setattr(module, "ask", ask)
        reader = Client()
        assert reader.post("/school/sign-in", {"ref": shown.ref, "key": shown.key}).status_code == 303
        addresses = ["/school", "/school/returns", "/school/returns/new", "/school/uses", "/school/post"]
        addresses += [f"/school/returns/{place}{kind}" for place in places for kind in ("", "/findings.csv")]
        addresses += [f"/school/post/{ref}.csv" for ref in posts]
        answers = [(address, reader.get(address)) for address in addresses]
        assert all(answer.status_code == 200 for _, answer in answers)
        return [
            (address, len(answer.content), RANDOM.sub("*", answer.content.decode()))
            for address, answer in answers
        ]


def test_one_familys_no_is_seen_by_nobody_but_in_the_row_that_is_not_there(base_home, tmp_path):
    quiet, given, without = played(base_home, tmp_path / "quiet", refuses=False)
    loud, also_given, without_one = played(base_home, tmp_path / "loud", refuses=True)
    assert loud == quiet
    assert also_given == given
    assert len(without_one.tags) < len(without.tags)
    assert len(without_one.tags) + len(without_one.padding) == len(without.tags) + len(without.padding)


def test_one_familys_yes_is_seen_by_nobody_but_in_the_row_that_is_there(base_home, tmp_path):
    """Where a yes is needed, it stands in the same root as a no, and silence looks like either."""
    common = {"catalogue": where_a_yes_is_needed()}
    quiet, given, without = played(base_home, tmp_path / "quiet", agree=(-1,), **common)
    loud, also_given, with_one = played(base_home, tmp_path / "loud", agree=(0, -1), **common)
    assert loud == quiet
    assert also_given == given
    assert 0 < len(without.tags) < len(with_one.tags)
    assert len(with_one.tags) + len(with_one.padding) == len(without.tags) + len(without.padding)


def test_one_familys_word_on_a_letter_is_seen_by_no_school_and_nobody_else(base_home, tmp_path):
    """D13, D16. Every school carries the same line for every pupil, and the asker gets nothing in any of three worlds."""
    quiet, given, few = passed_on(base_home, tmp_path / "quiet", agree=(-1,))
    for name, said in (("yes", {"agree": (0, -1)}), ("no", {"agree": (-1,), "refuse": (0,)})):
        loud, also_given, count = passed_on(base_home, tmp_path / name, **said)
        assert loud == quiet
        assert also_given == given
        assert (count > few) is (name == "yes")


def test_the_comparison_itself_can_fail(base_home, tmp_path):
    """Ten more children are seen by everybody, the schools too: the mask hides only what is random."""
    quiet, given, _ = played(base_home, tmp_path / "quiet", refuses=False)
    more, also_given, _ = played(base_home, tmp_path / "more", refuses=False, pupils=70)
    assert more != quiet
    assert also_given[-1] != given[-1]
