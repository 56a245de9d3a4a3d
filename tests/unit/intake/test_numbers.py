# SPDX-License-Identifier: Apache-2.0
"""D1, D5: why a pupil number or learner number is wrong, against published worked values."""

import random
import re

import pytest

from beholden.intake import numbers


@pytest.mark.parametrize(
    ("body", "letter", "source"),
    [
        ("801200005001", "B", "python-stdnum, stdnum.gb.upn, documented example"),
        ("823432112004", "Q", "by hand: sum 175"),
        ("92400001100A", "P", "temporary number, the last letter counts 0"),
        ("33040002601A", "L", "temporary number, the last letter counts 0"),
    ],
)
def test_check_letter_of_worked_numbers(body: str, letter: str, source: str):
    assert numbers.upn_check_letter(body) == letter, source


def test_vendor_example_is_wrong_and_we_do_not_repeat_it():
    """Two vendors' help pages print the sum 267 and the letter Q for this number; by the standard it is 266 and P."""
    body = "207000016049"
    products = [2 * 2, 0 * 3, 7 * 4, 0 * 5, 0 * 6, 0 * 7, 0 * 8, 1 * 9, 6 * 10, 0 * 11, 4 * 12, 9 * 13]
    assert sum(products) == 266
    assert 266 % 23 == 13
    assert numbers.upn_check_letter(body) == numbers.CHECK_LETTERS[13] == "P"
    assert [f.rule for f in numbers.upn_faults("Q" + body)] == ["1510"]
    assert numbers.upn_faults("P" + body) == ()


def test_check_letters_leave_out_three_and_number_twenty_three():
    assert len(set(numbers.CHECK_LETTERS)) == 23
    assert not set("IOS") & set(numbers.CHECK_LETTERS)
    assert sorted(numbers.CHECK_LETTERS) == list(numbers.CHECK_LETTERS)


def test_temporary_letter_counts_with_its_own_value():
    """GDSC UPN v2.0, validation 6: Z counts 22, so it adds 22 x 13 = 286 = 10 mod 23 to what A gives."""
    with_a = numbers.CHECK_LETTERS.index(numbers.upn_check_letter("80120000500A"))
    with_z = numbers.CHECK_LETTERS.index(numbers.upn_check_letter("80120000500Z"))
    assert (with_z - with_a) % 23 == 22 * 13 % 23 == 10


GOOD = "B801200005001"


@pytest.mark.parametrize(
    ("upn", "rules"),
    [
        (GOOD, []),
        ("", ["1500"]),
        ("B80120000500", ["1510"]),
        ("B8012000050011", ["1510"]),
        ("A801200005001", ["1510"]),
        ("b801200005001", ["1510"]),
        ("I801200005001", ["1510"]),
        ("1801200005001", ["1510"]),
        ("B8012000X5001", ["1540"]),
        ("B80120000500S", ["1550"]),
        ("B80120000500a", ["1550"]),
        ("B80120000500٣", ["1550"]),
        ("B8012000٣5001", ["1540"]),
        ("B80X200005001", ["1530"]),
        ("I99920000X00O", ["1510", "1530", "1540", "1550"]),
    ],
)
def test_each_fault_has_its_rule(upn: str, rules: list[str]):
    assert [fault.rule for fault in numbers.upn_faults(upn)] == rules


def test_a_right_letter_does_not_hide_an_unknown_authority():
    body = "999200005001"
    assert [f.rule for f in numbers.upn_faults(numbers.upn_check_letter(body) + body)] == ["1530"]


def test_every_single_wrong_digit_is_seen():
    """The weights 2 to 13 are coprime to 23, so that no single digit can change unseen."""
    for place in range(4, 13):
        for digit in set("0123456789") - {GOOD[place]}:
            assert numbers.upn_faults(GOOD[:place] + digit + GOOD[place + 1 :]), place


def test_every_swap_of_neighbours_is_seen():
    """Neighbouring weights differ by one, so that two digits in the wrong order always show."""
    rng = random.Random(20261123)
    for _ in range(300):
        body = "801" + "".join(rng.choice("0123456789") for _ in range(9))
        right = numbers.upn_check_letter(body)
        for i in range(3, 11):
            if body[i] != body[i + 1]:
                swapped = body[:i] + body[i + 1] + body[i] + body[i + 2 :]
                assert numbers.upn_check_letter(swapped) != right


def test_authorities_of_the_rule():
    allowed = numbers.UPN_AUTHORITIES
    assert {"001", "005", "201", "420", "660", "681", "838", "839", "896", "938", "940", "943"} <= allowed
    assert not {"000", "006", "200", "214", "804", "809", "814", "999", "939", "1", "01"} & allowed
    assert all(re.fullmatch(r"[0-9]{3}", code) for code in allowed)


def test_authorities_are_in_the_collections_own_list(shared):
    """The collection lists more codes than the rule; only three pseudo codes of the rule are not among them."""
    text = (shared / "data" / "school_census_tables_2026.csv").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith("spring,schoolcensus,lea,"))
    known = set(row.rsplit(",", 1)[1].split("|"))
    assert {"002", "004", "005"} == numbers.UPN_AUTHORITIES - known


@pytest.mark.parametrize(
    "body", ["", "80120000500", "8012000050011", "8012000O5001", "80120000500I", "٣01200005001"]
)
def test_no_letter_for_what_is_no_body(body: str):
    with pytest.raises(ValueError, match="eleven digits"):
        numbers.upn_check_letter(body)


def test_published_learner_number():
    """HESA, field ULN: 9276308686. Weighted 10 to 1 its digits leave 10 modulo 11."""
    assert numbers.uln_faults("9276308686") == ()
    assert sum(int(c) * w for c, w in zip("9276308686", range(10, 0, -1), strict=True)) % 11 == 10


@pytest.mark.parametrize(
    "uln", ["", "927630868", "92763086866", "9276308687", "0276308686", "927630868X", "٣276308686"]
)
def test_wrong_learner_numbers(uln: str):
    assert [fault.rule for fault in numbers.uln_faults(uln)] == ["1575"]


def test_nine_digits_whose_remainder_is_nought_begin_no_learner_number():
    first = next(str(n) for n in range(100_000_000, 100_000_100) if numbers.uln_check_digit(str(n)) is None)
    assert sum(int(c) * w for c, w in zip(first, range(10, 1, -1), strict=True)) % 11 == 0
    assert all(numbers.uln_faults(first + digit) for digit in "0123456789")


def test_both_statements_of_the_learner_rule_agree():
    rng = random.Random(7)
    for _ in range(2_000):
        uln = str(rng.randrange(10**9, 10**10))
        whole = sum(int(c) * w for c, w in zip(uln, range(10, 0, -1), strict=True)) % 11 == 10
        assert whole == (numbers.uln_faults(uln) == ())


def test_no_sentence_carries_the_number():
    for wrong in ("A801200005001", "I99920000X00O", "B80120000500S"):
        for fault in numbers.upn_faults(wrong):
            assert wrong not in fault.sentence
            assert wrong[4:12] not in fault.sentence
    assert all("9276308687" not in fault.sentence for fault in numbers.uln_faults("9276308687"))
