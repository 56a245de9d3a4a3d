# SPDX-License-Identifier: Apache-2.0
"""What the tests of compelled handovers share: a court's order about two children, and those who sign for it."""

from datetime import timedelta

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beholden.gate.orders import Issuer, NamedChild, Order, Shown, SoughtChild
from beholden.home import here
from beholden.kinds import Actor, Role
from beholden.ledger.sealing import countersign
from integration.world import CATALOGUE, REGISTRAR, SECOND, World

OUTSIDE = Actor("outside-1", Role.INDEPENDENT, "commissioner")
OUTSIDE_SEED, REGULATOR_SEED, COURT_SEED = bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32
REGULATOR_IDENTITY, COURT_IDENTITY = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()


def public(seed):
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def enrolled(world):
    """Enrol a court as recipient, a regulator, and somebody outside both lines."""
    from beholden.people import actions as people
    from beholden.people.queries import Body

    for body in (
        Body("court-7", "A court", "court", "England", str(COURT_IDENTITY.to_public()), public(COURT_SEED)),
        Body("regulator", "The regulator", "regulator", "England", str(REGULATOR_IDENTITY.to_public()),
             public(REGULATOR_SEED)),
        Body("commissioner", "A commissioner", "independent", "England", "", public(OUTSIDE_SEED)),
    ):  # fmt: skip
        people.enrol(body, by=REGISTRAR, at=world.at)
    people.appoint(OUTSIDE.ref, OUTSIDE.role, OUTSIDE.organisation, by=REGISTRAR, at=world.at)


def ready(folder, pupils):
    """Return a town with returns, rules and keys, in which orders can come: a court, a regulator, somebody outside."""
    from beholden.gate.actions.deciding import snapshot_registry

    world = World(folder, pupils=pupils)
    world.returns()
    world.published()
    enrolled(world)
    snapshot_registry(by=REGISTRAR, at=world.at)
    return world


def order(world, **changed):
    """A court's order about two children of the town."""
    named = tuple(NamedChild(child.upn, child.born) for child in world.children()[:2])
    asked = {
        "shown": Shown.COURT_ORDER,
        "issuer": Issuer.FAMILY_COURT,
        "instrument": "dpa-2018",
        "paragraph": "Sch 2 Part 1 para 5(2)",
        "reference": "ORDER-1",
        "made_on": world.at.date(),
        "purpose": "court-order",
        "serves": "court-order",
        "reason": "missing_child",
        "recipient": "court-7",
        "collection": ("SC", "SPR", 2026),
        "items": ("nc_year", "sessions_possible"),
        "children": named,
        "whole_school": False,
        "recurring": False,
        "knows_of_safety": False,
        "opens_by": world.at.date() + timedelta(days=90),
    }
    return Order(**(asked | changed))


def by_name(child):
    """A child as a court names it that has no number."""
    return SoughtChild(child.forename, child.surname, child.born, child.address.postcode)


def power_changes(world, place, says="holds", evidence="birth-entry", takes=()):
    """Write a line of power about one child of the town: from now on it has another key."""
    from beholden.catalogue import PowerSays
    from beholden.gate.actions.empowering import change_power, find
    from beholden.people.power import Line
    from beholden.people.queries import holder

    child = world.children()[place]
    who = holder(child.roll.laestab, f"adult-of-{place}", "")
    line = Line(who, PowerSays(says), evidence, world.at, takes=takes)
    person = find(child.upn, child.born, by=REGISTRAR, at=world.at)
    change_power(person, line, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def prepared(world, **changed):
    from beholden.gate.actions.compelling import prepare

    return prepare(order(world, **changed), catalogue=CATALOGUE, by=REGISTRAR, at=world.at)


def signed(world, name):
    """Let a second officer agree and somebody outside sign."""
    from beholden.gate.actions import carrying
    from beholden.gate.seals import to_sign

    carrying.agree(name, by=SECOND, at=world.at)
    said = countersign(to_sign(name), seed=OUTSIDE_SEED)
    carrying.sign(name, said, by=OUTSIDE, at=world.at)


def carried_out(world, **changed):
    """Take one order all the way out; return its name."""
    from beholden.gate.actions.carrying import carry_out

    name = prepared(world, **changed)
    signed(world, name)
    carry_out(name, catalogue=CATALOGUE, by=REGISTRAR, at=world.at)
    return name


def for_regulator(name):
    """Open what the regulator was told, as the regulator does."""
    from beholden.gate.models import Compulsion
    from beholden.gate.regulator import unlock

    file = Compulsion.objects.get(pk=name).file
    return unlock((here().regulator / file).read_bytes(), identity=str(REGULATOR_IDENTITY))
