# SPDX-License-Identifier: Apache-2.0
"""How often lists are matched wrongly, from drawn pairs: what may be said of one list, of a year, of a group (D32)."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from beholden.gate.error_rates import OfBody, OfGroup, OfLists, Seen, of_list, plain, read, tally, year_until
from beholden.gate.error_rates import of_year as of_lists
from beholden.gate.group_names import slug
from beholden.gate.sampled import EACH, Stratum
from beholden.ledger.vocabulary.terms import band
from beholden.linkage.sampling import Opinion

SAME, OTHER, CANNOT = Opinion.SAME, Opinion.DIFFERENT, Opinion.CANNOT_SAY
GIRL, BOY = {"sex": "girls"}, {"sex": "boys"}


def seen(stratum, says, times, groups=GIRL):
    return [Seen(stratum, says, groups)] * times


def one_list(*drawn, taken=0, near=0, far=0, looked_same=0):
    pairs = {"taken": taken, "near": near, "far": far}
    return tally(pairs, [one for some in drawn for one in some], looked_same)


def by_turns(kept, bodies=3):
    return [OfBody(f"body-{place % bodies}", one) for place, one in enumerate(kept)]


def of_year(kept, bodies=3):
    """The figures of lists that some bodies handed in by turns, all since the last figures."""
    return of_lists(by_turns(kept, bodies), by_turns(kept, bodies))


def test_what_is_kept_reads_back_and_is_counts_alone():
    kept = one_list(seen(Stratum.TAKEN, SAME, 3), seen(Stratum.TAKEN, OTHER, 1, BOY), taken=9)
    assert read(plain(kept)) == kept
    assert plain(kept)["strata"]["taken"] == {
        "pairs": 9,
        "whole": {"drawn": 4, "wrong": 1, "unsaid": 0},
        "groups": {
            "sex": {
                "boys": {"drawn": 1, "wrong": 1, "unsaid": 0},
                "girls": {"drawn": 3, "wrong": 0, "unsaid": 0},
            }
        },
    }


def test_what_is_wrong_is_another_person_of_who_was_taken_and_the_same_of_who_was_passed():
    kept = one_list(
        seen(Stratum.TAKEN, OTHER, 2),
        seen(Stratum.NEAR, SAME, 3),
        seen(Stratum.FAR, OTHER, 4),
        taken=2,
        near=3,
        far=4,
    )
    assert [kept.strata[stratum].whole.wrong for stratum in ("taken", "near", "far")] == [2, 3, 0]


def beside(kept, *, by_number=0, by_values=0):
    """What is said of one list, beside the bands of whom the rules took by number and by what is known."""
    return of_list(kept, [band(by_number), band(by_values)])


def rightly_taken(taken, **more):
    return one_list(
        seen(Stratum.TAKEN, SAME, min(taken, EACH)),
        seen(Stratum.FAR, SAME, EACH),
        taken=taken,
        far=EACH,
        **more,
    )


def test_of_a_list_nothing_is_said_that_its_bands_do_not_say_already():
    """Who hands in thirty good records and reads a figure would know that all are in it: so who is missing said no (D13)."""
    said = {
        taken: beside(rightly_taken(taken), by_values=taken) for taken in (0, 1, 29, 30, 64, 65, 512, 1_500)
    }
    assert {said[taken] for taken in (0, 1, 29, 30, 64)} == {None}
    assert {said[taken] for taken in (65, 512, 1_500)} == {(0, 15)}


def test_nor_what_two_bands_say_only_together():
    """Fifty by number and fifty by name are two figures of at most 64: that they come to more is not public."""
    assert beside(rightly_taken(100), by_number=50, by_values=50) is None
    assert beside(rightly_taken(115), by_number=65, by_values=50) == (0, 15)


def test_what_is_said_of_a_list_does_not_hang_on_how_many_were_found_nor_on_who_came_to_nobody():
    """Beside the answers it would tell the recipient how many were left out (D13)."""
    said = {
        beside(
            one_list(
                seen(Stratum.TAKEN, SAME, 29), seen(Stratum.TAKEN, OTHER, 1), seen(Stratum.NEAR, SAME, near),
                taken=many, near=near * many, looked_same=many,
            ),
            by_values=many,
        )
        for many in (65, 512, 1_500)
        for near in (0, 3, 30)
    }  # fmt: skip
    assert said == {(0, 20)}


def test_an_interval_is_widened_to_fives_and_stretched_by_what_nobody_can_say():
    assert beside(one_list(seen(Stratum.TAKEN, SAME, 30), taken=90), by_values=90) == (0, 15)
    unsure = one_list(seen(Stratum.TAKEN, SAME, 20), seen(Stratum.TAKEN, CANNOT, 10), taken=90)
    assert beside(unsure, by_values=90) == (0, 55)
    worse = one_list(seen(Stratum.TAKEN, SAME, 10), seen(Stratum.TAKEN, CANNOT, 20), taken=90)
    assert beside(worse, by_values=90) is None


def whole(**more):
    return one_list(
        seen(Stratum.TAKEN, SAME, 20),
        seen(Stratum.TAKEN, SAME, 10, BOY),
        seen(Stratum.FAR, OTHER, 30),
        **more,
    )


def test_a_year_of_fewer_than_three_bodies_has_no_figure():
    """However many lists they handed in: the same twelve names three times are no more than once (D13)."""
    kept = whole(taken=500, far=300)
    assert of_year([]) == of_year([kept] * 9, bodies=2)
    assert (of_year([kept] * 2).false, of_year([kept] * 9, bodies=1).groups) == (None, ())
    assert of_year([kept] * 3).false == (0, 41)


def test_a_figure_is_said_again_only_where_what_is_new_in_it_is_of_three_bodies_and_of_thirty():
    """A body whose list has nothing drawn covers nobody: the difference of two years would be the third's (D13)."""
    kept, nothing = whole(taken=500, far=300), one_list()
    passed = one_list(seen(Stratum.FAR, OTHER, 30), far=300)
    few = one_list(seen(Stratum.TAKEN, SAME, 9), seen(Stratum.FAR, OTHER, 9), taken=9, far=9)
    before = by_turns([kept] * 3)

    def again(*fresh):
        return of_lists([*before, *by_turns(fresh)], by_turns(fresh))

    said_of_nobody = OfLists(None, None, None, ())
    assert again(kept, nothing, nothing) == again(few, few, few) == again() == said_of_nobody
    assert (again(kept, passed, passed).false, again(kept, passed, passed).lost) == (None, None)
    assert again(kept, passed, passed).missed is not None
    assert again(kept, kept, kept).false is not None


def test_a_group_is_said_again_only_where_three_bodies_have_somebody_new_of_it():
    girls = one_list(seen(Stratum.TAKEN, SAME, 30), taken=500)
    before, fresh = (
        by_turns([whole(taken=500, far=300)] * 3),
        by_turns([whole(taken=500, far=300), girls, girls]),
    )
    assert {one.group for one in of_lists(before, before).groups} == {"girls", "boys"}
    assert {one.group for one in of_lists([*before, *fresh], fresh).groups if one.false} == {"girls"}


def test_a_group_is_shown_from_thirty_drawn_of_three_lists_on():
    kept = whole(taken=500, far=300)
    shown = {one.group for one in of_year([kept] * 3).groups if one.false}
    assert shown == {"girls", "boys"}
    without = one_list(seen(Stratum.TAKEN, SAME, 29), seen(Stratum.TAKEN, SAME, 1, BOY), taken=500)
    assert of_year([without] * 29).groups == (OfGroup("sex", "girls", (0, 5), None),)
    assert {one.group for one in of_year([without] * 30).groups} == {"girls", "boys"}


def test_lists_weigh_as_much_as_they_have_pairs():
    """A long list with no error beside short ones with many: the figure is the long one's, nearly."""
    bad = one_list(seen(Stratum.TAKEN, OTHER, 10), taken=10)
    good = one_list(seen(Stratum.TAKEN, SAME, 30), taken=9_970)
    low, high = of_year([good, bad, bad, bad]).false
    assert low <= 3 <= high
    assert high < 200


def test_lost_is_of_all_who_are_one_person_those_whom_people_found_among_them():
    kept = one_list(
        seen(Stratum.TAKEN, SAME, 30), seen(Stratum.NEAR, SAME, 3), seen(Stratum.NEAR, OTHER, 27),
        taken=400, near=50, looked_same=95,
    )  # fmt: skip
    low, high = of_year([kept] * 3).lost
    assert low <= 10 <= high  # 15 of 1,500
    assert of_year([one_list(seen(Stratum.TAKEN, SAME, 30), taken=400)] * 3).lost is None


def test_a_groups_name_is_one_word_of_the_log_in_any_script():
    assert slug("Yorkshire and The Humber") == "yorkshire-and-the-humber"
    assert slug("北").startswith("group-")
    assert slug("北") != slug("南")
    assert len(slug("x" * 200)) <= 60


def played(throw, sizes):
    """A list whose truth is known: what is kept of it, and how many of those whom the rules took are somebody else."""
    many = sizes[int(throw() * len(sizes))]
    wrong = [throw() < 0.01 for _ in range(many)]
    drawn = sorted(wrong, key=lambda _: throw())[:EACH]
    seen_of_it = [Seen(Stratum.TAKEN, OTHER if one else SAME, {}) for one in drawn]
    return tally({"taken": many}, seen_of_it, 0), many, sum(wrong)


def test_in_trials_the_interval_of_a_year_holds_the_truth_in_ninety_five_of_a_hundred():
    """Long lists and short ones, of which each is looked at as closely: 1 in 100 is somebody else."""
    throw, held, trials = Random(7).random, 0, 200
    for _ in range(trials):
        lists = [played(throw, (12, 40, 200, 1_500)) for _ in range(12)]
        low, high = of_year([kept for kept, _, _ in lists]).false
        truth = sum(wrong for _, _, wrong in lists) * 1_000 / sum(many for _, many, _ in lists)
        held += low <= truth <= high
    assert held >= 0.93 * trials


def test_a_list_that_is_settled_while_a_quarter_ends_is_in_its_year():
    """Its row can be written a moment after: so the year is said a day later."""
    first = datetime(2026, 10, 1, 23, 59, tzinfo=UTC)
    assert year_until(first) == (date(2025, 7, 1), date(2026, 7, 1))
    assert year_until(first + timedelta(minutes=1)) == (date(2025, 10, 1), date(2026, 10, 1))
    assert year_until(datetime(2028, 2, 29, tzinfo=UTC)) == (date(2027, 1, 1), date(2028, 1, 1))
