# SPDX-License-Identifier: Apache-2.0
"""A policy is read whole or not at all, and a quorum is what it says. c2sp.org/tlog-policy; D27."""

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beholden.ledger.checkpoint import Checkpoint, sign_checkpoint
from beholden.ledger.cosignature import WitnessKey, cosign
from beholden.ledger.note import Key, Note, NoteNotSigned, Signature
from beholden.ledger.policy import NotWitnessed, Policy, PolicyMalformed, printable

ORIGIN = "records.example/handovers"
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
LOG = Key.of_seed(ORIGIN, bytes(32))
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
SEEDS = {name: bytes([number]) * 32 for number, name in enumerate(NAMES, 1)}
VKEYS = {name: WitnessKey.of_seed(f"{name}.example", seed).print() for name, seed in SEEDS.items()}
STATE = Checkpoint(ORIGIN, 7, bytes(range(32)))
# The example of the specification, with keys filled in.
EXAMPLE = f"""log {LOG.print()}

witness X1 {VKEYS["X1"]}
witness X2 {VKEYS["X2"]}
witness X3 {VKEYS["X3"]}
group X-witnesses 2 X1 X2 X3

witness Y1 {VKEYS["Y1"]}
witness Y2 {VKEYS["Y2"]}
witness Y3 {VKEYS["Y3"]}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def note(*witnesses, state=STATE, seed=bytes(32)):
    signed = Note.parse(sign_checkpoint(state, seed=seed))
    lines = (cosign(signed.text, name=f"{one}.example", seed=SEEDS[one], at=AT) for one in witnesses)
    return Note(signed.text, (*signed.signatures, *lines)).print()


def enough(seen):
    """The example's rule, written down without groups."""
    return len(seen & {"X1", "X2", "X3"}) >= 2 and bool(seen & {"Y1", "Y2", "Y3"})


@pytest.mark.parametrize("size", range(len(NAMES) + 1))
def test_the_example_s_quorum_over_every_set_of_witnesses(size):
    policy = Policy.parse(EXAMPLE.encode())
    for some in combinations(NAMES, size):
        if enough({*some}):
            assert dict(policy.check(note(*some), origin=ORIGIN).seen) == dict.fromkeys(some, AT)
        else:
            with pytest.raises(NotWitnessed):
                policy.check(note(*some), origin=ORIGIN)


def test_no_witness_is_needed_where_the_policy_says_none():
    policy = Policy.parse(f"log {LOG.print()}\nquorum none\n".encode())

    assert policy.check(note(), origin=ORIGIN).checkpoint == STATE


def test_the_log_s_own_signature_is_never_done_without():
    """A quorum of witnesses vouches for growth, and not for whose log it is."""
    policy = Policy.parse(EXAMPLE.encode())
    every = note(*NAMES, seed=bytes([9]) * 32)

    with pytest.raises(NoteNotSigned):
        policy.check(every, origin=ORIGIN)
    with pytest.raises(NoteNotSigned):
        policy.check(note(*NAMES), origin="records.example/events")


def test_a_single_false_line_of_a_known_witness_refuses_all():
    policy = Policy.parse(EXAMPLE.encode())
    whole = Note.parse(note(*NAMES))
    other = Note.parse(note("Y3", state=Checkpoint(ORIGIN, 8, bytes(32)))).signatures[-1]
    swapped = Note(whole.text, (*whole.signatures[:-1], other)).print()

    with pytest.raises(NoteNotSigned):
        policy.check(swapped, origin=ORIGIN)


def test_a_line_of_a_witness_that_is_not_known_is_ignored():
    policy = Policy.parse(EXAMPLE.encode())
    whole = Note.parse(note("X1", "X2", "Y1"))
    stranger = Signature("stranger.example", b"1234", bytes(72))

    found = policy.check(Note(whole.text, (*whole.signatures, stranger)).print(), origin=ORIGIN)

    assert set(found.seen) == {"X1", "X2", "Y1"}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("", "no line that says the quorum"),
        ("quorum X1", "no line before it defines"),
        ("quorum none\nquorum none", "said once"),
        (f"witness none {VKEYS['X1']}\nquorum none", "taken"),
        (f"witness X1 {VKEYS['X1']}\nwitness X1 {VKEYS['X2']}\nquorum none", "taken"),
        (f"witness X1 {VKEYS['X1']}\nwitness X2 {VKEYS['X1']}\nquorum none", "another line"),
        (f"log {LOG.print()}\nlog {LOG.print()}\nquorum none", "another line"),
        (f"log {VKEYS['X1']}\nquorum none", "another type"),
        (f"witness X1 {LOG.print()}\nquorum none", "another type"),
        (f"witness X1 {VKEYS['X1']}\ngroup G 2 X1\nquorum G", "from 1 to 1"),
        (f"witness X1 {VKEYS['X1']}\ngroup G 0 X1\nquorum G", "from 1 to 1"),
        (f"witness X1 {VKEYS['X1']}\ngroup G 01 X1\nquorum G", "from 1 to 1"),
        (f"witness X1 {VKEYS['X1']}\ngroup G ١ X1\nquorum G", "from 1 to 1"),
        (f"witness X1 {VKEYS['X1']}\ngroup G any\nquorum G", "their form"),
        (f"witness X1 {VKEYS['X1']}\ngroup G any X1 X1\nquorum G", "one group only"),
        (f"witness X1 {VKEYS['X1']}\ngroup G any X1\ngroup H any X1\nquorum H", "one group only"),
        ("group G any G\nquorum G", "no line before it defines"),
        ("group G any none\nquorum G", "no line before it defines"),
        (f"witness X1 {VKEYS['X1']} https://a https://b\nquorum none", "their form"),
        ("Quorum none", "their form"),
        ("quorum none\r", "control character"),
        ("quorum none \x00", "control character"),
        ("quorum none \x7f", "control character"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(lines, says):
    with pytest.raises(PolicyMalformed, match=says):
        Policy.parse(f"{lines}\n".encode() if lines else b"")


def test_space_comments_and_addresses_are_as_the_specification_allows():
    text = f"\t# of two\n\n  witness \t a\u00e9 {VKEYS['X1']}  https://w.example \nquorum\ta\u00e9\n"
    policy = Policy.parse(text.encode())

    assert policy.witnesses["a\u00e9"].url == "https://w.example"
    with pytest.raises(PolicyMalformed, match="does not end"):
        Policy.parse(text.encode()[:-1])


def test_bytes_above_ascii_are_opaque_names():
    policy = Policy.parse(b"witness \xff\xfe " + VKEYS["X1"].encode() + b"\nquorum \xff\xfe\n")

    assert len(policy.witnesses) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_refused_by_name(raw):
    try:
        Policy.parse(raw)
    except PolicyMalformed as no:
        assert no.code == "ledger.policy_malformed"


def test_a_policy_is_bounded():
    with pytest.raises(PolicyMalformed):
        Policy.parse(b"#" * 100_001 + b"\nquorum none\n")


# --- keys that may not stand in one, and limits ---

P = 2**255 - 19
WEAK = (0, 1, P - 1, P, P + 1, 2**255, 2**255 + 1)


@pytest.mark.parametrize("kind", [Key, WitnessKey])
@pytest.mark.parametrize("number", [*WEAK, P + 2, P + 18, 2**255 + P + 3])
def test_a_key_under_which_anybody_can_sign_or_with_two_spellings_is_refused(kind, number):
    """D27: with such a key a quorum is nobody's word."""
    vkey = kind("w.example", number.to_bytes(32, "little")).print()
    word = "log" if kind is Key else "witness w"

    with pytest.raises(PolicyMalformed, match=r"Line 2 of the policy: its key is (one under which|a second)"):
        Policy.parse(f"# weak\n{word} {vkey}\nquorum none\n".encode())


def test_a_witness_of_small_order_would_sign_anything():
    """Why: such a key is of nobody, and one signature fits what it never saw. So the line is refused, and not the note."""
    weak = WitnessKey("w.example", (1).to_bytes(32, "little"))
    forged = bytes(8) + (1).to_bytes(32, "little") + bytes(32)
    text = STATE.print()

    weak.check(text, forged)
    with pytest.raises(PolicyMalformed, match="anybody can sign"):
        Policy.parse(f"log {LOG.print()}\nwitness w {weak.print()}\nquorum w\n".encode())


def lines(count):
    for number in range(count):
        key = WitnessKey.of_seed("w.example", number.to_bytes(32, "big"))
        yield f"witness w{number} {key.print()}\n"


def nested(depth):
    groups = "".join(f"group g{at} any {f'g{at - 1}' if at else 'w0'}\n" for at in range(depth))
    return f"{''.join(lines(1))}{groups}quorum g{depth - 1}\n".encode()


def test_witnesses_groups_and_nesting_are_bounded():
    policy = Policy.parse(nested(32))
    assert policy.seen_by(Note.parse(note())) == {}
    assert len(Policy.parse(("".join(lines(63)) + "quorum none\n").encode()).witnesses) == 63
    flat = "".join(lines(63)) + "".join(f"group g{at} any w{at}\n" for at in range(63))
    assert len(Policy.parse((flat + "group all all g0\nquorum all\n").encode()).groups) == 64
    for raw, says in (
        (nested(33), "at most 32 groups stand within one another"),
        (nested(60), "at most 32 groups stand within one another"),
        (("".join(lines(64)) + "quorum none\n").encode(), "at most 63 witnesses"),
        ((flat + "group a any g0\ngroup b any g1\nquorum b\n").encode(), "at most 64 groups"),
    ):
        with pytest.raises(PolicyMalformed, match=says):
            Policy.parse(raw)


def test_a_name_that_is_no_text_can_be_printed():
    assert printable("pr\u00e9ss") == "pr\u00e9ss"
    (name,) = Policy.parse(b"witness \xff\xfe " + VKEYS["X1"].encode() + b"\nquorum none\n").witnesses
    assert printable(name).encode() == b"\\xff\\xfe"
