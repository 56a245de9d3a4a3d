# SPDX-License-Identifier: Apache-2.0
"""A family's file is made from the hashes kept beside each list, and is the same file without them. D28."""

import os
from datetime import UTC, datetime

import pytest

import homes
from beholden.ledger.tags import TAG_BYTES, BucketTree, identifier, verify_bucket
from beholden.refusals import Refusal
from integration.played import played
from integration.world import REGISTRAR

AT = datetime(2026, 11, 2, tzinfo=UTC)
LIST = identifier({"a list": "of many"})


@pytest.fixture(scope="module")
def story(base_home, tmp_path_factory):
    with played(base_home, tmp_path_factory.mktemp("town")) as (home, world):
        yield home, world


@pytest.fixture
def home(story):
    with homes.copied(story[0]) as copy:
        yield copy


def the_file(world, *, came_later=False):
    """The file of who was held first, and stands in every registry; or of who came after the one that was handed over."""
    from beholden.gate.actions.proving import bundle
    from beholden.register.vault.models import Person
    from beholden.register.vault.wall import keeper

    with keeper():
        held = list(Person.objects.order_by("slot").values_list("pk", flat=True))
    return bundle(held[-1 if came_later else 0], by=REGISTRAR, at=world.at)


def crowns(home):
    return {path.name: path.read_bytes() for path in home.sets.glob("*.crown")}


def test_every_list_that_is_proved_from_has_its_crown(home):
    lists = {path.stem for kind in ("tags", "registry") for path in home.sets.glob(f"{kind}-*.set")}
    assert lists
    assert lists == {path.stem for path in home.sets.glob("*.crown")}


def proved_from(*, came_later):
    """The lists that a file of the story is proved from, by name: its one registry, and the one list that is no secret.

    Who came later stands in no registry that a handover names, so no handover's list has a bucket for them (D28). What is
    sealed is proved to nobody before it opens (D22).
    """
    from beholden.gate.models import Compulsion, Disclosure, Registry

    (registry,) = (one.elements for one in Registry.objects.select_related("elements"))
    (listed,) = (one.tags for one in Disclosure.objects.select_related("tags"))
    assert Compulsion.objects.filter(unsealed=None).exists()
    return {registry.path} if came_later else {registry.path, listed.path}


@pytest.mark.parametrize("came_later", [False, True], ids=["held then", "came later"])
def test_without_them_the_file_is_the_same_and_they_are_there_again(story, home, came_later):
    """As in a home from before there were any, or where one was lost."""
    from beholden.gate.sets import crown_name

    before, file = crowns(home), the_file(story[1], came_later=came_later)
    for name in before:
        (home.sets / name).unlink()
    assert the_file(story[1], came_later=came_later) == file
    again = {crown_name(path) for path in proved_from(came_later=came_later)}
    assert crowns(home) == {name: before[name] for name in again}


def test_one_that_is_wrong_changes_no_file(story, home):
    file = the_file(story[1])
    for path in home.sets.glob("*.crown"):
        path.write_bytes(bytes(len(path.read_bytes())))
    assert the_file(story[1]) == file


def damaged(crown):
    """Every way in which a crown is not the one of its list: a hash on the way changed, cut, longer, empty, another's."""
    return (
        crown[:32] + bytes([crown[32] ^ 1]) + crown[33:],
        crown[:-32],
        crown + bytes(32),
        b"",
        bytes(len(crown)),
    )


def test_a_wrong_one_is_never_believed_and_the_next_proof_puts_it_right(keeper_home):
    """It is derived from the list, which was just held against the log: nobody has to decide about it."""
    from beholden.gate import sets

    tree = BucketTree.build(LIST, TAG_BYTES, [n.to_bytes(4) * 4 for n in range(0, 2**32, 2**20)])
    kept = sets.keep_list("tags", tree, at=AT)
    path, wanted = keeper_home.sets / sets.crown_name(kept.path), tree.items[:16]
    for wrong in damaged(tree.crown):
        path.write_bytes(wrong)
        assert sets.prove(kept, LIST, TAG_BYTES, tree.committed, wanted) == tree.proof(wanted)
        assert path.read_bytes() == tree.crown


def test_a_list_that_is_cut_while_it_is_read_refuses_and_kills_nobody(keeper_home, monkeypatch):
    """As when somebody copies over it: a mapped file would end the whole process."""
    from beholden.gate import sets

    tree = BucketTree.build(LIST, TAG_BYTES, [n.to_bytes(4) * 4 for n in range(0, 2**32, 2**20)])
    kept = sets.keep_list("tags", tree, at=AT)
    path = keeper_home.sets / kept.path
    size_of = sets._OnDisk.__init__

    def cut_after(self, file):
        size_of(self, file)
        os.truncate(path, 16)

    monkeypatch.setattr(sets._OnDisk, "__init__", cut_after)
    with pytest.raises(Refusal, match=r"^gate\.set_changed:"):
        sets.prove(kept, LIST, TAG_BYTES, tree.committed, tree.items[-16:])


def test_a_disk_that_takes_nothing_keeps_no_family_waiting(story, home, monkeypatch):
    from beholden.gate import sets

    file = the_file(story[1])
    for path in home.sets.glob("*.crown"):
        path.unlink()

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sets, "write_durably", full)
    assert the_file(story[1]) == file
    assert not crowns(home)


def test_only_the_pages_of_one_bucket_are_read_and_they_are_held_against_the_root(keeper_home):
    """What was changed elsewhere in a large list is for fsck; what was changed here is never handed out."""
    from beholden.gate import sets

    tree = BucketTree.build(LIST, TAG_BYTES, [n.to_bytes(4) * 4 for n in range(0, 2**32, 2**20)])
    kept = sets.keep_list("tags", tree, at=AT)
    path = keeper_home.sets / kept.path
    wanted = tree.items[:16]
    shown = tree.proof(wanted)
    path.write_bytes(tree.items[:-16] + bytes(16))
    assert sets.prove(kept, LIST, TAG_BYTES, tree.committed, wanted) == shown
    assert verify_bucket(LIST, TAG_BYTES, tree.committed, wanted, shown) == wanted
    path.write_bytes(b"\1" + tree.items[1:])
    with pytest.raises(Refusal, match=r"^gate\.set_changed:"):
        sets.prove(kept, LIST, TAG_BYTES, tree.committed, wanted)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        sets.prove(kept, LIST, TAG_BYTES, tree.committed, wanted)
