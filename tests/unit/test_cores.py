# SPDX-License-Identifier: Apache-2.0
"""Work that is shared out comes back whole, in order and some at a time (docs/adr/0038)."""

import os

import pytest

from beholden.cores import shared_out


def weighed(piece):
    """Do some work that takes other times for other pieces; refuse one."""
    if piece == "bad":
        raise ValueError("this piece is not sound")
    return os.getpid(), sum(range(piece))


def test_every_piece_comes_back_in_its_order_and_none_is_worked_out_here():
    pieces = [200_000, 1, 0, 50_000, 2] * 5
    made = list(shared_out(weighed, pieces))
    assert [total for _, total in made] == [sum(range(piece)) for piece in pieces]
    assert os.getpid() not in {process for process, _ in made}


def test_no_more_pieces_are_taken_than_there_is_work_for():
    """Of millions of people no more than some thousands are held at a time."""
    taken = []
    answers = shared_out(weighed, (taken.append(piece) or piece for piece in range(200)))
    next(answers)
    assert len(taken) <= 2 * (os.cpu_count() or 1) + 1
    answers.close()


def test_what_a_piece_raises_is_raised_and_what_came_before_it_was_answered():
    answers = shared_out(weighed, [1, 2, "bad", 3])
    assert [next(answers)[1], next(answers)[1]] == [0, 1]
    with pytest.raises(ValueError, match="not sound"):
        next(answers)


def test_of_nothing_comes_nothing():
    assert list(shared_out(weighed, [])) == []
