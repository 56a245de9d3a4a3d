# SPDX-License-Identifier: Apache-2.0
"""Remembers runs of letters and who was reached. Fields and constraints, nothing else.

A letter's row holds no name, no contact and no birth date in clear: what the family will see is sealed under the
code itself, which is stored nowhere.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Run(models.Model):
    """One telling about one use: from when, until when families may answer, and how many days each is to have.

    `number` is the run of the use that it tells of: what recurs is told again each time.
    """

    use = models.CharField(max_length=20, db_collation="C")
    number = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    window_days = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer_by__gt=models.F("made_at")), name="notices_answer_after_it_began"
            ),
            models.UniqueConstraint(fields=["use", "number"], name="notices_one_telling_a_run"),
        ]


class Letter(models.Model):
    """One adult's letter in one run, carried by one school. `adult`, `handle` and `code` are keyed digests.

    A child who decides herself is one adult at every school, and each school that has her on its roll writes to her: so
    one letter stands for each school.

    `handle` is what the school reports by: the same as `adult`, but where a child has a letter of her own. Letters of
    before there were such have none; they are reported by `adult`.

    Never deleted, so that what was said about a letter, and under it, stands. `children` may be empty: then the letter
    names nobody, for a reason that only a person may tell.
    """

    id = models.UUIDField(primary_key=True)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="letters")
    school = models.CharField(max_length=10, db_collation="C")
    adult = models.CharField(max_length=64, db_collation="C")
    handle = models.CharField(max_length=64, blank=True, db_collation="C")
    code = models.CharField(max_length=64, unique=True, db_collation="C")
    children = ArrayField(models.UUIDField())
    sealed = models.BinaryField()
    delivered = models.CharField(max_length=12, blank=True, db_collation="C")
    delivered_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    not_mine = models.CharField(max_length=20, blank=True, db_collation="C")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["adult"], name="notices_by_adult")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(handle__regex="^([0-9a-f]{64})?$"), name="notices_handle_is_a_digest"
            ),
            models.UniqueConstraint(
                fields=["run", "school", "adult"],
                condition=models.Q(replaced_at__isnull=True),
                name="notices_one_letter_an_adult",
            ),
            models.CheckConstraint(
                condition=models.Q(delivered="", delivered_at__isnull=True)
                | (~models.Q(delivered="") & models.Q(delivered_at__isnull=False)),
                name="notices_delivered_and_when",
            ),
        ]


class SecondCode(models.Model):
    """The second code that belongs to one letter. `code` is a keyed digest; the tries are for every code after it.

    The doors have no right to this table: the second step is the keeper's.
    """

    letter = models.OneToOneField(Letter, primary_key=True, on_delete=models.PROTECT, related_name="second")
    code = models.CharField(max_length=64, db_collation="C")
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex="^[0-9a-f]{64}$"), name="notices_second_is_a_digest"
            ),
        ]


class OwnCode(models.Model):
    """One adult's own code, given in exchange for a second code; the newest counts. `code` is a keyed digest."""

    adult = models.CharField(max_length=64, primary_key=True, db_collation="C")
    code = models.CharField(max_length=64, db_collation="C")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex="^[0-9a-f]{64}$") & models.Q(adult__regex="^[0-9a-f]{64}$"),
                name="notices_own_is_a_digest",
            ),
        ]
