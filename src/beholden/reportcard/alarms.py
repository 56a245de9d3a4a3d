# SPDX-License-Identifier: Apache-2.0
"""What whoever watches a keeper says: one thing that may not be, and by which alarms each kind of entry is watched."""

from collections.abc import Mapping
from dataclasses import dataclass

from beholden.ledger.vocabulary.terms import EVENTS, HANDOVERS


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that may not be: its code, where it stands (a log and an entry, or a log), and a sentence."""

    code: str
    where: str
    sentence: str


FORM = ()
"""Nothing of such an entry alone can be wrong but its form and its place, which reading the logs has checked."""

WATCHED: Mapping[tuple[str, str], tuple[str, ...]] = {
    (HANDOVERS, "registry"): FORM,
    (HANDOVERS, "intent"): ("watch.undecided", "watch.figures"),
    (HANDOVERS, "outcome"): FORM,
    (HANDOVERS, "duty"): ("watch.undecided", "watch.figures", "watch.unlisted"),
    (HANDOVERS, "duty_outcome"): FORM,
    (HANDOVERS, "sealed"): ("watch.seal_overdue", "watch.seal_unseen", "watch.seal_long"),
    (HANDOVERS, "seen"): ("watch.seal_unseen",),
    (HANDOVERS, "extended"): ("watch.seal_overdue", "watch.seal_longer"),
    (HANDOVERS, "unsealed"): ("watch.seal_overdue",),
    (HANDOVERS, "replayed"): ("watch.replay",),
    (EVENTS, "catalogue"): ("watch.loosened", "watch.notice_short", "watch.other_difference"),
    (EVENTS, "announced"): ("watch.notice_short", "watch.other_difference"),
    (EVENTS, "return"): FORM,
    (EVENTS, "use"): ("watch.step", "watch.unlisted"),
    (EVENTS, "paper"): FORM,
    (EVENTS, "notice"): ("watch.order", "watch.figures"),
    (EVENTS, "choices"): FORM,
    (EVENTS, "singles"): FORM,
    (EVENTS, "urgent"): FORM,  # late reviews stand on the report card
    (EVENTS, "decision"): ("watch.order", "watch.figures", "watch.other_rules"),
    (EVENTS, "untold"): FORM,
    (EVENTS, "roster"): FORM,
    (EVENTS, "linked"): FORM,
    (EVENTS, "linked_audit"): FORM,
    (EVENTS, "linked_year"): FORM,
    (EVENTS, "opened"): FORM,
    (EVENTS, "redress"): ("watch.messages_late",),
    (EVENTS, "incident"): ("watch.incident_late", "watch.families_untold", "watch.figures"),
    (EVENTS, "table"): FORM,
    (EVENTS, "table_withdrawn"): FORM,
    (EVENTS, "contests"): FORM,  # decisions that were late stand at the page of the use
}
"""Every kind of entry, and by which alarms what it says is watched. A kind that is not here is an alarm itself."""
