# SPDX-License-Identifier: Apache-2.0
"""Remembers registry snapshots, decisions, disclosures and the set files behind them. Fields and constraints only.

Over 400 lines because Django looks for all models of an application in one module, and nothing here decides anything.
"""

import pgtrigger
from django.db import models
from django.db.models.functions import MD5

_APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class SetFile(models.Model):
    """One immutable list on disk: sorted ids, tags or registry elements. `path` is below the home's set folder."""

    path = models.CharField(max_length=120, unique=True, db_collation="C")
    digest = models.CharField(max_length=64, db_collation="C")
    count = models.IntegerField()
    made_at = models.DateTimeField()


class Registry(models.Model):
    """One full snapshot of committed keys. The key of its keys lies in the key folder, never here."""

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    header = models.JSONField()
    elements = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    keyed = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    outbox = models.BigIntegerField()
    made_at = models.DateTimeField()


class Roster(models.Model):
    """One list that a recipient handed in for a match: how many rows, its hash, and who of it is in scope.

    `matched` is person (16) || own reference (32), sorted; whoever was not found stands nowhere. `rule` names the rule
    by which it was refused, and then nothing of it is kept.
    """

    use = models.CharField(max_length=20, db_collation="C")
    rows = models.IntegerField()
    digest = models.CharField(max_length=64, db_collation="C")
    salt = models.BinaryField()
    rule = models.CharField(max_length=40, blank=True, db_collation="C")
    matched = models.ForeignKey(SetFile, on_delete=models.PROTECT, null=True, related_name="+")
    outbox = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rule="") ^ models.Q(matched__isnull=True),
                name="gate_roster_kept_exactly_if_taken",
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_roster_append_only", operation=_APPEND_ONLY)]


class Linking(models.Model):
    """What a list of names came to: its key in the key folder, exact figures, and its public entry once all is settled.

    `seal` binds the figures to the list under that key.
    """

    roster = models.OneToOneField(Roster, on_delete=models.PROTECT, primary_key=True, related_name="linking")
    key = models.CharField(max_length=32, unique=True, db_collation="C")
    figures = models.JSONField()
    seal = models.BinaryField()
    outbox = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outbox__isnull=True, settled_at__isnull=True)
                | models.Q(outbox__isnull=False, settled_at__isnull=False),
                name="gate_linking_settled_exactly_if_said",
            ),
        ]


class LinkedPair(models.Model):
    """One record of a list of names and somebody it may be: sealed, why. Whom it is not, is in no row.

    `known` is same or different where it was made up, and then it is in no answer. `why` is bound to all of this.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="pairs", db_index=False)
    person = models.UUIDField()
    reference = models.CharField(max_length=32, blank=True, db_collation="C")
    accepted = models.BooleanField()
    known = models.CharField(max_length=9, blank=True, db_collation="C")
    why = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="gate_pair_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "person"], condition=models.Q(known=""), name="gate_pair_person_once"
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_pair_append_only", operation=_APPEND_ONLY)]


class PairOpinion(models.Model):
    """What one reviewer said of one pair. `seal` binds it to the pair under the list's key."""

    pair = models.ForeignKey(LinkedPair, on_delete=models.PROTECT, related_name="opinions", db_index=False)
    says = models.CharField(max_length=10, db_collation="C")
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    seal = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair", "by"], name="gate_opinion_once"),
        ]
        triggers = [pgtrigger.Protect(name="gate_opinion_append_only", operation=_APPEND_ONLY)]


class Decision(models.Model):
    """What the gate decided for one use: exact figures here, rounded ones in the log, bound by a salted commitment."""

    use = models.CharField(max_length=20, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT)
    scope = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    released = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    combinations = models.JSONField()
    left_out = models.IntegerField(null=True)
    missing = models.JSONField(null=True)  # who of the scope is missing, by group, as the recipient is told
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, related_name="+")
    untold_under = models.CharField(max_length=64, blank=True, default="", db_collation="C")
    untold = models.IntegerField(null=True)  # the public figure of those let in under that law
    untold_outbox = models.BigIntegerField(null=True)
    salt = models.BinaryField()
    outbox = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(untold_under="", untold__isnull=True, untold_outbox__isnull=True)
                | (~models.Q(untold_under="") & models.Q(untold_outbox__isnull=False)),
                name="gate_untold_said_exactly_if_let_in",
            ),
        ]


class Disclosure(models.Model):
    """One release on its way: header fixed, built, logged, releasing, released; or withdrawn before it goes.

    `marks` is the digest of who in it is kept safe or restricted, as its rows were built; empty where none can be.
    `upto_file` and `upto_correction`: what of the census was there to read then, so that an auditor can read it again.
    """

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT)
    header = models.JSONField()
    state = models.CharField(max_length=12, db_collation="C")
    payload = models.CharField(max_length=64, blank=True, db_collation="C")
    file = models.CharField(max_length=120, blank=True, db_collation="C")
    tags = models.ForeignKey(SetFile, on_delete=models.PROTECT, null=True, related_name="+")
    depth = models.IntegerField(null=True)
    root = models.CharField(max_length=64, blank=True, db_collation="C")
    intent = models.BigIntegerField(null=True)
    logged_at = models.DateTimeField(null=True)
    marks = models.CharField(max_length=64, blank=True, default="", db_collation="C")
    upto_file = models.BigIntegerField(null=True)
    upto_correction = models.BigIntegerField(null=True)
    outcome = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["fixed", "built", "logged", "releasing", "released", "withdrawn"]
                ),
                name="gate_disclosure_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["fixed", "withdrawn"]) | ~models.Q(payload="", root=""),
                name="gate_built_has_payload_and_root",
            ),
        ]


class SingleExit(models.Model):
    """One line of the journal: what left about one person, for whom. The file is the truth, this is its index."""

    seq = models.BigIntegerField(primary_key=True)
    exit = models.CharField(max_length=20, db_collation="C")
    what = models.CharField(max_length=80, db_collation="C")
    person = models.UUIDField(db_index=True)
    by = models.CharField(max_length=64, db_collation="C")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_collation="C")

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_single_append_only", operation=_APPEND_ONLY)]


class SingleBatch(models.Model):
    """Some lines of the journal, from the one after the last batch up to `last`, as the public log binds them.

    `leaves` is everything the root was made of, lines and padding alike, so that a family can be shown its path.
    """

    last = models.BigIntegerField()
    count = models.PositiveIntegerField()
    until = models.DateTimeField(unique=True)
    band = models.PositiveIntegerField()
    root = models.CharField(max_length=64, db_collation="C")
    leaves = models.BinaryField()
    outbox = models.BigIntegerField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_batch_append_only", operation=_APPEND_ONLY)]


class UrgentReview(models.Model):
    """What the review of one urgent exit found. `digest` is the hash of its line, the spool's or the journal's.

    `line` is the number under which the exit was known on that day: where a spool was lost and put back, another one's.
    """

    digest = models.CharField(primary_key=True, max_length=64, db_collation="C")
    line = models.BigIntegerField()
    sound = models.BooleanField()
    may_tell = models.BooleanField()
    by = models.CharField(max_length=40, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_urgent_append_only", operation=_APPEND_ONLY)]


class LookHold(models.Model):
    """One finding of a harm: until a day, a family does not read of one look. `digest` is that line's hash."""

    line = models.ForeignKey(SingleExit, on_delete=models.PROTECT, related_name="holds")
    digest = models.CharField(max_length=64, db_collation="C")
    harm = models.CharField(max_length=40, db_collation="C")
    until = models.DateField()
    by = models.CharField(max_length=40, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="gate_hold_append_only", operation=_APPEND_ONLY)]


class LookConflict(models.Model):
    """An officer who said that they know a child or its family, and so looks at this record never."""

    officer = models.CharField(max_length=40, db_collation="C")
    person = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "person"], name="gate_one_conflict_an_officer")
        ]
        triggers = [pgtrigger.Protect(name="gate_conflict_append_only", operation=_APPEND_ONLY)]


class Compulsion(models.Model):
    """One handover under seal on its way: built, agreed by two officers, signed outside, logged, released, opened.

    `report` is what the regulator is told with the details: who decided, by which paper, for how many. `salt` and
    `report_salt` open the two commitments of the entry. `order` is a keyed digest of the paper's number: one paper, one
    handover. No number or birth date of a child is here.
    """

    id = models.CharField(primary_key=True, max_length=32, db_collation="C")
    order = models.CharField(max_length=64, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT)
    people = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    tags = models.ForeignKey(SetFile, on_delete=models.PROTECT, related_name="+")
    details = models.JSONField()
    salt = models.BinaryField()
    report = models.JSONField()
    report_salt = models.BinaryField()
    opens_by = models.DateField()
    file = models.CharField(max_length=120, db_collation="C")
    regulator = models.CharField(max_length=40, db_collation="C")
    told = models.CharField(max_length=64, default="", db_collation="C")  # SHA-256 of the regulator's file
    second = models.JSONField(null=True)
    state = models.CharField(max_length=12, db_collation="C")
    sealed = models.BigIntegerField(null=True)
    seen = models.BigIntegerField(null=True)
    unsealed = models.BigIntegerField(null=True)
    outcome = models.BigIntegerField(null=True)
    logged_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["built", "agreed", "signed", "logged", "releasing", "released", "withdrawn"]
                ),
                name="gate_compulsion_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["built", "agreed", "withdrawn"])
                | models.Q(second__isnull=False),
                name="gate_compelled_only_with_a_signature_from_outside",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=~models.Q(state="withdrawn"), name="gate_one_paper_one_handover"
            ),
        ]


class Lengthening(models.Model):
    """A seal that is to stand longer, on its way: asked, agreed by two officers, signed outside, logged.

    `order` is the further paper's keyed digest; `report` is what the regulator is told, and `told` the SHA-256 of its
    file. `extended` is the letter box's row of the log's entry: from then on the seal opens by the new day.
    """

    compulsion = models.ForeignKey(Compulsion, on_delete=models.PROTECT, related_name="longer")
    order = models.CharField(max_length=64, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    opens_by = models.DateField()
    report = models.JSONField()
    report_salt = models.BinaryField()
    file = models.CharField(max_length=120, db_collation="C")
    told = models.CharField(max_length=64, default="", db_collation="C")
    second = models.JSONField(null=True)
    state = models.CharField(max_length=12, db_collation="C")
    extended = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "agreed", "signed", "logged", "withdrawn"]),
                name="gate_lengthening_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "agreed", "withdrawn"])
                | models.Q(second__isnull=False),
                name="gate_longer_only_with_a_signature_from_outside",
            ),
            models.CheckConstraint(
                condition=models.Q(state="logged", extended__isnull=False)
                | (~models.Q(state="logged") & models.Q(extended__isnull=True)),
                name="gate_longer_only_by_the_log",
            ),
            models.UniqueConstraint(
                fields=["compulsion"], condition=~models.Q(state="withdrawn"), name="gate_longer_once"
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=~models.Q(state="withdrawn"),
                name="gate_one_paper_one_longer_seal",
            ),
        ]


class TableRelease(models.Model):
    """One frozen cube, from its freezing on, also when it was withdrawn. The cube itself lies in the home's folder.

    `policy` is the text under which it is asked for ever; `cells` and `manifest` are the digests of the cube's two
    files, which the log's commitment binds with `salt`. Of one data set and moment one stands, and a withdrawn name
    stays taken.
    """

    name = models.CharField(primary_key=True, max_length=129, db_collation="C")
    data = models.CharField(max_length=64, db_collation="C")
    release = models.CharField(max_length=64, db_collation="C")
    moment = models.CharField(max_length=64, db_collation="C")
    catalogue = models.CharField(max_length=64, db_collation="C")
    policy = models.TextField()
    cells = models.CharField(max_length=64, db_collation="C")
    manifest = models.CharField(max_length=64, db_collation="C")
    band = models.PositiveIntegerField()
    salt = models.BinaryField()
    outbox = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40, db_collation="C")
    withdrawn_why = models.TextField(blank=True, default="")
    withdrawn_salt = models.BinaryField(null=True)
    withdrawn_outbox = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=40, blank=True, default="", db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["data", "moment"],
                condition=models.Q(withdrawn_outbox__isnull=True),
                name="gate_one_table_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    withdrawn_why="",
                    withdrawn_salt__isnull=True,
                    withdrawn_outbox__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | (
                    ~models.Q(withdrawn_why="")
                    & models.Q(
                        withdrawn_salt__isnull=False,
                        withdrawn_outbox__isnull=False,
                        withdrawn_at__isnull=False,
                    )
                ),
                name="gate_table_withdrawn_with_its_reason",
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_table_stays", operation=pgtrigger.Delete)]


class TableAsked(models.Model):
    """How often one question was answered on one day, from one release. Who asked is kept nowhere."""

    day = models.DateField()
    release = models.ForeignKey(TableRelease, on_delete=models.PROTECT, related_name="asked")
    question = models.TextField(db_collation="C")  # JSON in its one order
    often = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # By hash: a question may be longer than an index takes.
            models.UniqueConstraint(
                models.F("day"), models.F("release"), MD5("question"), name="gate_one_line_a_question_and_day"
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_asked_stays", operation=pgtrigger.Delete)]
