# SPDX-License-Identifier: Apache-2.0
"""A home in which everything has happened once, so that every table has a row and every folder a file."""

import re
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import homes
from beholden.kinds import Actor, Role
from integration.world import BEGAN, CATALOGUE, REGISTRAR, SECOND, World
from rulebooks import with_limits

DESK = Actor("desk", Role.KEEPER)
ORIGIN = "keeper.example/played"
MANY = 250  # entries, so that the events log has a full tile, a level above it, and partial ones


@contextmanager
def played(base_home, folder):
    """Lend a home with a whole story in it; nobody is connected to it, so it can be copied."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = tell(home, folder)
        yield home, world


def tell(home, folder):
    """Play the story in a home that Django is connected to."""
    from beholden.ledger.signer import name_keeper

    name_keeper(home, ORIGIN)
    world = World(folder)
    world.returns()
    _many_entries()
    world.published()
    world.told()
    world.keep_out(world.letters()[0])
    disclosure = world.released()
    world.at += timedelta(days=1)
    world.confirmed(home, disclosure)
    _compelled(world)
    _people(world)
    _rules(world)
    _refused_use(world)
    _sketches(world)
    _later_returns(world)
    _biometrics(world)
    _day(world)
    _looks(world)
    _power(world)
    _redress(home, world)
    _tables(world)
    return world


def _many_entries():
    from django.db import transaction

    from beholden.ledger.actions import propose, sequence

    for at, count in ((BEGAN, MANY), (BEGAN + timedelta(seconds=1), 2), (BEGAN + timedelta(seconds=2), 2)):
        with transaction.atomic():
            for number in range(count):
                begun = {"before": None, "handovers": {"root": f"{number:064x}", "size": number}}
                propose(log="events", kind="opened", body=begun, by=REGISTRAR, at=at)
        sequence(at=at)


def _rules(world):
    """A looser catalogue is announced, and does not hold yet."""
    from beholden.gate.actions import governing

    looser = with_limits(objection_window_days=14)
    governing.announce_catalogue(looser, by=REGISTRAR, at=world.at)


def _compelled(world):
    """A court orders, under seal; the regulator has seen it."""
    from beholden.gate.actions.unsealing import take
    from beholden.gate.check import public_log
    from beholden.gate.regulator import print_word, seen
    from integration import sealing

    sealing.enrolled(world)
    name = sealing.carried_out(world)
    word = seen(sealing.for_regulator(name), public_log().read, sealing.REGULATOR_SEED)
    take(print_word(word), by=DESK, at=world.at)


def _people(world):
    from beholden.people.actions import appoint, flag, give_key

    child = world.open(world.letters()[1]).children[0].person
    flag(child, "restricted", by=REGISTRAR, at=world.at)
    appoint("officer-2", Role.REGISTRAR, "keeper", by=REGISTRAR, at=world.at)
    for _ in range(2):  # the second ends the first
        give_key("officer-2", by=REGISTRAR, at=world.at)


def _power(world):
    """Of one child the council holds power for a while; then an order takes the address from one adult for some days."""
    from beholden.catalogue import PowerSays
    from beholden.gate.actions.empowering import change_power
    from beholden.people.actions import enrol
    from beholden.people.power import Line
    from beholden.people.queries import Body, holder

    enrol(
        Body("easterly", "County of Easterly", "local authority", "England", "", ""),
        by=REGISTRAR,
        at=world.at,
    )
    child = world.open(world.letters()[-1]).children[0].person
    adult, council = holder("9991001", "adult-1", ""), holder("", "", "easterly")
    until = world.at + timedelta(days=90)
    for line in (
        Line(council, PowerSays.HOLDS, "care-order", world.at, until, body="easterly"),
        Line(adult, PowerSays.RESTRICTED, "court-order", world.at, until, takes=("address", "contact")),
    ):
        change_power(child, line, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def _biometrics(world):
    """One school asks two parents about fingers at lunch: one agrees, then takes it back; the child refuses."""
    from beholden.biometrics.actions import NewSystem, begin, write
    from beholden.biometrics.rules import How, Line, Said
    from beholden.people.actions import appoint, enrol
    from beholden.people.queries import Body

    school = world.town.schools[0].laestab
    enrol(Body(school, "A school", "school", "England", "", ""), by=REGISTRAR, at=world.at)
    office = appoint("school-office", Role.SCHOOL, school, by=REGISTRAR, at=world.at)
    common = {"catalogue": CATALOGUE, "by": office, "at": world.at}
    system = begin(NewSystem("A finger reader", "Paying for lunch", "A card with the child's name"), **common)
    child = world.open(world.letters()[0]).children[0].person
    for line in (
        Line("parent-1", Said.PARENT, How.NOTED),
        Line("parent-2", Said.PARENT, How.NOTED),
        Line("parent-1", Said.NOTIFIED, How.WRITTEN),
        Line("parent-2", Said.EXCEPTED, How.NOTED, "not-found"),
        Line("parent-1", Said.CONSENTS, How.WRITTEN),
        Line("parent-1", Said.WITHDRAWS, How.WRITTEN),
        Line("", Said.CHILD_REFUSES, How.SHOWN),
    ):
        write(system, child, line, **common)


def _refused_use(world):
    from beholden.uses import actions as uses

    by = Actor("applicant-2", Role.APPLICANT, "welfare")
    ref = uses.draft(world.draft(purpose="welfare-fraud", exit="match"), by=by, at=world.at)
    uses.submit(ref, catalogue=CATALOGUE, by=by, at=world.at)


def _sketches(world):
    """One request is being written, one asks to change the study, and one was handed in."""
    from beholden.uses.actions import sketching
    from integration.officers import ANSWERS, fields

    by = Actor("applicant-1", Role.APPLICANT, "northford")
    sketching.begin(press="a change", amends=world.use, by=by, at=world.at)
    sketch = sketching.begin(press="another", by=by, at=world.at)
    for question, said in ANSWERS.items():
        typed = {field.name: field.values for field in fields(question, said)}
        sketching.answer(sketch, question, typed, by=by, at=world.at)
    sketching.hand_in(sketch, catalogue=CATALOGUE, by=by, at=world.at)


def _later_returns(world):
    """One school sends again, with another birth date for one pupil; another sends what is no return."""
    from beholden.register.actions import accept

    again = world.folder / "again.xml"
    text = world.files[0].read_text()
    born = re.search(r"<DOB>(\d{4}-\d\d)-(\d\d)</DOB>", text)
    day = "11" if born[2] != "11" else "12"
    again.write_text(text.replace(born[0], f"<DOB>{born[1]}-{day}</DOB>", 1))
    receipt = accept(again, catalogue=CATALOGUE, by=DESK, at=world.at)
    assert (receipt.status, receipt.asked) == ("accepted", 1)
    broken = world.folder / "broken.xml"
    broken.write_text("<Message><Header>")
    assert accept(broken, catalogue=CATALOGUE, by=DESK, at=world.at).status == "refused"


def _day(world):
    from beholden.choices.actions import close_day
    from beholden.choices.models import Answered
    from beholden.ledger.actions import sequence

    day = Answered.objects.get(pk=Answered.objects.first().pk).at.date()
    after = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    close_day(day, by=Actor("clock", Role.KEEPER), at=max(after, world.at))
    sequence(at=max(after, world.at))


def _looks(world):
    """A family takes the second step, looks twice and takes its proof; the hour is bound; it looks once more."""
    from beholden.gate.actions.singles import bind
    from beholden.ledger.actions import sequence
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    handle, code, born, _ = world.letters()[1]
    own = family.enter(Shown(code, born, world.seconds[handle]), catalogue=CATALOGUE, at=world.at).own_code
    shown = Shown(code, born, own)
    about = AboutChild(shown, family.overview(shown, catalogue=CATALOGUE, at=world.at).children[0].ref)
    for verb in (family.record, family.used, family.proof_file):
        verb(about, catalogue=CATALOGUE, at=world.at)
    bind(by=REGISTRAR, at=world.at)
    sequence(at=world.at)
    family.record(about, catalogue=CATALOGUE, at=world.at)
    _staff_look(world)
    _urgent(world)


def _urgent(world):
    """An officer opens one record at once, and the registrar reviews it."""
    from beholden.gate.actions import urgent
    from beholden.people import actions as people
    from beholden.people.queries import Body

    body = Body("westmere", "County of Westmere", "local authority", "England", "", "")
    people.enrol(body, by=REGISTRAR, at=world.at)
    officer = people.appoint("night-1", Role.SAFEGUARDING, "westmere", by=REGISTRAR, at=world.at)
    child = world.children()[0]
    line = urgent.find(
        child.upn, child.born, duty="child-in-danger", catalogue=CATALOGUE, by=officer, at=world.at
    ).line
    urgent.review(line, sound=True, may_tell=True, by=REGISTRAR, at=world.at)


def _staff_look(world):
    """An officer looks at one record, which is held back; another is told that the family is known, and looks not."""
    from beholden.catalogue import Store
    from beholden.gate.actions.looking import Sought, hold_back, look
    from beholden.gate.lookups import LookUp
    from beholden.refusals import Refusal

    child, asked = world.children()[1], LookUp("correction", frozenset({Store.NAMES, Store.ROWS}))
    common = {"catalogue": CATALOGUE, "at": world.at}
    line = look(Sought(child.upn, child.born, is_known=False), asked, by=REGISTRAR, **common).line
    until = (world.at + timedelta(days=1)).date()
    hold_back(line, "reader-is-danger", until=until, by=SECOND, **common)
    with suppress(Refusal):
        look(Sought(child.upn, child.born, is_known=True), asked, by=SECOND, **common)


def _redress(home, world):
    """A value is put right and another disputed; two days of messages go, of which the recipient signs for the first."""
    from beholden.register.actions import dispute
    from beholden.register.rules import Evidence
    from integration.redressed import Held, released_people

    held = Held(world, *released_people())
    held.correct(held.people[3], "11")
    dispute(
        held.about(held.people[4]),
        "She was never in that year.",
        evidence=Evidence.FAMILY,
        catalogue=CATALOGUE,
        by=REGISTRAR,
        at=world.at,
    )
    _incident(held)
    held.close_day()
    held.sign(*held.read(home)[0])
    held.close_day()


def _incident(held):
    """A file turned up; the regulator was told, and its families are."""
    from beholden.redress.actions.incidents import move_on, open_incident, say_high_risk
    from beholden.redress.incidents import Exposed

    world = held.world
    people = frozenset(held.people[:5])
    exposed = Exposed("A file turned up.", world.at, world.use, held.disclosure, people, "ab" * 32)
    ref = open_incident(exposed, breach=False, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    move_on(ref, "regulator_told", by=REGISTRAR, at=world.at)
    told = {"items": ("nc_year",), "means": "Somebody may know it.", "doing": "We ask who read it."}
    say_high_risk(ref, **told, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def _tables(world):
    """A census is frozen for tables, asked twice, withdrawn, and frozen anew."""
    from beholden.gate.actions.answering import answer
    from beholden.gate.actions.freezing import freeze, withdraw
    from beholden.gate.counter import Counter

    common = {"by": REGISTRAR, "at": world.at}
    first = freeze("pupils", "SC/SPR/2026", catalogue=CATALOGUE, **common)
    counter = Counter()
    for by in ("sex", "free_meals"):
        asked = b'{"about": "pupils", "ask": "count", "by": ["%s"]}' % by.encode()
        answer(asked, "somebody", counter, catalogue=CATALOGUE, **common)
    withdraw(first, "A school sent the wrong file.", **common)
    freeze("pupils", "SC/SPR/2026", catalogue=CATALOGUE, **common)
