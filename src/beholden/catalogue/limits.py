# SPDX-License-Identifier: Apache-2.0
"""The numbers under the ratchet, and what is said of each. They do not compare themselves: `rules.py` does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers under the ratchet (D41). Which way is tighter stands in `rules.py`, not in the pack."""

    objection_window_days: int
    told_floor_percent: int
    smallest_count: int
    left_out_rounding: int
    left_out_blur_percent: int
    left_out_scope_floor: int
    letter_tries: int
    letter_wait_minutes: int
    undo_days: int
    consent_days: int
    letter_code_length: int
    intent_max_age_hours: int
    reviewers: int
    urgent_per_day: int
    looks_per_day: int
    look_shown_days: int
    look_held_days: int
    transfer_days: int
    rules_notice_days: int
    comment_days: int
    school_objection_percent: int
    panel_quorum: int
    expiring_days: int
    destruction_days: int
    recipient_key_days: int
    match_rows: int
    match_run: int
    match_same_birth_percent: int
    sealed_days: int
    sealed_longer_days: int
    sealed_seen_days: int
    sealed_school_percent: int
    message_days: int
    contest_days: int
    statement_signs: int
    incident_hours: int


@dataclass(frozen=True, slots=True)
class LimitNote:
    """What one number of `Limits` means and why it is what it is, for the catalogue page."""

    label: str
    why: str
    unit: str
