# SPDX-License-Identifier: Apache-2.0
"""The index follows the vault: whoever changed is indexed again, and only they; where that cannot be known, everybody.

D21: a match that looks into half a register is no match. D36: what is damaged is never believed.
"""

from contextlib import contextmanager
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

import homes
from beholden.home import postgres
from beholden.kinds import PersonId
from beholden.linkage.index import SMALL
from beholden.linkage.model import frequencies
from integration.world import World, copy_of
from linking_twin import somebody

PUPILS = 120
NEW = {"forename": "Wilhelmina", "surname": "Featherstonehaugh", "postcode": "ZZ9 9ZZ"}


@pytest.fixture(scope="module")
def held(base_home, tmp_path_factory):
    """A home with a return or two, and an index of the people in them."""
    from beholden.settings import found

    with homes.fresh(base_home) as home:
        with found.acting_as(home, "keeper"):
            world = World(tmp_path_factory.mktemp("town"), pupils=PUPILS)
            world.returns()
            look_through()
        yield SimpleNamespace(home=home, world=world)


def asked(work):
    from beholden.register.vault import likeness
    from beholden.register.vault.wall import keeper, one_list_at_a_time

    with keeper():
        one_list_at_a_time()
        return likeness.asked(work)


def look_through():
    """Return everybody in the order of their ids, whom each finds by their own values, and how frequent values are."""

    def seen(known):
        rows = range(known.register.people)
        people = [known.register.one(row) for row in rows]
        found = known.register.index.find([one[0] for one in people])
        said = {
            known.whose(row): (people[row], {known.whose(other) for other, _ in found[row].rows})
            for row in rows
        }
        return said, known.register.counted

    return asked(seen)


def everybody():
    from beholden.register.vault import bulk
    from beholden.register.vault.reading import GROUPS
    from beholden.register.vault.wall import keeper

    with keeper():
        return bulk.after(None, 10_000, GROUPS)


def reseal(one, **values):
    """Write other values of somebody, as a return does."""
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.register.vault import bulk
    from beholden.register.vault.people import COLUMNS
    from beholden.register.vault.seal import seal, unseal
    from beholden.register.vault.slots import Slots
    from beholden.register.vault.wall import keeper

    own = Slots(here().slots, load(here(), "vault")).keys([one.slot])[one.slot]
    blobs = {}
    for group, names in COLUMNS.items():
        said = unseal(own, one.person, group, one.blobs[group])
        blobs[group] = seal(own, one.person, group, said | {n: v for n, v in values.items() if n in names})
    with keeper():
        bulk.renew([bulk.Sealed(one.person, one.slot, blobs)], tuple(COLUMNS))


def enter(**values):
    """Enter somebody whom nobody knew, as a return does."""
    from beholden.home import here
    from beholden.home.keys import load
    from beholden.register.lent import PROOF_ID_BYTES
    from beholden.register.vault import bulk
    from beholden.register.vault.people import COLUMNS
    from beholden.register.vault.seal import seal
    from beholden.register.vault.slots import Slots
    from beholden.register.vault.wall import keeper

    person = PersonId(uuid4())
    ((slot, own),) = Slots(here().slots, load(here(), "vault")).mint(1)
    blobs = {
        group: seal(
            own, person, group, dict.fromkeys(names) | {n: v for n, v in values.items() if n in names}
        )
        for group, names in COLUMNS.items()
    }
    proof = seal(own, person, "proof", {"label_seed": "00" * 32, "proof_id": "00" * PROOF_ID_BYTES})
    with keeper():
        bulk.add([bulk.Sealed(person, slot, blobs | {"proof": proof})], (*COLUMNS, "proof"))
    return person


def pieces(home):
    """Return the names of the files of the index; no two that were written ever had the same."""
    (folder,) = [path for path in home.index.iterdir() if path.is_dir()]
    return {path.name for path in folder.glob("*.pieces")}


def fresh_look(home):
    """Return what an index says that is made anew."""
    (home.index / "current").unlink()
    return look_through()


def test_an_index_that_fits_is_asked_as_it_stands(held):
    with copy_of(held) as home:
        before = pieces(home)
        look_through()
        assert pieces(home) == before


def test_whoever_changed_is_found_as_they_are_now_and_nobody_else_is_read_again(held):
    with copy_of(held) as home:
        before = pieces(home)
        one, *_ = everybody()
        was = look_through()[0][one.person][0][0]
        reseal(one, **NEW)
        said, _ = look_through()
        now = said[one.person][0][0]
        assert (now.surname.full, now.postcode) == ("featherstonehaugh", "ZZ99ZZ")
        assert before < pieces(home)
        assert len(pieces(home)) == len(before) + 1
        assert one.person in said[one.person][1]
        formerly = somebody(given=was.given.full, surname=was.surname.full, born=was.birth_date)
        found = asked(
            lambda known: [known.whose(row) for row, _ in known.register.index.find([formerly])[0].rows]
        )
        assert one.person not in found
        assert said == fresh_look(home)[0]


def test_whoever_came_later_is_found(held):
    with copy_of(held) as home:
        before = pieces(home)
        person = enter(**NEW, birth_date="2011-04-30", upn="Z100000000001")
        said, counted = look_through()
        assert before < pieces(home)
        assert said[person][1] == {person}
        again, exactly = fresh_look(home)
        assert said == again
        assert counted == exactly


def test_many_small_changes_are_folded_and_still_say_what_the_vault_says(held):
    """Somebody changes twice, somebody is new and then changes, others come: as often as it takes."""
    from beholden.register.vault import likeness

    with copy_of(held) as home, pytest.MonkeyPatch.context() as changed:
        changed.setattr(likeness, "ONE_IN", 1)  # so few people are in this home that one in fifty is two
        before = pieces(home)
        new = enter(**NEW, birth_date="2011-04-30", upn="Z100000000001")
        for turn in range(SMALL + 3):
            people = {one.person: one for one in everybody()}
            reseal(people[new], surname=f"Featherby{'abcdefghijklmnop'[turn]}")
            reseal(
                sorted(people.values(), key=lambda one: one.person)[turn % 3],
                forename=f"Otto{'aeiou' * turn}",
            )
            said, counted = look_through()
            assert before < pieces(home)
            assert len(pieces(home)) <= SMALL + 2
        again, exactly = fresh_look(home)
        assert said == again
        for column, counter in exactly.counts.items():
            assert all(counted.counts[column][value] >= count for value, count in counter.items())
            # Whoever changed and says nothing here is taken to have said something before: fewer, never more (ADR 0034).
            assert (
                exactly.totals[column] - 2 * (SMALL + 3) <= counted.totals[column] <= exactly.totals[column]
            )


def test_of_what_nobody_says_there_are_never_fewer_than_none(held):
    """A share below nought has no logarithm, and every list would end there."""
    with copy_of(held) as home:
        for one in everybody():
            reseal(one, postcode=None)
        fresh_look(home)
        before = pieces(home)
        reseal(everybody()[0], forename="Otto")
        _, counted = look_through()
        assert before < pieces(home)
        assert counted.totals["postcode"] == 0


BY_SQL = {
    "put back": "update vault.written set mark = gen_random_uuid()",  # another vault, with as many writings
    "emptied": "truncate vault.person cascade",
    "forgotten": "delete from vault.written",
    "long ago": "select vault.note_writing(array[]::uuid[]) from generate_series(1, 65537)",
}


@pytest.mark.parametrize(
    "how", ["put back", "gone", "emptied", "forgotten", "long ago", "many", "damaged", "seal", "people"]
)
def test_where_it_cannot_be_known_who_changed_everybody_is_read_again(held, how):
    def sql(text):
        with postgres.connected(home, "owner") as owner:
            owner.execute(text)

    with copy_of(held) as home:
        before, (folder,) = pieces(home), [path for path in home.index.iterdir() if path.is_dir()]
        one, *others = everybody()
        if how in BY_SQL:
            sql(BY_SQL[how])
        elif how == "gone":
            with postgres.connected(home, "owner") as owner:
                owner.execute("delete from vault.lookup where person_id = %s", [one.person])
                owner.execute("delete from vault.person where id = %s", [one.person])
        elif how == "many":
            for each in others[: len(others) // 50 + 2]:
                reseal(each, **NEW)
        elif how == "damaged":
            (file,) = folder.glob("*.pieces")
            raw = bytearray(file.read_bytes())
            raw[len(raw) // 2] ^= 1
            file.write_bytes(raw)
        elif how == "seal":
            current = home.index / "current"
            current.write_text(current.read_text().replace('"renewed": 0', '"renewed": 1'))
        else:
            (folder / "people").write_bytes((folder / "people").read_bytes()[16:])
        said, counted = look_through()
        assert not before & pieces(home)
        assert set(said) == {each.person for each in everybody()}
        assert counted == frequencies(people[0] for people, _ in said.values())


@pytest.mark.parametrize("name", ["people", "counted"])
def test_what_was_checked_is_what_is_asked(held, monkeypatch, name):
    """Whoever changes a file between its check and its use changes nothing."""
    from beholden.register.vault import likeness

    later = likeness._later

    def and_a_file_is_changed(made):
        (made.folder / name).write_bytes((made.folder / name).read_bytes()[::-1])
        return later(made)

    with copy_of(held):
        wanted = look_through()
        monkeypatch.setattr(likeness, "_later", and_a_file_is_changed)
        assert look_through() == wanted


def test_every_writing_of_who_people_are_is_noted_by_the_database_itself(held):
    """Whatever sends it: our SQL, the ORM, or somebody at a console. What says nothing of who they are is not."""
    from beholden.register.vault import people
    from beholden.register.vault.models import Person, Written
    from beholden.register.vault.wall import keeper

    def noted(work):
        with keeper():
            before = Written.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            work()
            return [row.people for row in Written.objects.filter(pk__gt=before).order_by("pk")]

    with copy_of(held) as home:
        one, two, *_ = everybody()
        assert noted(lambda: people.renew_proof(one.person)) == []
        assert noted(lambda: Person.objects.filter(pk=one.person).update(contacts=b"sealed")) == []
        assert noted(lambda: Person.objects.filter(pk=one.person).update(names=one.blobs["names"])) == []
        for group in ("names", "birth", "address", "numbers"):
            (some,) = noted(
                lambda group=group: Person.objects.filter(pk=one.person).update(**{group: b"other"})
            )
            assert some == [one.person]
        (both,) = noted(lambda: Person.objects.filter(pk__in=[one.person, two.person]).update(names=b"x"))
        assert set(both) == {one.person, two.person}
        with postgres.connected(home, "owner") as owner:
            owner.execute("update vault.person set birth = '' where id = %s", [two.person])
            last = owner.execute("select people from vault.written order by id desc limit 1").fetchone()
        assert last == ([UUID(str(two.person))],)


def test_of_two_who_write_at_once_nobody_is_passed_over(held):
    """Numbers are in the order in which writings are seen: else whoever read the later one would never see the other."""
    import threading

    change = "update vault.person set birth = (select birth from vault.person where id = %s) where id = %s"

    def written_too():
        with postgres.connected(home, "owner") as other:
            other.execute(change, [three.person, two.person])

    with copy_of(held) as home, postgres.connected(home, "owner") as owner:
        one, two, three, *_ = everybody()
        later = threading.Thread(target=written_too)
        with owner.transaction():
            owner.execute("update vault.person set slot = slot where id = %s", [three.person])  # says nothing
            owner.execute("update vault.person set birth = names where id = %s", [one.person])
            later.start()
            later.join(timeout=1)
            assert later.is_alive(), "it did not wait"
            look_through()
            owner.execute(
                "update vault.person set birth = %s where id = %s", [one.blobs["birth"], one.person]
            )
        later.join(timeout=30)
        noted = [row for (row,) in owner.execute("select people from vault.written order by id").fetchall()]
        assert noted[-3:] == [[UUID(str(one.person))], [UUID(str(one.person))], [UUID(str(two.person))]]


def test_so_many_writings_are_remembered_and_no_more(held):
    with copy_of(held) as home, postgres.connected(home, "owner") as owner:
        owner.execute(BY_SQL["long ago"])
        assert owner.execute("select count(*) from vault.written").fetchone() == (65_536,)


def test_two_lists_are_compared_one_after_the_other(held):
    """Both make the index anew, and each takes away what is not its own."""
    import threading

    from django.db import connections

    came = []

    def second():
        try:
            came.append(asked(lambda known: known.register.people))
        finally:
            connections.close_all()

    def first(known):
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "it did not wait"
        assert came == []
        return known.register.people

    with copy_of(held) as home:
        (home.index / "current").unlink()
        other = threading.Thread(target=second)
        people = asked(first)
        other.join(timeout=30)
        assert came == [people]


def test_nobody_else_can_read_the_files_of_the_index(held):
    with copy_of(held) as home:
        fresh_look(home)
        files = [path for path in home.index.rglob("*") if path.is_file()]
        assert len(files) > 4
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_what_a_transaction_took_back_was_never_written(held):
    from beholden.register.vault.models import Person, Written
    from beholden.register.vault.wall import keeper

    class TakenBack(Exception):  # noqa: N818
        pass

    def noted():
        with keeper():
            return list(Written.objects.values_list("pk", "mark"))

    with copy_of(held):
        before = noted()
        one, *_ = everybody()

        def written_and_taken_back():
            with keeper():
                Person.objects.filter(pk=one.person).update(names=b"other")
                raise TakenBack

        with pytest.raises(TakenBack):
            written_and_taken_back()
        assert noted() == before


@pytest.mark.parametrize("many", [1, PUPILS * 10], ids=["by all cores", "here"])
@pytest.mark.parametrize("raw", [b"", bytes(99)], ids=["nothing", "noughts"])
def test_one_who_cannot_be_opened_is_refused_in_words(held, monkeypatch, many, raw):
    """Nobody is left out for damage without a word: a match that looks into half a register is no match (D21)."""
    from beholden.refusals import Refusal
    from beholden.register.vault import likeness

    with copy_of(held) as home:
        monkeypatch.setattr(likeness, "MANY", many)
        one = everybody()[PUPILS // 2]
        with postgres.connected(home, "owner") as owner:
            owner.execute("update vault.person set birth = %s where id = %s", [raw, one.person])
        for look in (look_through, lambda: fresh_look(home)):
            with pytest.raises(Refusal) as refused:
                look()
            assert refused.value.code == "register.blob_damaged"
            assert "fsck" in refused.value.next_step


@contextmanager
def nothing_noted(home):
    """Take away what is noted of a writing, as only the owner of the tables can."""
    yield
    with postgres.connected(home, "owner") as owner:
        owner.execute("delete from vault.written where id = (select max(id) from vault.written)")


def test_who_writes_people_can_neither_write_nor_remove_what_is_noted(held):
    from django.db import connection
    from django.db.utils import ProgrammingError

    from beholden.register.vault.wall import keeper

    def tried(text):
        with keeper(), connection.cursor() as cursor:
            cursor.execute(text)

    with copy_of(held):
        for text in (
            "insert into vault.written (mark) values (gen_random_uuid())",
            "update vault.written set people = null",
            "delete from vault.written",
            "select vault.note_writing(null)",
            "alter table vault.person disable trigger user",
        ):
            with pytest.raises(ProgrammingError):
                tried(text)


@pytest.mark.parametrize("many", [1, PUPILS * 10], ids=["by all cores", "here"])
def test_fsck_compares_the_index_with_everybody_in_the_vault(held, monkeypatch, many):
    """Should the database ever be told to note nothing, a full comparison says so (D36)."""
    from beholden.fsck.held import check_vault
    from beholden.register.vault import likeness

    monkeypatch.setattr(likeness, "MANY", many)
    monkeypatch.setattr(likeness, "_BATCH", PUPILS // 5)

    def said(home):
        return [one.code for one in check_vault(home)]

    with copy_of(held) as home:
        assert said(home) == []
        one, two, *_ = everybody()
        reseal(one, **NEW)
        assert said(home) == [], "one is known to have changed"
        look_through()
        assert said(home) == []
        with nothing_noted(home):
            reseal(two, **NEW)
        assert said(home) == ["fsck.index"]
        (home.index / "current").unlink()
        look_through()
        assert said(home) == []


@pytest.mark.parametrize("many", [1, PUPILS * 10], ids=["by all cores", "here"])
def test_fsck_knows_the_rows_of_those_who_came_later(held, monkeypatch, many):
    """Two came and are indexed, a third is known to have come; in whatever order their ids are met."""
    from beholden.register import queries
    from beholden.register.vault import likeness

    monkeypatch.setattr(likeness, "MANY", many)
    monkeypatch.setattr(likeness, "_BATCH", PUPILS // 5)
    monkeypatch.setattr(likeness, "ONE_IN", 10)
    with copy_of(held):
        for n in (1, 2):
            enter(**NEW, birth_date="2011-04-30", upn=f"Z10000000000{n}")
            look_through()
        enter(**NEW, birth_date="2011-04-30", upn="Z100000000003")
        assert not queries.index_differs()


def test_fsck_says_nothing_of_an_index_where_somebody_changes_while_everybody_is_read(held, monkeypatch):
    """A false alarm teaches to look away. The next one compares again."""
    from beholden.fsck.held import check_vault
    from beholden.register.vault import likeness

    read = likeness._everybody

    def and_somebody_changes():
        reseal(everybody()[0], **NEW)
        return read()

    with copy_of(held) as home:
        monkeypatch.setattr(likeness, "_everybody", and_somebody_changes)
        assert list(check_vault(home)) == []


@pytest.mark.parametrize("how", ["new", "gone", "damaged"])
def test_fsck_finds_an_index_that_is_short_of_somebody(held, how):
    from beholden.fsck.held import check_vault

    with copy_of(held) as home:
        if how == "new":
            with nothing_noted(home):
                enter(**NEW, birth_date="2011-04-30", upn="Z100000000001")
        elif how == "gone":
            with nothing_noted(home), postgres.connected(home, "owner") as owner:
                owner.execute("delete from vault.lookup where person_id = %s", [everybody()[0].person])
                owner.execute("delete from vault.person where id = %s", [everybody()[0].person])
        else:
            (file,) = next(path for path in home.index.iterdir() if path.is_dir()).glob("*.pieces")
            raw = bytearray(file.read_bytes())
            raw[-1] ^= 1
            file.write_bytes(raw)
        assert "fsck.index" in [one.code for one in check_vault(home)]
