# SPDX-License-Identifier: Apache-2.0
"""The seed cases: what has been asked of registers of children elsewhere, asked of this one. For lawyers to read.

Each case says what is asked, as the typed request or action that the code takes; what must be answered stands beside it
in `expects`. Sentences, laws, dates and public lines are not written here: they are what the system says when it is
played. Bodies of the state have their own names, because their requests were reported; firms are invented.
"""

import json
from datetime import timedelta
from pathlib import Path

from beholden.catalogue import restore
from beholden.catalogue.rules import tighter_or_equal
from beholden.choices.consent.rules import check_form
from beholden.kinds import Actor, Role
from beholden.ledger.canonical import print_json
from beholden.uses.rules import Linkage, Recurrence, Setting
from beholden.uses.rules.invitation import Invitation
from integration.world import CATALOGUE, REGISTRAR
from spec.seed_cases.stage import NORTHFORD, Asker, Stage, day
from spec.seed_cases.telling import Answer, Case, Turn

HOME_OFFICE = Asker("home-office", "Home Office", "government")
WELFARE = Asker("dwp", "Department for Work and Pensions", "government")
POLICE = Asker("police-westmere", "Westmere Police", "police")
NEWSPAPER = Asker("daily-example", "The Daily Example", "newspaper")
PORTAL = Asker("homes-example", "Homes Example Ltd", "firm")
COMPARISON = Asker("school-compare", "School Compare Ltd", "firm")
BENCHMARK = Asker("benchmarks", "Example Benchmarks Ltd", "firm")
ADMISSIONS = Asker("admissions", "Example Admissions Service", "charity")
DEFENCE = Asker("mod", "Ministry of Defence", "government")
SURVEY = Asker("youth-survey", "About Youth Survey", "research body")
MIGRATION = Asker("migration-centre", "Example Centre for Migration", "research body")
YOUTH = Asker("youth-programme", "Young Volunteers Programme", "charity")
SOUTHMERE = Asker("southmere", "University of Southmere", "university")
WESTMERE = Asker("westmere", "County of Westmere", "local authority")
COURT = Asker("court-westmere", "Westmere County Court", "court")
SCHOOL = Asker("new-school", "Northford Academy", "school")

WHO = ("surname", "forename", "birth_date", "postcode", "address_lines")
LETTER = Invitation(
    "We are the About Youth Survey. Every four years we ask young people how they live.",
    "We would like to ask you about your free time, your friends and your plans.",
    "You fill in a form once, in half an hour. You can leave out any question, and stop at any time.",
    "Write to us at join@youth-survey.example, and we send you the form.",
)
FORM = Path(__file__).resolve().parents[2] / "unit" / "choices" / "forms" / "blanket.toml"


def answered(stage: Stage, ref: str, *turns: Turn) -> Answer:
    """What became of one use, after the turns that were taken."""
    return Answer(turns, stage.told(ref), stage.public(ref))


def requested(asker: Asker, **changes):
    """A case that is one request, handed in."""

    def play(stage: Stage) -> Answer:
        ref, turn = stage.asks(asker, **changes)
        return answered(stage, ref, turn)

    return play


# --- the cases that need more than one request ---


def police_letter(stage: Stage) -> Answer:
    """The police write a letter; an officer on duty at night is shown it, and tries the urgent way out."""
    from beholden.gate.actions import urgent
    from beholden.people import actions as people

    ref, turn = stage.asks(
        POLICE,
        title="One named pupil, for an inquiry",
        purpose="policing",
        exit="duty_return",
        items=("session_details",),
        answers={"gateway": "dpa-2018"},
    )
    stage.enrol(WESTMERE)
    officer = people.appoint("night-2", Role.SAFEGUARDING, WESTMERE.ref, by=REGISTRAR, at=stage.world.at)
    child = stage.world.children()[1]
    asked = (
        ("who", "an officer appointed for children in danger, shown the letter"),
        ("what for", "policing, named as a duty"),
        ("how", f"{CATALOGUE.exit('urgent').label} (`urgent`)"),
    )
    second = stage.tries(
        asked,
        urgent.find,
        child.upn,
        child.born,
        duty="policing",
        catalogue=CATALOGUE,
        by=officer,
        at=stage.world.at,
    )
    return answered(stage, ref, turn, second)


def survey(stage: Stage) -> Answer:
    """A survey wants addresses to write to; told that they never leave, it asks that its letter be passed on. It is."""
    world, before = stage.world, stage.world.use
    wanted = {"purpose": "research-contact", "answers": {"gateway": "uk-gdpr"}}
    _, first = stage.asks(
        SURVEY, title="Names and addresses of 14 and 15 year olds", exit="extract", items=WHO, **wanted
    )
    answers = {
        "gateway": "uk-gdpr",
        "invitation": LETTER,
        "why_elsewhere": "No record leaves, so none is worked on.",
    }
    asked = {"title": "A letter to young people, passed on", "purpose": "research-contact", "exit": "contact"}
    draft = stage.draft(items=(), answers=answers, **asked)
    ref = world.another(by=SURVEY.officer, items=(), application=draft.application, **asked)
    carried = stage.carried(ref, agree=range(3, 9))
    steps = "; ".join(f"{one.name} {day(one.on)}" for one in stage.use(ref).steps)
    second = Turn(stage.asked(SURVEY, draft), ((stage.state(ref), steps),), stage.law(draft.purpose))
    told = list(stage.told(ref))
    kept_out = set(carried.letters[0][3])  # another adult of these may have said yes: a no is stronger
    agreed = next(place for place in range(3, 9) if not kept_out & set(carried.letters[place][3]))
    for place, said in ((agreed, "yes"), (0, "no"), (-1, "nothing")):
        (child, *_) = world.open(carried.letters[place]).children
        there, not_there = stage.in_lists(child.person)
        told.append(
            f"A family that said {said}: its file proves {there} handovers with the child and {not_there} without."
        )
    told.append(
        "Every school: the same line for every pupil on its roll. Whoever asked: no name, no address, no list."
    )
    world.use = before
    return Answer((first, second), tuple(told), stage.public(ref))


def blanket(stage: Stage) -> Answer:
    """One signature for treatment, research, marketing and partners, as a form that somebody drafted."""
    before = stage.counts()
    report = check_form(FORM.name, FORM.read_bytes(), CATALOGUE)
    asked = (
        ("who", "whoever drafted the form, before anybody signs it"),
        ("what for", f"the form `{report.form}`, with {report.questions} question"),
    )
    by_code = {one.code: one for one in reversed(report.findings)}
    says = tuple((code, f"{one.sentence} {one.change}") for code, one in by_code.items())
    why = tuple(dict.fromkeys(one.authority for one in report.findings))
    may = "may be used" if report.passes else "may not be used"
    told = (
        f"Whoever drafted it, at their own desk: the form {may}; {len(report.findings)} things to change.",
    )
    return Answer((Turn(asked, says, why),), told, stage.counts().since(before))


def research(stage: Stage) -> Answer:
    """A university asks a question that is published first. It is heard, decided, told, and released."""
    ref = stage.world.use
    carried = stage.study
    use = stage.use(ref)
    draft = stage.draft(
        items=("nc_year", "session_details", "sessions_possible"), title=use.title, purpose=use.purpose
    )
    steps = tuple((one.name, day(one.on)) for one in use.steps)
    turn = Turn(
        stage.asked(NORTHFORD, draft),
        ((use.state, "; ".join(f"{name} {on}" for name, on in steps)),),
        (use.gateway,),
    )
    present, absent = stage.in_lists(carried.kept_out[0])
    left_in = next(
        child.person
        for letter in carried.letters
        for child in stage.world.open(letter).children
        if child.person not in carried.kept_out
    )
    there, not_there = stage.in_lists(left_in)
    told = (
        *stage.told(ref),
        f"A family that said no: its file proves {present} handovers with the child and {absent} without.",
        f"A family that did not: its file proves {there} with the child and {not_there} without.",
    )
    return Answer((turn,), told, stage.public(ref))


def each_year(stage: Stage) -> Answer:
    """A university asks for it each year; it goes once, and not again before its day."""
    from beholden.redress.actions.repeating import run_again

    world = stage.world
    stage.enrol(SOUTHMERE)
    wanted = {"title": "Coming back to school after illness, each year", "items": ("nc_year",)}
    wanted |= {"ends_on": world.at.date() + timedelta(days=3 * 365)}
    answers = {"recurrence": Recurrence.EACH_YEAR}
    draft = stage.draft(answers=answers, **wanted)
    ref = world.another(by=SOUTHMERE.officer, application=draft.application, **wanted)
    stage.carried(ref)
    first = Turn(
        stage.asked(SOUTHMERE, draft),
        ((stage.state(ref), stage.use(ref).state_label),),
        stage.law(draft.purpose),
    )
    again = stage.tries(
        (("who", "the registrar"), ("what for", "the next run of the same use, the next day")),
        run_again,
        ref,
        catalogue=CATALOGUE,
        by=REGISTRAR,
        at=world.at + timedelta(days=1),
    )
    return Answer((first, again), stage.told(ref), stage.public(ref))


def youth_support(stage: Stage) -> Answer:
    """A council asks who is not in school at 16; names are refused, the rest is a use that a family can stop."""
    world = stage.world
    stage.enrol(WESTMERE)
    answers = {"gateway": "esa-2008", "standing": "The council of the area, under a duty of the Act."}
    wanted = {
        "purpose": "youth-support",
        "exit": "extract",
        "title": "Offering help to those who left school",
    }
    _, first = stage.asks(WESTMERE, items=("surname", "enrol_status"), answers=answers, **wanted)
    items = ("enrol_status", "nc_year", "part_time")
    draft = stage.draft(items=items, answers=answers, **wanted)
    ref = world.another(by=WESTMERE.officer, items=items, application=draft.application, **wanted)
    carried = stage.carried(ref)
    second = Turn(
        stage.asked(WESTMERE, draft),
        ((stage.state(ref), stage.use(ref).state_label),),
        (stage.use(ref).gateway,),
    )
    _, absent = stage.in_lists(carried.kept_out[0])
    told = (
        *stage.told(ref),
        f"A family that used its opt-out: its file proves {absent} handovers without the child.",
    )
    return Answer((first, second), told, stage.public(ref))


def night(stage: Stage) -> Answer:
    """At two in the morning a council's officer must know where one child lives."""
    from beholden.gate.actions import singles, urgent
    from beholden.gate.looks import urgent_lines
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries
    from beholden.people import actions as people

    world = stage.world
    stage.enrol(WESTMERE)
    before_it = stage.counts()
    handle, code, born, numbers = world.letters()[1]
    child = next(one for one in world.children() if one.upn == numbers[0])
    world.at = (world.at + timedelta(days=1)).replace(hour=2, minute=0, second=0)
    officer = people.appoint("night-1", Role.SAFEGUARDING, WESTMERE.ref, by=REGISTRAR, at=world.at)
    found = urgent.find(
        child.upn, child.born, duty="child-in-danger", catalogue=CATALOGUE, by=officer, at=world.at
    )
    purpose = CATALOGUE.purpose("child-in-danger")
    labels = sorted(CATALOGUE.item(item).label for item in found.known)
    turn = Turn(
        (
            ("who", f"one appointed officer of {WESTMERE.name}, at {world.at:%H:%M}"),
            ("what for", f"{purpose.label} (`{purpose.code}`)"),
            ("how", f"{CATALOGUE.exit('urgent').label} (`urgent`)"),
            ("about whom", "one child, named by pupil number and birth date together"),
        ),
        (("found", f"{', '.join(labels)}; and {len(found.schools)} school that has the child on its roll."),),
        stage.law(purpose.code),
    )
    before = _looks(stage, (handle, code, born))
    world.at += timedelta(hours=8)
    urgent.review(found.line, sound=True, may_tell=True, by=REGISTRAR, at=world.at)
    after = _looks(stage, (handle, code, born))
    (line,) = [one for one in urgent_lines() if one.line == found.line]
    singles.bind(by=REGISTRAR, at=world.at)
    stage.logged("")
    bound = [
        one for one in (parse(raw, log="events").body for raw in entries("events")) if one.kind == "singles"
    ]
    told = (
        f"Another officer: reviews it by {day(line.review_by)}, and found it {'sound' if line.sound else 'not sound'}.",
        f"The family, among who looked: {before} line before the review, {after} after it said that they may know.",
    )
    public = (
        *stage.counts().since(before_it),
        f"The entry of the hour that binds it is a batch of single exits, padded to {bound[-1].band}.",
    )
    return Answer((turn,), told, public)


def _looks(stage: Stage, letter, *, what: str = "urgent") -> int:
    """How many looks of one kind one family is shown, after the second step."""
    from beholden.rights import family
    from beholden.rights.record import AboutChild, Shown

    handle, code, born = letter[:3]
    named = {"catalogue": CATALOGUE, "at": stage.world.at}
    if handle not in stage.own_codes:
        second = Shown(code, born, stage.world.seconds[handle])
        stage.own_codes[handle] = family.enter(second, **named).own_code
    shown = Shown(code, born, stage.own_codes[handle])
    about = AboutChild(shown, family.overview(shown, **named).children[0].ref)
    return sum(one.what == what for one in family.used(about, **named).looks)


def guardian(stage: Stage) -> Answer:
    """An authority that has asked for records answers in the place of a child's parents."""
    from beholden.choices.actions import answer

    stage.enrol(WESTMERE)
    person = stage.study.kept_out[0]
    before = stage.counts()
    asked = (
        ("who", f"{WESTMERE.name}, which has asked for records itself"),
        ("what for", "to answer a use for a child in its care, with a mandate of its own making"),
    )
    turn = stage.tries(
        asked,
        answer,
        mandate="westmere",
        use=stage.world.use,
        leave_in=(person,),
        keep_out=(),
        by=Actor("westmere-1", Role.APPLICANT, WESTMERE.ref),
        at=stage.world.at,
    )
    after = stage.counts()
    told = (f"Whoever tried: at once. Answers written down: {after.answers - before.answers}.",)
    return Answer((turn,), told, after.since(before))


def mover(stage: Stage) -> Answer:
    """A request for the record of a mover is none; the new school fetches it, and a school without the child does not."""
    from beholden.gate.actions.transferring import transfer

    world = stage.world
    ref, request = stage.asks(
        SCHOOL,
        title="The record of a child who came to us",
        purpose="school-transfer",
        exit="transfer",
        items=("nc_year",),
        answers={"gateway": "si-2005-1437"},
    )
    letter, child = next(
        (letter, child)
        for child in world.children()
        for letter in world.letters()
        if letter[3] == (child.upn,) and any(stay.left for stay in child.stays)
    )
    new = stage.school(child.roll.laestab)
    stayed = next(
        one.laestab for one in world.town.schools if one.laestab not in {stay.laestab for stay in child.stays}
    )
    before = _looks(stage, letter, what="transfer")
    transfer(child.upn, child.born, catalogue=CATALOGUE, by=new, at=world.at)
    after = _looks(stage, letter, what="transfer")
    exit_ = f"{CATALOGUE.exit('transfer').label} (`transfer`)"
    fetched = Turn(
        (
            ("who", "the new school, which has the child on its roll by its own return"),
            ("how", exit_),
            ("about whom", "one child, named by pupil number and birth date together"),
        ),
        (("sent", "One file that only this school can open."),),
        stage.law("school-transfer"),
    )
    asked = (("who", "a school that the child never came to"), ("how", exit_))
    named = {"catalogue": CATALOGUE, "by": stage.school(stayed), "at": world.at}
    stranger = stage.tries(asked, transfer, child.upn, child.born, **named)
    told = (
        stage.told(ref)[0],  # the request is refused at once; what the school fetched is not that request
        f"The family, among who looked: {before} lines before it was fetched, {after} at once after it.",
    )
    return Answer((request, fetched, stranger), told, stage.public(ref))


def nationality(stage: Stage) -> Answer:
    """Nationality is asked for; then somebody wants to take it again; then it is taken out again."""
    from beholden.gate.actions import governing

    _, first = stage.asks(
        MIGRATION,
        title="Nationality of every pupil",
        purpose="public-interest-study",
        exit="extract",
        items=("nationality",),
    )
    with_it = _with_nationality()
    common = {"by": REGISTRAR, "at": stage.world.at}
    take = (
        ("who", "the keeper"),
        ("what for", "rules under which nationality is taken in the next census, at once"),
    )
    second = stage.tries(take, governing.set_catalogue, with_it, **common)
    announced = governing.announce_catalogue(with_it, **common)
    third = Turn(
        (("who", "the keeper"), ("what for", "the same rules, announced in public first")),
        (("announced", f"They may come into force from {day(announced.not_before)} on, not before."),),
        ("D41",),
    )
    looser = tighter_or_equal(with_it, CATALOGUE)
    fourth = Turn(
        (("who", "the keeper"), ("what for", "the rules without it, once they were in force with it")),
        (("loosens nothing" if not looser else "loosens", "They come into force at once."),),
        ("D41",),
    )
    told = (
        f"Everybody: from {day(stage.world.at)}, {(announced.not_before - stage.world.at).days} days before it may hold.",
    )
    public = (
        "Log of events: "
        + ", ".join(one for one in _kinds(stage) if one in {"announced", "catalogue"})
        + ".",
    )
    return Answer((first, second, third, fourth), told, public)


def _kinds(stage: Stage) -> list[str]:
    from beholden.ledger.entries import parse
    from beholden.ledger.queries import entries

    stage.logged("")
    return [parse(raw, log="events").body.kind for raw in entries("events")]


def _with_nationality():
    """The rules in force, and one item more, in the shape of the item on ethnicity."""
    said = json.loads(CATALOGUE.content)
    said["item"]["nationality"] = said["item"]["language"] | {
        "label": "Nationality",
        "child_label": "Your nationality",
        "why": "It is asked again.",
    }
    (census,) = said["collection"].values()
    census["items"] = [*census["items"], "nationality"]
    return restore(print_json(said))


def sold(stage: Stage) -> Answer:
    """The university's data arm is sold to a firm while it holds records."""
    from beholden.uses import actions as uses
    from beholden.uses.standing import routes

    ref = stage.study.ref
    firm = Asker("northford-data", "Northford Data Ltd", "firm")
    stage.enrol(firm)
    stopped = uses.recipient_changed(
        NORTHFORD.ref, how="sold", successor=firm.ref, by=REGISTRAR, at=stage.world.at
    )
    (route,) = [
        one for one in routes(NORTHFORD.ref, catalogue=CATALOGUE, at=stage.world.at).routes if one.ref == ref
    ]
    first = Turn(
        (("who", f"{NORTHFORD.name}, sold to {firm.name}"), ("what for", "to go on with what it holds")),
        ((stage.state(ref), f"{len(stopped)} use stopped; wiped and signed for by {day(route.wiped_by)}."),),
        ("D45",),
    )
    again = stage.tries(
        (("who", NORTHFORD.name), ("what for", "the same study, asked anew under the old name")),
        uses.draft,
        stage.draft(items=("nc_year",)),
        by=Actor("applicant-1", Role.APPLICANT, NORTHFORD.ref),
        at=stage.world.at,
    )
    return Answer((first, again), stage.told(ref), stage.public(ref))


SCHOOLS_WEEK = "Schools Week, 11 May 2024"
REPORT_CARD = "*Our children's school data: an end-of-year report card*, 2015, and the posts beside it"
DPA = {"gateway": "dpa-2018"}
PUPILS = {"gateway": "si-2009-1563"}
ROOM = {"setting": Setting.READING_ROOM, "why_elsewhere": ""}

CASES = (
    Case(
        "home-office",
        "The Home Office wants up to 1,500 families found, each month",
        f"{SCHOOLS_WEEK}; handed over monthly since 2015",
        ("uses.P5", "uses.exit", "uses.identifier", "uses.recurrence"),
        requested(
            HOME_OFFICE,
            title="Up to 1,500 people each month, to find where they live",
            purpose="immigration-enforcement",
            exit="match",
            items=WHO,
            answers={**DPA, "recurrence": Recurrence.EACH_TERM},
        ),
    ),
    Case(
        "welfare-match",
        "The welfare department wants matches on demand",
        f"{SCHOOLS_WEEK}; matched on demand since 2018",
        ("uses.P7", "uses.exit", "uses.identifier"),
        requested(
            WELFARE,
            title="Is this child on a roll? Yes or no, when we ask",
            purpose="welfare-fraud",
            exit="match",
            items=("surname", "birth_date"),
            answers=DPA,
        ),
    ),
    Case(
        "benefits-attendance",
        "Attendance, to stop benefits of parents of children who stay away",
        f"{SCHOOLS_WEEK}; proposed by a minister in 2023",
        ("uses.P7", "uses.exit"),
        requested(
            WELFARE,
            title="Days away of every pupil, to stop child benefit",
            purpose="welfare-fraud",
            exit="extract",
            items=("session_details", "sessions_possible"),
            answers=DPA,
        ),
    ),
    Case(
        "police-school",
        "The police want 2,136 pupils of one school",
        f"{SCHOOLS_WEEK}; given in 2019",
        ("uses.P4", "uses.exit"),
        requested(
            POLICE,
            title="All 2,136 pupils of one school, over four years",
            purpose="policing",
            exit="extract",
            items=("nc_year", "enrol_status"),
            answers=DPA,
        ),
    ),
    Case(
        "police-letter",
        "A letter from the police that compels nothing",
        "Requests under the exemption for crime, which is no power to demand",
        ("uses.P4", "uses.exit_needs_law", "gate.duty"),
        police_letter,
    ),
    Case(
        "court-order",
        "A named order of a court",
        "Court orders are listed among the shares of the national database",
        ("uses.P6",),
        requested(
            COURT,
            title="The record of one child, as ordered",
            purpose="court-order",
            exit="duty_return",
            items=("enrol_status",),
            answers=DPA,
        ),
    ),
    Case(
        "newspaper",
        "A newspaper wants rows",
        "Named among approved recipients since 2012",
        ("uses.P3", "uses.exit"),
        requested(
            NEWSPAPER,
            title="Results and background of every pupil, for a story",
            purpose="press",
            exit="extract",
            items=("ethnicity", "fsm_eligible", "sen_provision"),
            answers=PUPILS,
        ),
    ),
    Case(
        "property-portal",
        "A property portal wants a heat map for estate agents",
        f"{SCHOOLS_WEEK}: one of the approved commercial uses",
        ("uses.P1", "uses.exit", "uses.identifier"),
        requested(
            PORTAL,
            title="Where pupils of good schools live, as a heat map",
            purpose="commercial-reuse",
            exit="extract",
            items=("postcode",),
            answers=PUPILS,
        ),
    ),
    Case(
        "school-comparison",
        "A site that compares schools wants pupils' records",
        REPORT_CARD,
        ("uses.P1", "uses.exit"),
        requested(
            COMPARISON,
            title="Progress by pupil, for parents who choose a school",
            purpose="commercial-reuse",
            exit="extract",
            items=("nc_year", "fsm_eligible"),
            answers=PUPILS,
        ),
    ),
    Case(
        "benchmarking",
        "A firm that sells benchmarks wants pupils' records",
        REPORT_CARD,
        ("uses.P1", "uses.exit"),
        requested(
            BENCHMARK,
            title="Benchmarks that schools buy",
            purpose="commercial-reuse",
            exit="extract",
            items=("sen_provision", "sessions_possible"),
            answers=PUPILS,
        ),
    ),
    Case(
        "marketing-list",
        "A list of students to sell to",
        f"{REPORT_CARD}: a drink sent to 17,500 chosen students",
        ("uses.P2", "uses.exit", "uses.identifier"),
        requested(
            ADMISSIONS,
            title="Leavers who may buy what our partners sell",
            purpose="marketing",
            exit="extract",
            items=WHO,
            answers={"gateway": "uk-gdpr"},
        ),
    ),
    Case(
        "defence",
        "The Ministry of Defence wants young people to recruit",
        REPORT_CARD,
        ("uses.P11", "uses.exit", "uses.identifier"),
        requested(
            DEFENCE,
            title="Pupils about to leave school, by area",
            purpose="armed-forces",
            exit="extract",
            items=("nc_year", "postcode"),
            answers=PUPILS,
        ),
    ),
    Case(
        "at-risk-register",
        "A joined-up register that scores children by their risk of offending",
        f"{REPORT_CARD}: ONSET and ContactPoint",
        ("uses.P9", "uses.exit", "uses.identifier", "uses.linkage_not_built"),
        requested(
            HOME_OFFICE,
            title="A score of risk for each child, from school, health and police",
            purpose="scoring",
            exit="extract",
            items=("surname", "session_details", "sen_provision", "previously_looked_after"),
            answers={"gateway": "uk-gdpr", "linkage": Linkage.OUTWARD},
        ),
    ),
    Case(
        "youth-survey",
        "A youth survey wants addresses to write to",
        f"{REPORT_CARD}: contact details drawn from school and health registers",
        ("uses.exit", "uses.identifier", "released"),
        survey,
    ),
    Case(
        "youth-programme",
        "A youth programme wants its members' school records joined with health records",
        f"{REPORT_CARD}: sign-up with one box for everything",
        ("uses.linkage_not_built",),
        requested(
            YOUTH,
            title="Did our programme help? Joined with hospital records",
            purpose="health-linkage-study",
            exit="enclave",
            items=("nc_year", "session_details"),
            answers={"gateway": "dea-2017", "linkage": Linkage.INWARD, **ROOM},
        ),
        missing="Joining records in the reading room.",
    ),
    Case(
        "blanket-signature",
        "One signature for treatment and for everything else",
        f"{REPORT_CARD}: the form of a dental service",
        (
            "consent.open-items",
            "consent.open-recipient",
            "consent.refused-purpose",
            "consent.two-purposes",
            "consent.who",
            "consent.no-end",
            "consent.country",
            "consent.no-country",
            "consent.compulsory-item",
            "consent.unknown-item",
            "consent.no-child",
            "consent.withdrawal",
            "consent.several-children",
            "consent.silence",
            "consent.one-answer",
            "consent.layer",
            "consent.hard-words",
            "consent.service",
        ),
        blanket,
    ),
    Case(
        "good-research",
        "A university's good research",
        "The articles ask for it: open, lawful, told in advance",
        ("in_use",),
        research,
    ),
    Case(
        "youth-support",
        "A council's offer of help to young people without a place, with its statutory opt-out",
        "Education and Skills Act 2008",
        ("uses.identifier", "released"),
        youth_support,
    ),
    Case(
        "night",
        "A local authority must find one child at two in the morning",
        "The articles: data to protect children must be shared, proportionately",
        ("found",),
        night,
    ),
    Case(
        "guardian-applicant",
        "An authority that is a child's guardian and wants its records",
        "D15",
        ("people.mandate",),
        guardian,
    ),
    Case(
        "transfer",
        "A child moves to a new school",
        "SI 2005/1437, regulation 9",
        ("uses.exit_alone", "sent", "gate.no_transfer"),
        mover,
    ),
    Case(
        "nationality",
        "Nationality, taken and then taken back",
        f"{SCHOOLS_WEEK}: taken from 2016, boycotted, ended in 2018",
        ("catalogue.unknown_item", "gate.loosens", "announced", "loosens nothing"),
        nationality,
    ),
    Case(
        "sold",
        "A recipient is sold to another firm",
        f"{REPORT_CARD}: “we have no idea who will own the data later”",
        ("suspended", "uses.recipient_gone"),
        sold,
    ),
    Case(
        "good-research-each-year",
        "A university's good research, each year",
        "What was handed over again and again was decided once; here each time is",
        ("released", "uses.run_early"),
        each_year,
    ),
)
