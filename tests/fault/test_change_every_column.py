# SPDX-License-Identifier: Apache-2.0
"""Every column of every table is changed in one row by the least there is, and a row of each is taken away. D27, D36.

The database's own owner does it, with triggers off. Either PostgreSQL refuses by a constraint, or fsck finds it, or
the column stands in `UNSEEN` with the reason, and docs/how-to/check-a-home.md says so.
"""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

import homes
from beholden.home import postgres
from integration.played import played
from integration.world import CATALOGUE

KEY = "a number that only tells rows apart"
WHEN = "an instant that nothing else knows"
WHO = "an opaque reference that nothing else knows"
WORDS = "words that the log does not commit to"
CODE = "made with a code that exists in the letter only"
UPTO = "up to what an auditor reads is in no log; a replay that reads otherwise finds rows changed"
ASKED = "how often a question about tables was asked is in no log: who asks is nobody's business"
NOTED = "it says only whom to index again; an index that names another is made anew, and is compared with everybody"
UNSEEN = {
    "public.biometrics_entry.id": KEY,
    "public.choices_answered.receipt": "no day binds the digest of a number",
    "public.choices_weighed.id": KEY,
    "public.gate_disclosure.upto_correction": UPTO,
    "public.gate_disclosure.upto_file": UPTO,
    "public.gate_lookconflict.at": WHEN,
    "public.gate_lookconflict.id": KEY,
    "public.gate_lookhold.at": WHEN,
    "public.gate_lookhold.id": KEY,
    "public.gate_lookhold.until": "how long a harm is feared is in no log; it lapses within the limit whatever it says",
    "public.gate_singlebatch.id": KEY,
    "public.gate_tableasked.day": ASKED,
    "public.gate_tableasked.id": KEY,
    "public.gate_tableasked.often": ASKED,
    "public.gate_urgentreview.at": WHEN,
    "public.gate_urgentreview.by": WHO,
    "public.gate_urgentreview.may_tell": "a person's judgement, which must be in no log",
    "public.gate_urgentreview.sound": "a person's judgement, which must be in no log",
    "public.ledger_outbox.by": WHO,
    "public.ledger_outbox.sequenced_at": WHEN,
    "public.notices_letter.code": CODE,
    "public.notices_letter.delivered_at": WHEN,
    "public.notices_letter.sealed": CODE,
    "public.notices_letter.tries": "how often a birth date was mistyped",
    "public.notices_owncode.adult": "bound only where an answer was given under a letter of this adult",
    "public.notices_owncode.code": "made with a code that the family alone has",
    "public.notices_owncode.made_at": WHEN,
    "public.notices_run.made_at": WHEN,
    "public.notices_run.window_days": "the catalogue's figure at that time",
    "public.notices_secondcode.code": "made with a code that the school's system carried, and nobody keeps",
    "public.notices_secondcode.tries": "how often a second code was mistyped",
    "public.notices_secondcode.used_at": WHEN,
    "public.people_accesskey.digest": "made from a key that exists on paper only",
    "public.people_accesskey.ended_at": WHEN,
    "public.people_accesskey.ended_by": WHO,
    "public.people_accesskey.given_at": WHEN,
    "public.people_accesskey.given_by": WHO,
    "public.people_accesskey.id": KEY,
    "public.people_accesskey.tries": "how often a key was guessed wrong",
    "public.people_officer.appointed_at": WHEN,
    "public.people_officer.appointed_by": WHO,
    "public.people_officer.ref": WHO,
    "public.people_organisation.check_key": "bound only where a handover names it",
    "public.people_organisation.country": WORDS,
    "public.people_organisation.enrolled_at": WHEN,
    "public.people_organisation.enrolled_by": WHO,
    "public.people_organisation.kind": WORDS,
    "public.people_organisation.name": WORDS,
    "public.people_powerline.id": KEY,
    "public.people_safetyflag.by": WHO,
    "public.people_safetyflag.id": KEY,
    "public.people_safetyflag.since": WHEN,
    "public.redress_affected.id": KEY,
    "public.redress_asked.id": KEY,
    "public.redress_done.at": WHEN,
    "public.redress_done.by": WHO,
    "public.redress_incidentstep.id": KEY,
    "public.redress_message.id": KEY,
    "public.rows_manifest.id": KEY,
    "public.rows_return.at": "of a return that was refused, which is in no log",
    "public.rows_return.by": "of a return that was refused, which is in no log",
    "public.rows_return.digest": "of a return that was refused, which is in no log",
    "public.rows_return.exported_at": WHEN,
    "public.rows_return.findings": "what a finding says to do is words that nothing else knows",
    "public.rows_return.id": KEY,
    "public.rows_return.receipt": "a return that was refused is in no log",
    "public.uses_paper.id": KEY,
    "public.uses_seat.at": WHEN,
    "public.uses_seat.by": WHO,
    "public.uses_sketch.answers": "private until it is handed in, and so in no log",
    "public.uses_sketch.by": WHO,
    "public.uses_sketch.ref": KEY,
    "public.uses_sketch.saved_at": WHEN,
    "public.uses_step.id": KEY,
    "public.uses_use.drafted_at": WHEN,
    "public.uses_use.drafted_by": WHO,
    "public.uses_use.instead": WORDS,
    "public.uses_use.refused_sentence": WORDS,
    "vault.lookup.id": KEY,
    "vault.person.placed": "who loses the mark is looked at once more, and keeps the place; one too many is found",
    "vault.question.id": KEY,
    **dict.fromkeys((f"vault.written.{one}" for one in ("id", "mark", "people")), NOTED),
}
"""Columns in some row of which a change is not seen, each with the reason."""

UNSEEN_LOSS = {
    "public.biometrics_entry": "the newest line about a child is bound by nothing after it; the family has its seal",
    "public.choices_committed": "an answer may be bound by a later day; how many a day binds is known as a band",
    "public.gate_lookconflict": "who knows whom is in no log",
    "public.gate_lookhold": "findings of harm are in no log; without one, the family reads of the look",
    "public.gate_singleexit": "a last line without its row is what a crash leaves: the next writer adds it",
    "public.gate_tableasked": "questions about tables are in no log",
    "public.gate_urgentreview": "reviews of single children are in no log",
    "public.notices_owncode": "codes are in no log",
    "public.notices_secondcode": "codes are in no log",
    "public.people_accesskey": "keys of officers are in no log",
    "public.people_officer": "officers are in no log",
    "public.people_safetyflag": "flags are in no log, and must not be",
    "public.redress_done": "a word that is lost makes its message late, and the recipient signs again",
    "public.rows_return": "a return that was refused is in no log",
    "public.uses_sketch": "what is being written is in no log",
    "public.uses_seat": "who sits on the panel is in no log",
    "vault.question": "questions are in no log",
    "vault.written": NOTED,
}
"""Tables from which some row can be lost unseen, each with the reason."""

NO_RECORD = {"public.django_migrations"}


@pytest.fixture(scope="module")
def prepared(base_home, tmp_path_factory):
    with played(base_home, tmp_path_factory.mktemp("town")) as (made, _):
        yield made


@pytest.fixture(scope="module")
def home(prepared):
    with homes.copied(prepared) as copy:
        yield copy


def is_found(home):
    from beholden.fsck.rules import Weight
    from beholden.fsck.tables import check_tables

    return next((one for one in check_tables(home, CATALOGUE) if one.weight is Weight.FINDING), None)


def columns(home):
    with postgres.connected(home, "owner") as connection:
        return connection.execute(
            "select table_schema || '.' || table_name, column_name, data_type from information_schema.columns"
            " where table_schema in ('public', 'vault') order by 1, ordinal_position"
        ).fetchall()


def least(value):
    """Return a value that differs as little as can be; what is empty stays as it is."""
    for kind, changed in LEAST:
        if isinstance(value, kind):
            return changed(value)
    return value


HEX = "0123456789abcdef"


def flipped(value):
    """Change the sign in the middle; a hexadecimal one stays one, or a drawn digest would be found now and then."""
    place = len(value) // 2
    one = value[place : place + 1]
    if isinstance(one, bytes):
        changed = bytes((one[0] ^ 1,))
    else:
        changed = HEX[HEX.index(one) ^ 1] if one in HEX else chr(ord(one) ^ 1)
    return value[:place] + changed + value[place + 1 :]


def first_changed(pairs):
    """Change the first part that can be changed."""
    for place, value in pairs:
        if least(value) != value:
            return place, least(value)
    return None


def in_dict(value):
    found = first_changed(sorted(value.items(), reverse=True))
    return value if found is None else {**value, found[0]: found[1]}


def in_list(value):
    found = first_changed(enumerate(value))
    return value if found is None else [*value[: found[0]], found[1], *value[found[0] + 1 :]]


LEAST = (
    (bool, lambda value: not value),
    (int, lambda value: value + 1),
    (str | bytes, lambda value: flipped(value) if value else value),
    (UUID, lambda value: UUID(int=value.int ^ 1)),
    (datetime, lambda value: value + timedelta(seconds=1)),
    (date, lambda value: value + timedelta(days=1)),
    (dict, in_dict),
    (list, in_list),
)


def in_order(connection, table):
    """Return what to order the rows by: the number they were written under, or else where they lie.

    Where a row lies changes when it is altered and swept, so that a first row by its place is not the same each time.
    """
    key = connection.execute(
        "select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)"
        " where indisprimary and indrelid = %s::regclass and atttypid = any('{int4,int8}'::regtype[])",
        [table],
    ).fetchall()
    return sql.Identifier(key[0][0]) if len(key) == 1 else sql.SQL("ctid")


def tried(able, table, column):
    """Yield the first and the last row; of a column that is said to be unseen, every row until one is."""
    yield from able[:1]
    yield from reversed(able[1:] if f"{table}.{column}" in UNSEEN else able[1:][-1:])


def changes(connection, table, column, kind, unseen=frozenset()):
    """Change a row that can be changed, yield what PostgreSQL says, put it back; on until the column is unseen."""
    name, field = sql.Identifier(*table.split(".")), sql.Identifier(column)
    rows = connection.execute(
        sql.SQL("select ctid, {field} from {name} order by {order}").format(
            field=field, name=name, order=in_order(connection, table)
        )
    ).fetchall()
    able = [(place, value) for place, value in rows if least(value) != value]
    put = sql.SQL("update {name} set {field} = %s where ctid = %s returning ctid").format(
        name=name, field=field
    )
    shown = json.dumps if kind == "jsonb" else (lambda one: one)
    for place, value in tried(able, table, column):
        try:
            (moved,) = connection.execute(put, [shown(least(value)), place]).fetchone()
        except psycopg.IntegrityError:
            yield "refused"
            continue
        yield "changed"
        connection.execute(put, [shown(value), moved])
        if f"{table}.{column}" in unseen:
            return


def without_triggers(connection, home):
    for table in {table for table, _, _ in columns(home)}:
        connection.execute(
            sql.SQL("alter table {} disable trigger user").format(sql.Identifier(*table.split(".")))
        )


def test_the_least_change_of_any_column_is_found_or_refused_or_named_as_unseen(home):
    unseen, found = set(), 0
    with postgres.connected(home, "owner") as connection:
        without_triggers(connection, home)
        for table, column, kind in columns(home):
            for what in () if table in NO_RECORD else changes(connection, table, column, kind, unseen):
                said = is_found(home) if what == "changed" else None
                print(f"{table}.{column:30} {said.code if said else what}")
                found += said is not None
                if what == "changed" and said is None:
                    unseen.add(f"{table}.{column}")
    assert is_found(home) is None
    assert unseen == set(UNSEEN)
    assert found > 120


def test_the_loss_of_a_row_of_any_table_is_found_or_refused_or_named_as_unseen(prepared):
    """The last row that PostgreSQL lets go, and the first."""
    unmissed = set()
    for table in sorted({table for table, _, _ in columns(prepared)} - NO_RECORD):
        for order in ("asc", "desc"):
            with homes.copied(prepared) as home, postgres.connected(home, "owner") as connection:
                without_triggers(connection, home)
                if take_away(connection, table, order) and is_found(home) is None:
                    unmissed.add(table)
    assert unmissed == set(UNSEEN_LOSS)


def take_away(connection, table, order):
    name = sql.Identifier(*table.split("."))
    rows = sql.SQL("select ctid from {} order by {} {}").format(
        name, in_order(connection, table), sql.SQL(order)
    )
    for (place,) in connection.execute(rows).fetchall():
        try:
            return connection.execute(
                sql.SQL("delete from {} where ctid = %s").format(name), [place]
            ).rowcount
        except psycopg.IntegrityError:
            continue
    return 0


YES = "the played use asks for no yes; tests/integration/test_consents.py changes it"
LIST = "the played use matches no list; tests/integration/test_match.py changes it"
NAMES = "the played use matches no list of names; tests/integration/test_match_by_names.py changes it"
DRAWN = "the played use matches no list of names; tests/integration/test_match_audit.py changes it"
ROOM = "the played use is for no reading room; tests/integration/test_enclave.py looks at it"
SMALL = "the town is too small for a public figure of who is left out"
QUIET = "nothing of the kind happens in the story"
CONTESTED = "the played use matches no list; tests/integration/test_contest.py changes it"
ALIKE = (
    "nobody looks the register through in the story; tests/integration/test_suggested_records.py changes it"
)
LONGER = "no secret is kept longer in the story; tests/integration/test_longer.py changes what fsck compares"
SOUGHT = "no court names a child by name in the story; tests/integration/test_order_by_name.py changes it"
UNTRIED = {
    **dict.fromkeys(
        (
            *("public.choices_answered.asked", "public.choices_answered.giver", "public.choices_asked.at"),
            *(
                "public.choices_asked.catalogue",
                "public.choices_asked.consent",
                "public.choices_asked.digest",
            ),
            *("public.choices_asked.use", "public.choices_asked.words"),
        ),
        YES,
    ),
    **dict.fromkeys(
        (
            *("public.gate_decision.roster_id", "public.gate_roster.at", "public.gate_roster.by"),
            *("public.gate_roster.digest", "public.gate_roster.id", "public.gate_roster.matched_id"),
            *("public.gate_roster.outbox", "public.gate_roster.rows", "public.gate_roster.rule"),
            *("public.gate_roster.salt", "public.gate_roster.use"),
        ),
        LIST,
    ),
    **dict.fromkeys(
        (
            *("public.gate_linkedpair.accepted", "public.gate_linkedpair.id"),
            *("public.gate_linkedpair.known", "public.gate_linkedpair.person"),
            *("public.gate_linkedpair.reference", "public.gate_linkedpair.roster_id"),
            *("public.gate_linkedpair.why", "public.gate_linking.figures", "public.gate_linking.key"),
            *("public.gate_linking.outbox", "public.gate_linking.roster_id", "public.gate_linking.seal"),
            *("public.gate_linking.settled_at", "public.gate_pairopinion.at"),
            *("public.gate_pairopinion.by", "public.gate_pairopinion.id"),
            *("public.gate_pairopinion.pair_id", "public.gate_pairopinion.says"),
            "public.gate_pairopinion.seal",
        ),
        NAMES,
    ),
    **dict.fromkeys(
        (
            *("public.gate_linkedpair.sampled", "public.gate_linking.audit_outbox"),
            *("public.gate_linking.audited", "public.gate_linkedyear.id", "public.gate_linkedyear.outbox"),
            *("public.gate_linkedyear.since", "public.gate_linkedyear.until"),
        ),
        DRAWN,
    ),
    **dict.fromkeys(
        (
            *("public.gate_decision.untold", "public.gate_decision.untold_outbox"),
            *("public.gate_decision.untold_under", "public.gate_disclosure.marks"),
        ),
        ROOM,
    ),
    **dict.fromkeys(("public.gate_decision.left_out", "public.gate_decision.missing"), SMALL),
    **dict.fromkeys(
        (
            *(
                "public.choices_answered.seal",
                "public.choices_answered.undoes",
                "public.gate_compulsion.outcome",
            ),
            *("public.gate_compulsion.unsealed", "public.ledger_outbox.refused_at"),
            *("public.ledger_outbox.refused_because", "public.notices_letter.locked_until"),
            *("public.notices_letter.not_mine", "public.notices_letter.replaced_at"),
            *("public.notices_secondcode.locked_until", "public.people_accesskey.locked_until"),
            *("public.people_powerline.about", "public.people_safetyflag.carried_from"),
            *("public.people_safetyflag.until", "public.uses_use.amends"),
            *("vault.person.contacts", "vault.question.decided_at", "vault.question.decided_by"),
            *("vault.question.evidence", "vault.question.same"),
        ),
        QUIET,
    ),
    **dict.fromkeys(
        (
            "public.gate_lengthening.at",
            "public.gate_lengthening.by",
            "public.gate_lengthening.catalogue",
            "public.gate_lengthening.compulsion_id",
            "public.gate_lengthening.extended",
            "public.gate_lengthening.file",
            "public.gate_lengthening.id",
            "public.gate_lengthening.opens_by",
            "public.gate_lengthening.order",
            "public.gate_lengthening.report",
            "public.gate_lengthening.report_salt",
            "public.gate_lengthening.second",
            "public.gate_lengthening.state",
            "public.gate_lengthening.told",
        ),
        LONGER,
    ),
    **dict.fromkeys(
        (
            *(f"public.contests_contest.{one}" for one in ("id", "use", "person", "adult", "paper", "why")),
            *(f"public.contests_contest.{one}" for one in ("decide_by", "salt", "at", "by")),
            *(f"public.contests_decided.{one}" for one in ("contest_id", "verdict", "reason", "pair")),
            *(f"public.contests_decided.{one}" for one in ("salt", "at", "by")),
            *(f"public.contests_month.{one}" for one in ("id", "use", "month", "band", "count", "root")),
            *(f"public.contests_month.{one}" for one in ("leaves", "contested", "reversed", "upheld")),
            *(f"public.contests_month.{one}" for one in ("late", "outbox")),
        ),
        CONTESTED,
    ),
    **dict.fromkeys(
        (
            *(f"public.gate_search.{one}" for one in ("id", "order", "asks", "named", "opens_by")),
            *(f"public.gate_search.{one}" for one in ("at", "by", "second", "sought", "ended_at")),
        ),
        SOUGHT,
    ),
    **dict.fromkeys(
        (f"vault.suggestion.{one}" for one in ("id", "person_id", "candidate_id", "why", "at", "by")), ALIKE
    ),
}
"""Columns that are empty in every row of the played home, so that there is nothing to change, each with the reason."""


def test_whatever_cannot_be_changed_is_named_with_the_reason(prepared):
    """A column that no row fills would pass unseen: the story has to fill it, or it stands here."""
    untried = set()
    with postgres.connected(prepared, "owner") as connection:
        for table, column, _ in columns(prepared):
            query = sql.SQL("select {} from {}").format(
                sql.Identifier(column), sql.Identifier(*table.split("."))
            )
            if table not in NO_RECORD and not any(least(one) != one for (one,) in connection.execute(query)):
                untried.add(f"{table}.{column}")
    assert untried == set(UNTRIED)
