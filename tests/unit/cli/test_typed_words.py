# SPDX-License-Identifier: Apache-2.0
"""What several commands are told in one way is read whole or refused, and no refusal repeats it."""

import pytest

from beholden.cli.typed import one_of
from beholden.refusals import Refusal

SEEN = ("document", "school")


def test_a_word_of_another_list_is_refused_by_what_this_list_stands_on():
    """D14, D32: whoever decides about two records is not led to the rules of a correction."""
    assert one_of("school", SEEN, authority="D14, D32") == "school"
    with pytest.raises(Refusal) as no:
        one_of("hearsay", SEEN, authority="D14, D32")
    assert (no.value.code, no.value.authority) == ("cli.word", "D14, D32")
    assert no.value.next_step == "Say one of: document, school."
    assert "hearsay" not in str(no.value)
