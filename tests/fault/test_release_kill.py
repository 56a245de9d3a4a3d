# SPDX-License-Identifier: Apache-2.0
"""The gate is killed before each durable step, its disk fails at each, and two processes release at once. D27, D28.

A crash leaves "logged, not released", never the other way: after every kill, and again after the run that makes good,
a parcel has left only if the published, signed log holds its intent, once, with the parcel's very hash.
"""

import hashlib
import random
from dataclasses import dataclass
from datetime import timedelta
from os import environ

import pytest

import homes
from beholden.home import Home, here
from beholden.home.keys import load
from beholden.kinds import Actor, PersonId, Role
from beholden.ledger.entries import parse
from beholden.ledger.tags import SNAPSHOT_WIDTH, recompute
from beholden.refusals import Refusal
from fault import kills
from fault.stages import points
from integration.world import CATALOGUE, REGISTRAR, SECOND, SEED, World
from ledger_story import Ledger, check_everything

PUPILS = 40
LATER = timedelta(hours=1)


@dataclass(frozen=True)
class Stage:
    """A home where a study has come to a point, with what a person would have in hand there."""

    home: Home
    world: World
    out: tuple[PersonId, ...]
    within: tuple[PersonId, ...]
    decision: int = 0
    disclosure: str = ""

    def snapshot(self, later=timedelta(0)):
        from beholden.gate.actions.deciding import snapshot_registry

        return snapshot_registry(by=REGISTRAR, at=self.world.at + later)

    def decide(self, later=timedelta(0)):
        from beholden.gate.actions.deciding import decide

        return decide(self.world.use, catalogue=CATALOGUE, by=REGISTRAR, at=self.world.at + later)

    def countersign(self, later=timedelta(0)):
        from beholden.uses.actions import countersign

        countersign(self.world.use, by=SECOND, at=self.world.at + later)

    def decided_by_two(self):
        decision = self.decide()
        self.countersign()
        return decision

    def release(self, later=timedelta(0)):
        from beholden.gate.actions.releasing import release_use

        at = self.world.at + later
        return release_use(self.world.use, self.decision, catalogue=CATALOGUE, by=REGISTRAR, at=at)

    def announce(self, later=timedelta(0)):
        """Go as far as the intent in the public log, and no further."""
        from beholden.gate.actions import releasing

        with_times = {"by": REGISTRAR, "at": self.world.at + later}
        disclosure = releasing.fix_header(self.world.use, self.decision, catalogue=CATALOGUE, **with_times)
        releasing.build(disclosure, **with_times)
        releasing.log_intent(disclosure, **with_times)
        return disclosure

    def call_off(self, later=timedelta(0)):
        from beholden.gate.actions.releasing import call_off

        call_off(self.disclosure, by=REGISTRAR, at=self.world.at + later)

    def confirm(self, later=timedelta(0)):
        from beholden.gate.actions.proving import confirm
        from beholden.gate.check import public_log
        from beholden.ledger.confirmation import sign
        from beholden.ledger.verify import subject

        parcel = self.world.parcel(here(), self.disclosure)
        about = subject(public_log().intent(self.disclosure).body)
        word = sign(about, row_tags=parcel.tags, padding=parcel.padding, seed=SEED)
        by = Actor("recipient", Role.RECIPIENT, "northford")
        return confirm(self.disclosure, word, by=by, at=self.world.at + later)


def begun(folder):
    """A study whose window is over: one letter's children are kept out, everybody else that was told is within."""
    world = World(folder, pupils=PUPILS)
    world.returns()
    world.published()
    world.told()
    opened = [world.open(letter) for letter in world.letters()]
    out = world.keep_out(world.letters()[0])
    everybody = {child.person for letter in opened for child in letter.children}
    world.at = world.answer_by + timedelta(days=1)
    return world, out, tuple(sorted(everybody - set(out)))


@pytest.fixture(scope="module")
def stages(base_home, tmp_path_factory):
    """Five points of one study: told, keys committed, decided, announced in the log, released."""
    with points(base_home) as after:
        told, carried = after(None, lambda: begun(tmp_path_factory.mktemp("town")))
        stage = Stage(told, *carried)
        keyed, _ = after(told, stage.snapshot)
        decided, decision = after(keyed, stage.decided_by_two)
        ready = Stage(decided, *carried, decision)
        announced, intent = after(decided, ready.announce)
        released, disclosure = after(decided, ready.release)
        yield {
            "told": stage,
            "keyed": Stage(keyed, *carried),
            "decided": ready,
            "announced": Stage(announced, *carried, decision, intent),
            "released": Stage(released, *carried, decision, disclosure),
        }


# --- what is looked at ---


def intents():
    """The intents of the published log, after everything that a stranger can check of it."""
    from beholden.gate.check import public_log

    return public_log().read.intents


def check_nothing_left_unlogged(home):
    """What must hold at every moment, whatever was killed: no parcel without its intent, no intent twice."""
    from beholden.gate.models import Disclosure
    from beholden.ledger.models import Outbox
    from beholden.ledger.queries import entry

    said = {one.body.id.hex(): one.body for one in intents()}
    assert len(said) == len(intents())
    parcels = {hashlib.sha256(path.read_bytes()).digest() for path in home.released.iterdir()}
    assert parcels <= {intent.payload for intent in said.values()}
    held = list(Disclosure.objects.all())
    assert len(held) <= 1
    assert said.keys() <= {one.id for one in held}
    assert Outbox.objects.filter(kind="intent").count() == sum(one.intent is not None for one in held)
    for one in held:
        if one.state != "withdrawn":
            assert (one.intent is not None) == (one.state in {"logged", "releasing", "released"})
        if one.state in {"releasing", "released"}:
            assert said[one.id].payload.hex() == one.payload
            assert entry(one.intent) is not None
        if one.state == "released":
            assert [path.name for path in home.released.iterdir()] == [one.file]
    return held


def check_released(home, stage):
    """Every invariant of the end: one parcel, one intent, both children's proofs, a use that stands as released."""
    from beholden.gate.actions.proving import bundle
    from beholden.ledger.verify import verify
    from beholden.uses.queries import asked

    (held,) = check_nothing_left_unlogged(home)
    assert held.state == "released"
    assert asked(stage.world.use).state.value in {"released", "in_use"}
    (intent,) = intents()
    parcel = stage.world.parcel(home, held.id)
    assert recompute(intent.body.id, (*parcel.tags, *parcel.padding)) == intent.body.set.committed
    assert parcel.rows.num_rows == len(stage.within)
    waiting = {hashlib.sha256(path.read_bytes()).hexdigest() for path in home.quarantine.iterdir()}
    assert (
        held.payload not in waiting
    )  # what a killed run built in vain may lie there; it has no name in the log
    for person, (present, absent) in ((stage.within[0], (1, 0)), (stage.out[0], (0, 1))):
        account = verify(bundle(person, by=REGISTRAR, at=stage.world.at))
        assert (len(account.present), len(account.absent)) == (present, absent)
    check_everything(Ledger(home))
    states = [
        getattr(body, "state", "") for body in said("events") if getattr(body, "use", "") == stage.world.use
    ]
    assert states.count("cleared") == states.count("released") == 1


def said(log):
    from beholden.ledger.queries import entries

    return [parse(raw, log=log).body for raw in entries(log)]


def to_the_end(struck, stage):
    """Run the release again, an hour later, on a disk that forgot what was never flushed; say where it stood."""
    stood = seen(struck.home)
    with struck.platter.turning():
        stage.release(LATER)
    check_released(struck.home, stage)
    return stood


# --- release ---


def of_the_gate(name):
    """Leave out the steps of the sequencer, which has a test of its own (test_append_kill.py)."""
    return not any(mark in name for mark in (" ledger/", " signer/", 'update "ledger_outbox"'))


def test_a_release_killed_at_each_step(stages):
    """Killed anywhere and run again: one parcel, one intent, and never a parcel before its intent."""
    stage, met = stages["decided"], []
    for struck in kills.each_kill(stage.home, stage.release):
        met.append(kills.answer(lambda struck=struck: to_the_end(struck, stage)))
    assert list(dict.fromkeys(met)) == ["", "fixed", "built", "logged", "releasing", "released"]
    assert len(met) > 80


def seen(home):
    """Check what must hold at every moment, and say where the handover stands."""
    held = check_nothing_left_unlogged(home)
    return held[0].state if held else ""


def test_a_release_on_a_failing_disk_at_each_step(stages):
    """The process gets an error, nothing left unlogged, and goes on when it is tried again."""
    stage = stages["decided"]

    def between():
        check_nothing_left_unlogged(here())

    for struck in kills.each_failure(stage.home, stage.release, between, among=of_the_gate):
        kills.answer(lambda struck=struck: check_released(struck.home, stage))


def test_two_processes_release_the_same_decision_at_once(stages):
    """They meet at each step of the first: one parcel, one intent, and both say that it is done."""
    stage = stages["decided"]

    for met in kills.each_meeting(stage.home, stage.release, stage.release, among=of_the_gate):
        assert (met.first, met.second) == (0, 0)
        kills.answer(lambda met=met: check_released(met.home, stage))


def test_a_handover_called_off_killed_at_each_step(stages):
    """Called off or not yet; called off again, the log says so once, the parcel is destroyed, the use is open again."""
    stage = stages["announced"]

    def once_more(struck):
        check_nothing_left_unlogged(struck.home)
        with struck.platter.turning():
            stage.call_off(LATER)
        check_called_off(struck.home, stage)
        with pytest.raises(Refusal, match=r"^gate\.unlogged:"):
            stage.release(LATER)

    for struck in kills.each_kill(stage.home, stage.call_off):
        kills.answer(lambda struck=struck: once_more(struck))


def check_called_off(home, stage):
    from beholden.uses.queries import asked

    (held,) = check_nothing_left_unlogged(home)
    assert held.state == "withdrawn"
    assert not list(home.quarantine.iterdir())
    assert not list(home.released.iterdir())
    assert [body.outcome for body in said("handovers") if type(body).__name__ == "Outcome"] == ["withdrawn"]
    assert asked(stage.world.use).state.value == "window"
    check_everything(Ledger(home))


def test_a_handover_cannot_be_called_off_once_it_may_have_left(stages):
    """From its first step on a release holds the handover: whoever calls it off waits, and is refused."""
    stage = stages["announced"]
    for met in kills.each_meeting(stage.home, stage.release, stage.call_off, among=of_the_gate):
        assert (met.first, met.second) == (0, kills.REFUSED)
        kills.answer(lambda met=met: check_released(met.home, stage))


def test_a_withdrawal_meets_a_release(stages):
    """Either the use falls and nothing has left, or it is released and can no longer be taken back."""
    from beholden.uses.actions import withdraw

    stage, ends = stages["decided"], set()
    applicant = Actor("applicant-1", Role.APPLICANT, "northford")

    def take_back():
        withdraw(stage.world.use, by=applicant, at=stage.world.at)

    for met in kills.each_meeting(stage.home, stage.release, take_back, among=of_the_gate):
        ends.add((met.first, met.second))
        if met.first == 0:
            kills.answer(lambda met=met: check_released(met.home, stage))
        else:
            kills.answer(lambda met=met: check_fell(met.home, stage))
    assert ends == {(0, kills.REFUSED), (kills.REFUSED, 0)}


def check_fell(home, stage):
    from beholden.uses.queries import asked

    held = check_nothing_left_unlogged(home)
    assert not list(home.released.iterdir())
    assert all(one.state in {"fixed", "built", "logged"} for one in held)
    assert asked(stage.world.use).state.value == "withdrawn"


@pytest.mark.parametrize("killed_at", ["fixed", "built"])
def test_what_is_not_logged_does_not_leave(stages, killed_at):
    """The last step alone, asked for too early, refuses (ARCHITECTURE section 5)."""
    from beholden.gate.actions import releasing

    stage = stages["decided"]

    def early():
        at = stage.world.at
        disclosure = releasing.fix_header(
            stage.world.use, stage.decision, catalogue=CATALOGUE, by=REGISTRAR, at=at
        )
        if killed_at == "built":
            releasing.build(disclosure, by=REGISTRAR, at=at)
        with pytest.raises(Refusal, match=r"^gate\.unlogged:"):
            releasing.release(disclosure, catalogue=CATALOGUE, by=REGISTRAR, at=at)
        assert not list(here().released.iterdir())
        check_nothing_left_unlogged(here())

    with homes.copied(stage.home):
        kills.answer(early)


def test_a_parcel_that_was_changed_or_lost_between_the_log_and_the_door(stages):
    """`releasing` is committed, then the machine stops; what is then moved is still the payload that was logged."""
    stage = stages["decided"]
    with homes.copied(stage.home):
        step = len(steps_until_the_move(stage))
    for harm in ("changed", "lost"):
        with homes.copied(stage.home) as home:
            struck, _, _ = kills.kill_before(home, step, stage.release)
            assert struck.name.startswith("replace quarantine/"), struck.name
            (waiting,) = home.quarantine.iterdir()
            if harm == "changed":
                waiting.write_bytes(waiting.read_bytes()[:-1] + b"\0")
            else:
                waiting.unlink()

            def refused():
                with pytest.raises((Refusal, OSError)):
                    stage.release(LATER)
                assert not list(here().released.iterdir())
                assert seen(here()) == "releasing"

            kills.answer(refused)


def steps_until_the_move(stage):
    """The names of the steps up to the one that moves the parcel out of quarantine."""
    names, code = kills.steps(stage.release)
    assert code == 0
    (place,) = [at for at, name in enumerate(names) if name.startswith("replace quarantine/…/U-")]
    return names[: place + 1]


# --- before and after ---


def registries(home):
    """Every registry has its key, its lists, and its entry; none is half there."""
    from beholden.gate import sets
    from beholden.gate.models import Registry
    from beholden.gate.registries import key_name
    from beholden.ledger.models import Outbox

    found = list(Registry.objects.select_related("elements", "keyed"))
    proposed = {row.pk: row for row in Outbox.objects.filter(kind="registry")}
    assert {one.outbox for one in found} == proposed.keys()
    for one in found:
        load(home, key_name(bytes.fromhex(one.id)))
        assert f'"id":"{one.id}"' in proposed[one.outbox].body
        assert len(sets.read(one.elements)) == SNAPSHOT_WIDTH * one.elements.count
        assert len(sets.read(one.keyed)) == 16 * one.keyed.count
        assert one.elements.count == one.keyed.count
    return len(found)


def test_a_registry_snapshot_killed_at_each_step(stages):
    """A registry stands in the database exactly if its entry is proposed, and its key is there."""
    stage, met = stages["told"], []

    def once_more(struck):
        before = registries(struck.home)
        with struck.platter.turning():
            stage.snapshot(LATER)
        check_everything(Ledger(struck.home))
        logged = sum(type(body).__name__ == "Registry" for body in said("handovers"))
        return before, registries(struck.home), logged

    for struck in kills.each_kill(stage.home, stage.snapshot):
        before, after, logged = kills.answer(lambda struck=struck: once_more(struck))
        assert after == logged == before + 1
        met.append(before)
    assert sorted(set(met)) == [0, 1]
    assert met == sorted(met)


def decisions(stage):
    """Say whether the use is decided: its row, its lists, its entry and the use's own state are all there, or none."""
    from beholden.gate import sets
    from beholden.gate.models import Decision
    from beholden.ledger.models import Outbox
    from beholden.uses.queries import asked

    found = list(Decision.objects.select_related("scope", "released"))
    assert len(found) <= 1
    assert Outbox.objects.filter(kind="decision").count() == len(found)
    assert Outbox.objects.filter(kind="use", body__contains='"state":"cleared"').count() == len(found)
    assert asked(stage.world.use).state.value == ("cleared" if found else "window")
    for one in found:
        assert len(sets.read(one.scope)) == 16 * len(stage.world.children())
        assert len(sets.read(one.released)) == 16 * len(stage.within)
        return one.pk
    return None


def test_a_decision_killed_at_each_step(stages):
    """No half decision; what was decided is decided, and asking again finds it."""
    stage, met = stages["keyed"], []

    def once_more(struck):
        before = decisions(stage)
        with struck.platter.turning():
            number = stage.decide(LATER)
        assert number == decisions(stage)
        assert before in {None, number}
        return before

    for struck in kills.each_kill(stage.home, stage.decide):
        before = kills.answer(lambda struck=struck: once_more(struck))
        met.append(before is not None)
    assert met == [False] * (len(met) - 1) + [True]


def test_two_processes_decide_at_once(stages):
    stage = stages["keyed"]
    for met in kills.each_meeting(stage.home, stage.decide, stage.decide):
        assert {met.first, met.second} <= {0, kills.REFUSED}
        assert 0 in {met.first, met.second}
        assert kills.answer(lambda: decisions(stage)) is not None


def test_a_recipients_word_killed_at_each_step(stages):
    """The word is logged once or not yet; said again, it is logged once."""
    stage = stages["released"]

    def outcomes(home):
        check_everything(Ledger(home))
        return sum(type(body).__name__ == "Outcome" for body in said("handovers"))

    def once_more(struck):
        check_nothing_left_unlogged(struck.home)
        with struck.platter.turning():
            assert stage.confirm(LATER).value == "agrees"
        check_released(struck.home, stage)
        return outcomes(struck.home)

    for struck in kills.each_kill(stage.home, stage.confirm):
        assert kills.answer(lambda struck=struck: once_more(struck)) == 1


# --- long ---


@pytest.mark.long
def test_everything_killed_at_random_again_and_again(stages):
    """Whole stories from *told* to *confirmed*, killed at random, resumed, and killed again, 500 kills in all."""
    wanted, seed = int(environ.get("BEHOLDEN_KILLS", "500")), random.getrandbits(32)
    print(f"seed {seed}")
    draw, done = random.Random(seed), 0
    while done < wanted:
        with homes.copied(stages["told"].home) as home:
            done += killed_all_the_way(home, stages["told"], draw)
    print(f"{done} kills")


def killed_all_the_way(home, stage, draw):
    """Take one study to its end through kills at random steps; return how many there were."""
    from dataclasses import replace

    count = 0
    for verb in ("snapshot", "decide", "countersign", "release", "confirm"):
        while True:
            struck, _, _ = kills.kill_before(home, draw.randint(1, 90), getattr(stage, verb))
            kills.answer(lambda: check_nothing_left_unlogged(home) if intents_can_be_read(home) else None)
            if struck.last:
                break
            count += 1
        if verb == "decide":
            stage = replace(stage, decision=kills.answer(lambda stage=stage: decisions(stage)))
        if verb == "release":
            (held,) = kills.answer(lambda: [one.id for one in check_nothing_left_unlogged(home)])
            stage = replace(stage, disclosure=held)
            kills.answer(lambda stage=stage: check_released(home, stage))
    kills.answer(lambda: check_everything(Ledger(home)))
    return count


def intents_can_be_read(home):
    return (home.ledger / "handovers" / "checkpoint").exists()


@pytest.mark.long
def test_everything_on_a_disk_that_goes_at_a_random_step(stages):
    """Full, over its share, for reading only, or broken, from some step on: nothing leaves unlogged, then it is done."""
    seed = random.getrandbits(32)
    print(f"seed {seed}")
    wanted, draw, struck_at, done = (
        int(environ.get("BEHOLDEN_ROUNDS", "200")),
        random.Random(seed),
        set(),
        0,
    )
    ways = {
        "snapshot": ("told", lambda home, stage: registries(home)),
        "decide": ("keyed", lambda home, stage: decisions(stage)),
        "release": ("decided", check_released),
        "call_off": ("announced", check_called_off),
        "confirm": ("released", check_released),
    }
    while done < wanted:
        verb = draw.choice(list(ways))
        point, holds = ways[verb]
        stage = stages[point]

        def between():
            if intents_can_be_read(here()):
                check_nothing_left_unlogged(here())

        step, number = draw.randint(1, 110), draw.choice(kills.FAILURES)
        work = getattr(stage, verb)
        with kills.disk_gone(stage.home, work, between, step=step, number=number) as struck:
            struck_at.add((verb, struck.name))
            kills.answer(lambda home=struck.home, stage=stage, holds=holds: holds(home, stage))
            kills.answer(lambda home=struck.home: check_everything(Ledger(home)))
            done += not struck.last
    print(f"{done} disks, at {len(struck_at)} different steps")
