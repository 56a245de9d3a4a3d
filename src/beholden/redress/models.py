# SPDX-License-Identifier: Apache-2.0
"""Remembers what recipients were told about rows they hold, their signed words, each day's entry, and incidents.

Fields and constraints only; every table is append-only.
"""

import pgtrigger
from django.db import models

from beholden.gate.message import Do

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Message(models.Model):
    """One locked message about one handover on one day; `file` lies in the home's folder of messages.

    `before` is the digest of the one before it, `upto` the last correction that was known when it was written.
    """

    disclosure = models.CharField(max_length=32, db_collation="C")
    use = models.CharField(max_length=20, db_collation="C", db_index=True)
    recipient = models.CharField(max_length=40, db_collation="C", db_index=True)
    day = models.DateField(db_index=True)
    do_by = models.DateField(db_index=True)
    file = models.CharField(max_length=120, unique=True, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    before = models.CharField(max_length=64, blank=True, db_collation="C")
    upto = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "day"], name="redress_one_message_a_day"),
            models.CheckConstraint(
                condition=models.Q(do_by__gt=models.F("day")), name="redress_time_to_do_it"
            ),
        ]
        triggers = [pgtrigger.Protect(name="redress_message_append_only", operation=_APPEND_ONLY)]


class Asked(models.Model):
    """One thing that a message asks about one person's row; for a value its item and the line of the register."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="asks")
    person = models.UUIDField(db_index=True)
    do = models.CharField(max_length=10, db_collation="C")
    item = models.CharField(max_length=60, blank=True, db_collation="C")
    line = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(do__in=[one.value for one in Do]), name="redress_do_known"
            ),
            models.CheckConstraint(
                condition=models.Q(item="", line__isnull=True)
                | (~models.Q(item="") & models.Q(line__isnull=False)),
                name="redress_value_has_its_line",
            ),
        ]
        triggers = [pgtrigger.Protect(name="redress_asked_append_only", operation=_APPEND_ONLY)]


class Done(models.Model):
    """A recipient's signed word that everything a message asks is done."""

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.PROTECT, related_name="done")
    signature = models.BinaryField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        triggers = [pgtrigger.Protect(name="redress_done_append_only", operation=_APPEND_ONLY)]


class Day(models.Model):
    """A day whose corrections and messages stand in the public log.

    `leaves` is what the root of the corrections was made of, lines and padding alike; `upto` the last line it binds, of
    which there are `count`. `due` and `kept` are about the messages whose last day this was.
    """

    day = models.DateField(primary_key=True)
    band = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    upto = models.BigIntegerField()
    leaves = models.BinaryField()
    corrections = models.CharField(max_length=64, db_collation="C")
    sent = models.PositiveIntegerField()
    messages = models.CharField(max_length=64, db_collation="C")
    due = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    outbox = models.BigIntegerField()

    class Meta:
        triggers = [pgtrigger.Protect(name="redress_day_append_only", operation=_APPEND_ONLY)]


class Incident(models.Model):
    """Records that got out, or may have. `what` is public from the first hour; `salt` commits it in the log.

    `known_at` is when the keeper knew, from which the hours run; `tell_by` when they end. `file` is the SHA-256 of the
    file that turned up, if one did: the same file from the same handover is the same incident.
    """

    ref = models.CharField(primary_key=True, max_length=20, db_collation="C")
    what = models.TextField()
    use = models.CharField(max_length=20, blank=True, db_collation="C", db_index=True)
    disclosure = models.CharField(max_length=32, blank=True, db_collation="C")
    file = models.CharField(max_length=64, blank=True, default="", db_collation="C")
    people = models.PositiveIntegerField()
    known_at = models.DateTimeField()
    tell_by = models.DateTimeField()
    salt = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tell_by__gt=models.F("known_at")), name="redress_hours_run_forward"
            ),
            models.UniqueConstraint(
                fields=["file", "disclosure"],
                condition=~models.Q(file=""),
                name="redress_one_file_one_incident",
            ),
        ]
        triggers = [pgtrigger.Protect(name="redress_incident_append_only", operation=_APPEND_ONLY)]


class Affected(models.Model):
    """Somebody whom an incident is about, by internal id."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="affected")
    person = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "person"], name="redress_affected_once"),
        ]
        triggers = [pgtrigger.Protect(name="redress_affected_append_only", operation=_APPEND_ONLY)]


class HighRisk(models.Model):
    """What the families of an incident are told, where the risk to them is high (UK GDPR Art 34).

    `items` are facts by their names in the catalogue, `means` what may come of it, `doing` what the keeper does. No
    word of it is about one child.
    """

    incident = models.OneToOneField(
        Incident, primary_key=True, on_delete=models.PROTECT, related_name="high_risk"
    )
    items = models.JSONField()
    means = models.TextField()
    doing = models.TextField()

    class Meta:
        triggers = [pgtrigger.Protect(name="redress_highrisk_append_only", operation=_APPEND_ONLY)]


class IncidentStep(models.Model):
    """One step of an incident, with the outbox row that carries it to the public log.

    The people may be told twice: of the incident, and of a high risk that was found later.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=20, db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    outbox = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "state"],
                condition=~models.Q(state="people_told"),
                name="redress_step_once",
            ),
        ]
        triggers = [pgtrigger.Protect(name="redress_step_append_only", operation=_APPEND_ONLY)]
