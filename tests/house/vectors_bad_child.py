# SPDX-License-Identifier: Apache-2.0
"""The files that fail in what they show of one child: its place, its key, lists, tags, buckets, paths: steps 6 to 13.

Where a list itself lies, the log has fixed the lie, and the file's path leads to it: so a reader that leaves the one
rule out lets the file pass.
"""

from dataclasses import replace

from beholden.ledger import tags
from beholden.ledger.bundle import Membership, Place
from beholden.ledger.tree import node_hash
from beholden.ledger.vocabulary.terms import ListOf
from house.vectors_made import (
    DEEP,
    UNKEYED,
    Forged,
    Vector,
    bad,
    climbed,
    deep,
    first_opening,
    first_proof,
    flat,
    forged,
    heard,
    keyed,
    one_bucket,
    only_place,
)
from ledger_builder import Keeper

_ORDER = 2**252 + 27742317777372353535851937790883648493  # of the prime group, RFC 8032 section 5.1
_S = 48  # where s begins in a proof, RFC 9381 section 5.5
_BESIDE = bytes([7]) * 32


def vectors() -> list[Vector]:
    """All of them, in the order of the steps."""
    return [*_places(), *_keys(), *_depths(), *_buckets(), *_tags(), *_paths(), *_whole(), *_earlier()]


def _places() -> list[Vector]:
    keeper, lot = flat(), Keeper(by_lot=frozenset({1}))
    lot.handover(lot.registry([1, 2]), [1])
    bundle, drawn = keeper.bundle(1), Place(drawn=bytes(32), proof=None)
    proof = bundle.place.proof
    larger = int.from_bytes(proof[_S:], "little") + _ORDER
    return [
        bad("number-of-another-child", "The honest file of child 2, asked with the number of child 1.", keeper, 6, keeper.bundle(2)),
        bad("number-and-a-drawn-place", "A number was typed, and the place was drawn by lot.", lot, 6),
        bad("proof-of-weak-point", "The proof's point is of small order.", keeper, 6, only_place(bundle, proof=b"\x01" + bytes(31) + proof[32:]), number=None),
        bad("proof-challenge-nought", "The proof's challenge is nought.", keeper, 6, only_place(bundle, proof=proof[:32] + bytes(16) + proof[_S:]), number=None),
        bad("proof-number-too-large", "The same proof with the order added to s.", keeper, 6, only_place(bundle, proof=proof[:_S] + larger.to_bytes(32, "little"))),
        bad("proof-changed", "One bit of s is another.", keeper, 6, only_place(bundle, proof=proof[:_S] + bytes([proof[_S] ^ 1]) + proof[_S + 1 :])),
        bad("place-proved-and-drawn", "Both at once.", keeper, 6, only_place(bundle, drawn=bytes(32)), number=None),
        bad("place-neither", "Neither of both.", keeper, 6, only_place(bundle, proof=None), number=None),
        bad("place-without-a-key", "A place, and no list of keys is opened.", keeper, 6, replace(keeper.bundle(UNKEYED), place=drawn), number=None),
        bad("key-without-a-place", "A list of keys is opened, and the file names no place.", keeper, 6, replace(bundle, place=None)),
    ]  # fmt: skip


def _keys() -> list[Vector]:
    keeper = flat()
    mine, other = keeper.bundle(1), keeper.bundle(2)
    absent, later = keyed(), keyed()
    absent.handover(0, [1])
    nowhere = absent.registries[0][0].proof(tags.label(absent.place(9), absent.registries[0][0].list_id))
    strange = replace(absent.bundle(1), place=absent.shown_place(9))
    second = later.registry([1, 2, 3])
    later.handover(second, [1])
    shown = later.bundle(1, opened=[second])
    old = later.registries[0][0].proof(tags.label(later.place(1), later.registries[0][0].list_id))
    swapped = first_opening(mine, y=other.registry[0].y)
    return [
        bad("key-of-another-child", "Another child's key at this child's place, and the proofs for it.", keeper, 7, replace(swapped, proofs=other.proofs)),
        bad("leaf-of-another-child", "Another child's whole opening, at this child's place.", deep(), 7, _leaf_of_another()),
        bad("key-made-up", "A key that the list of keys does not commit to.", keeper, 7, first_opening(mine, y=bytes(32))),
        bad("no-key-at-the-place", "The list of keys has none at the place that the file names.", absent, 7, first_opening(strange, bucket=nowhere.bucket, path=nowhere.path), number=absent.number(9)),
        bad("opening-of-an-old-registry", "Bucket and key of an older list of keys.", later, 7, first_opening(shown, bucket=old.bucket, path=old.path, y=later.y(0, 1))),
    ]  # fmt: skip


def _leaf_of_another():
    keeper = deep()
    mine = keeper.bundle(1)
    other = next(
        keeper.bundle(child)
        for child in (2, 3)
        if keeper.bundle(child).registry[0].bucket != mine.registry[0].bucket
    )
    return replace(mine, registry=other.registry, proofs=other.proofs)  # fmt: skip


def _depths() -> list[Vector]:
    unshown, flatter = keyed(), keyed(DEEP)
    unshown.handover(0, [1], set=ListOf(depth=3, n=10, root=bytes(32)))
    header = flatter.header(0)
    list_id = tags.identifier(header.to_json())
    items = sorted([tags.tag(flatter.y(0, 1), list_id), *(flatter.bytes(16) for _ in range(DEEP - 1))])
    root = tags.bucket_hash(list_id, 16, 0, 0, b"".join(items))
    flatter.handover(0, [1], header=header, id=list_id, set=ListOf(depth=0, n=DEEP, root=root))
    shown = first_proof(flatter.bundle(1), bucket=tuple(items), path=())
    return [
        bad("depth-of-an-unshown-list", "Ten tags in a tree of three levels, in a file that does not show them.", unshown, 8, unshown.bundle(UNKEYED), number=None),
        bad("depth-too-small", "Seventy tags in one bucket, all of them shown.", flatter, 8, shown),
    ]  # fmt: skip


def _buckets() -> list[Vector]:
    def more(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        return one_bucket(list_id, sorted([tag, *(keeper.bytes(16) for _ in range(10))]))

    def unsorted(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        return one_bucket(list_id, sorted([tag, *(keeper.bytes(16) for _ in range(9))])[::-1])

    def twice(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        return one_bucket(list_id, sorted([tag, tag, *(keeper.bytes(16) for _ in range(8))]))

    def elsewhere(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        """The true tags of the bucket, and one that belongs into another."""
        there = bytes([tag[0] ^ 0x80]) + tag[1:]
        items = sorted([tag, there])
        index, path = tags.bucket_index(tag, 2), (_BESIDE, _BESIDE)
        return items, path, climbed(tags.bucket_hash(list_id, 16, 2, index, b"".join(items)), index, path)

    keeper = deep()
    held = keeper.lists[1][0]
    tag = tags.tag(keeper.y(0, 1), held.list_id)
    beside = held.proof(bytes([tag[0] ^ 0x80]) + tag[1:])
    return [
        bad("tags-more-than-counted", "Eleven tags in a list of ten, as it was fixed.", *_at(10, forged(10, more))),
        bad("tags-unsorted", "The tags stand in falling order, as it was fixed.", *_at(10, forged(10, unsorted))),
        bad("tag-twice", "One tag stands there twice, as it was fixed.", *_at(10, forged(10, twice))),
        bad("tag-in-a-wrong-bucket", "A tag stands where it does not belong, as it was fixed.", *_at(10, forged(DEEP, elsewhere))),
        bad("bucket-of-a-wrong-index", "The true bucket and path of another index, where the child's tag is not.", keeper, 10, first_proof(keeper.bundle(1), bucket=beside.bucket, path=beside.path)),
    ]  # fmt: skip


def _at(step: int, made):
    keeper, bundle = made
    return keeper, step, bundle


def _tags() -> list[Vector]:
    keeper = flat()
    keeper.handover(0, [1, 2])
    mine, without = keeper.bundle(1), keeper.bundle(2)
    list_id = keeper.intent(1).id
    tag, of_two = (tags.tag(keeper.y(0, child), list_id) for child in (1, 2))
    bucket = mine.proofs[0].bucket
    others = [one for one in bucket if one != tag]

    def instead(*added: bytes) -> tuple[bytes, ...]:
        return tuple(sorted([*others, *added]))

    return [
        bad("tag-dropped", "The child's tag is taken out of its bucket.", keeper, 11, first_proof(mine, bucket=instead())),
        bad("tag-random", "A random tag stands in the place of the child's.", keeper, 11, first_proof(mine, bucket=instead(bytes(range(16))))),
        bad("tag-swapped", "Another child's tag stands in the place of the child's.", keeper, 11, first_proof(mine, bucket=instead(of_two))),
        bad("tag-put-in", "A child who was not in it is shown in.", keeper, 11, first_proof(without, bucket=tuple(sorted([*bucket[1:], of_two]))), number=keeper.number(2)),
        bad("bucket-of-another-handover", "The bucket of another handover.", keeper, 11, first_proof(mine, bucket=mine.proofs[1].bucket)),
    ]  # fmt: skip


def _paths() -> list[Vector]:
    def longer(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        index, path = tags.bucket_index(tag, 2), (_BESIDE,) * 3
        return [tag], path, climbed(tags.bucket_hash(list_id, 16, 2, index, tag), index, path)

    def shorter(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        index, path = tags.bucket_index(tag, 2), (_BESIDE,)
        return [tag], path, climbed(tags.bucket_hash(list_id, 16, 2, index, tag), index, path)

    def other_index(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        index, path = tags.bucket_index(tag, 2) ^ 1, (_BESIDE,) * 2
        return [tag], path, climbed(tags.bucket_hash(list_id, 16, 2, index, tag), index, path)

    def other_list(keeper: Keeper, list_id: bytes, tag: bytes) -> Forged:
        return one_bucket(bytes(16), [tag])

    keeper = deep()
    proof = keeper.bundle(1).proofs[0]
    turned = first_proof(keeper.bundle(1), path=proof.path[::-1])
    lifted = first_proof(
        keeper.bundle(1), bucket=(), path=(*proof.path[1:], node_hash(proof.path[0], proof.path[0]))
    )
    return [
        bad("path-long", "A tree of three levels where the size demands two, as it was fixed.", *_at(11, forged(DEEP, longer))),
        bad("path-short", "A tree of one level where the size demands two, as it was fixed.", *_at(11, forged(DEEP, shorter))),
        bad("bucket-hashed-under-another-index", "The tag's bucket stands in another's place, as it was fixed.", *_at(11, forged(DEEP, other_index))),
        bad("bucket-hashed-under-another-name", "The bucket is hashed under another list's name, as it was fixed.", *_at(11, forged(10, other_list))),
        bad("path-turned-round", "The path goes from the root downward.", keeper, 11, turned),
        bad("bucket-emptied", "An empty bucket, with the hashes of somewhere else.", keeper, 11, lifted),
    ]  # fmt: skip


def _whole() -> list[Vector]:
    keeper = flat()
    keeper.handover(0, [2])
    bundle = keeper.bundle(1)
    one, two = bundle.proofs
    sealed = flat()
    seq = sealed.seal(0, [1])
    built, details, _, _ = sealed.hidden[seq]
    told = built.proof(tags.tag(sealed.y(0, 1), details.id))
    more = Membership(bucket=told.bucket, entry=len(sealed.entries) - 1, path=told.path)
    opened = bundle.registry[0]
    return [
        bad("proof-left-out", "No proof for the second handover.", keeper, 12, replace(bundle, proofs=(one,))),
        bad("proofs-reordered", "The proofs stand in another order.", keeper, 12, replace(bundle, proofs=(two, one))),
        bad("proof-twice", "A proof stands there twice.", keeper, 12, replace(bundle, proofs=(one, two, two))),
        bad("proof-of-no-handover", "A proof for an entry that is none.", keeper, 12, replace(keeper.bundle(UNKEYED), proofs=(Membership(bucket=(), entry=0, path=()),)), number=None),
        bad("proof-of-a-sealed-handover", "A true proof for a seal that is not open.", sealed, 12, replace(sealed.bundle(1), proofs=(*sealed.bundle(1).proofs, more))),
        bad("registry-opened-twice", "A list of keys is opened twice.", keeper, 12, replace(bundle, registry=(opened, opened))),
        bad("registry-that-is-none", "A handover is opened as if it were a list of keys.", keeper, 12, replace(bundle, registry=(replace(opened, entry=1),))),
    ]  # fmt: skip


def _earlier() -> list[Vector]:
    before, fork, backdated = heard(), keyed(), heard()
    old = before.bundle(1).print()
    fork.handover(0, [2, 3])
    fork.outcome(1)
    fork.handover(0, [1])
    backdated.entries[2] = backdated.entries[2].replace(b'{"at":"2026-09-04', b'{"at":"2026-09-03')
    two = flat()
    two.registry([1])
    both = two.bundle(1)
    hidden = replace(both, registry=both.registry[:1])
    other = Keeper(seed=8)
    other.handover(other.registry([1]), [1])
    short = keyed()
    short.handover(0, [1, 3])
    return [
        bad("log-forked", "A log that has another past than the earlier file, truly signed.", fork, 13, earlier=old),
        bad("log-backdated", "An entry has another day than in the earlier file, truly signed.", backdated, 13, earlier=old),
        bad("log-shorter", "The log has fewer entries than in the earlier file.", short, 13, earlier=old),
        bad("log-of-another-key", "A log of another key, where none was given.", other, 13, earlier=old, key=None),
        bad("place-exchanged", "Another child's file, where no number was typed.", before, 13, before.bundle(2), earlier=old, number=None),
        bad("key-no-longer-shown", "A key that the earlier file shows is left out.", two, 13, hidden, earlier=both.print()),
    ]  # fmt: skip
