# SPDX-License-Identifier: Apache-2.0
"""The commands, and nothing of what they do: each opens what it needs, makes one call, prints, ends with a status."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from beholden.cli.auditing import audit
from beholden.cli.consenting import consent
from beholden.cli.contests import contest
from beholden.cli.incidents import incident
from beholden.cli.linking import link, link_rates, link_sample
from beholden.cli.looking import look
from beholden.cli.machines import answer, fetch
from beholden.cli.matching import match
from beholden.cli.officers import body, officer, school
from beholden.cli.options import AsJson, home_of
from beholden.cli.outside import outside
from beholden.cli.power import power
from beholden.cli.publishing import log
from beholden.cli.records import record
from beholden.cli.redressing import message, trace, value
from beholden.cli.regulators import regulator, sealed
from beholden.cli.running import use
from beholden.cli.tables import tables
from beholden.cli.tabling import table, table_fixed
from beholden.cli.urgent import urgent
from beholden.cli.witness import witness

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Beholden: a pupil register that answers to the people in it.",
)
rules = typer.Typer(no_args_is_help=True, help="The rules in force, and looser ones to come.")
app.add_typer(rules, name="rules")
recipient = typer.Typer(no_args_is_help=True, help="For those who received records.")
app.add_typer(recipient, name="recipient")
recipient.command("fetch")(fetch)
recipient.command("answer")(answer)
app.add_typer(school, name="school")
app.add_typer(body, name="body")
app.add_typer(officer, name="officer")
app.add_typer(power, name="power")
app.add_typer(urgent, name="urgent")
app.add_typer(witness, name="witness")
app.add_typer(look, name="look")
app.add_typer(audit, name="audit")
app.add_typer(regulator, name="regulator")
app.add_typer(sealed, name="sealed")
app.add_typer(outside, name="outside")
app.add_typer(use, name="use")
app.add_typer(match, name="match")
app.add_typer(value, name="value")
app.add_typer(record, name="record")
app.add_typer(contest, name="contest")
app.add_typer(message, name="message")
app.add_typer(incident, name="incident")
app.add_typer(tables, name="tables")
for verb in (trace, link, link_sample, link_rates, table, table_fixed):
    app.command()(verb)
app.add_typer(log, name="log")
app.add_typer(consent, name="consent")


@app.callback()
def _whole(
    ctx: typer.Context,
    home: Annotated[
        Path | None, typer.Option("--home", envvar="BEHOLDEN_HOME", help="The keeper's folder.")
    ] = None,
) -> None:
    ctx.obj = home


@app.command()
def init(
    ctx: typer.Context,
    pack: Annotated[
        str, typer.Option(help="Which country's catalogue a new home is under: england or us. It stays.")
    ] = "",
) -> None:
    """Found a home: folders, keys, the database, roles and tables. Safe to repeat."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beholden.settings")
    from beholden.cli.founding import found

    for sentence in found(home_of(ctx), pack=pack, at=datetime.now(UTC)):
        print(sentence)


@app.command()
def town(
    pupils: Annotated[int, typer.Option(help="How many children.")] = 1_500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    out: Annotated[Path, typer.Option(help="Where to write.")] = Path("town"),
    schools: Annotated[int, typer.Option(help="How many schools.")] = 6,
) -> None:
    """Write what the schools of an invented town would send, and apart, the contacts that only schools hold."""
    from beholden.town import build, write

    for path in write(build(pupils, seed, schools), out):
        print(path)


@app.command()
def accept(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="School Census files, one for each school.")],
    as_json: AsJson = False,
) -> None:
    """Take returns in, each whole or not at all. Ends 0 only if every file was accepted (or stands already)."""
    from beholden.cli.intake import accept_files

    sys.exit(accept_files(home_of(ctx), files, as_json=as_json, at=datetime.now(UTC)))


@app.command()
def fsck(
    ctx: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Stop the server and check the database's pages too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a whole home: log, files, lists, keys, vault and tables against one another. Changes nothing.

    Ends 0 if nothing is wrong, 1 if something is; says what, where, and what to do.
    """
    from beholden.cli.fsck import run

    sys.exit(run(home_of(ctx), offline=offline, as_json=as_json))


@app.command("transfer")
def transfer_record(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(help="Your reference: an officer of the school that the child came to.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where to write the file that your school's key opens.")],
) -> None:
    """Fetch the record of a child who moved to your school. Asks for your key, the pupil number and the birth date."""
    from beholden.cli.moving import fetch_record

    print(fetch_record(home_of(ctx), ref, out, at=datetime.now(UTC)))


@app.command()
def answers(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Compare what families said at every hop: shown, held, bound, read by the gate. Changes nothing.

    Ends 0 if nothing is lost on the way, 1 on a gap or where a door went silent. Counts are rounded down to tens.
    """
    from beholden.cli.answers import compare

    sys.exit(compare(home_of(ctx), as_json=as_json, at=datetime.now(UTC)))


@app.command()
def verify(  # noqa: PLR0917  the shape of the command
    bundle: Annotated[Path, typer.Argument(help="The proof file that a family keeps.")],
    key: Annotated[str | None, typer.Option(help="The log's key, from a place you trust.")] = None,
    earlier: Annotated[Path | None, typer.Option(help="An earlier proof file of the same child.")] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Which witnesses must have seen the log (c2sp.org/tlog-policy).")
    ] = None,
    number: Annotated[
        str | None, typer.Option(help="The child's pupil number, as you know it from elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a proof, offline: in which handovers a child's key is, and in which it is not."""
    from beholden.cli.verify import run

    before, witnesses = (None if one is None else str(one) for one in (earlier, policy))
    sys.exit(run(str(bundle), key, as_json=as_json, earlier=before, policy=witnesses, number=number))


@app.command()
def bundle(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="Where to write the proof file.")],
    child: Annotated[int, typer.Option(help="Which child of the letter: 1 is the first named.")] = 1,
    officer: Annotated[str, typer.Option(help="You: the registrar's reference.")] = "registrar",
) -> None:
    """Write a family's proof file: the registrar's act, at the desk, for a family that brings its letter.

    Asks for code and birth date, and then whether you have seen who is asking and that they may decide for the child.
    That look is the second step; the letter alone is not enough. Piped in, the three answers stand on a line each.
    """
    from beholden.cli.family import write_bundle

    print(write_bundle(home_of(ctx), officer, child, out, at=datetime.now(UTC)))


@app.command()
def history(
    ctx: typer.Context,
    child: Annotated[int, typer.Option(help="Which child of the letter: 1 is the first named.")] = 1,
    officer: Annotated[str, typer.Option(help="You: the registrar's reference.")] = "registrar",
    as_json: AsJson = False,
) -> None:
    """Say at the desk which handovers list a child, for a family that brings its letter. Quick, and no proof.

    Asks what `beholden bundle` asks, is written down first, and the family reads of it. Tells no more than its page.
    """
    from beholden.cli.family import print_history

    print_history(home_of(ctx), officer, child, as_json=as_json, at=datetime.now(UTC))


@app.command()
def grade(
    ctx: typer.Context,
    from_log: Annotated[
        Path | None,
        typer.Option(help="A copy of the public folders handovers, events and texts; needs no home."),
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="With --from-log, twice: each log's key, from a place you trust.")
    ] = None,
    on: Annotated[str | None, typer.Option(help="The day of the card, like 2027-07-31. Else today.")] = None,
    as_json: AsJson = False,
) -> None:
    """Grade the keeper from the published logs and the catalogue alone, with every sum shown."""
    from beholden.cli.grading import print_card

    try:
        day = date.fromisoformat(on) if on else datetime.now(UTC).date()
    except ValueError as cause:
        raise typer.BadParameter("Write the day like 2027-07-31.", param_hint="--on") from cause
    print_card(ctx.obj, from_log=from_log, keys=tuple(key or ()), on=day, as_json=as_json)


@app.command()
def watch(
    copy: Annotated[
        Path, typer.Argument(help="Your copy of what is published (beholden log copy makes it).")
    ],
    key: Annotated[list[str], typer.Option(help="Twice: each log's key, from a place you trust.")],
    state: Annotated[Path, typer.Option(help="The file in which it is remembered what was seen.")],
    as_json: AsJson = False,
) -> None:
    """Watch a keeper from outside: rules loosened before their notice, another past, steps out of order, wrong sums.

    Ends 0 if there is no alarm, 1 if there is one. Needs no home.
    """
    from beholden.cli.watching import run

    day = datetime.now(UTC).date()
    sys.exit(run(copy, keys=tuple(key), state=state, on=day, as_json=as_json))


@rules.command()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Show which rules are in force since when, and every looser one that was announced, change by change."""
    from beholden.cli.ruling import show as shown

    shown(home_of(ctx), as_json=as_json)


@rules.command()
def announce(
    ctx: typer.Context,
    pack: Annotated[
        Path | None, typer.Option(help="The folder of the new pack. Else this version's own.")
    ] = None,
    officer: Annotated[str, typer.Option(help="You: the registrar's reference.")] = "registrar",
) -> None:
    """Publish in the log that looser rules are to come. They may hold only when their notice is over."""
    from beholden.cli.ruling import announce as announced

    print(announced(home_of(ctx), pack, officer, at=datetime.now(UTC)))


@recipient.command()
def check(  # noqa: PLR0917  the shape of the command
    parcel: Annotated[Path, typer.Argument(help="The locked file (.age) as it came.")],
    identity: Annotated[Path, typer.Option(help="Your age identity file.")],
    log: Annotated[Path, typer.Option(help="A copy of the keeper's handovers log (its folder).")],
    key: Annotated[str, typer.Option(help="The log's key, from a place you trust.")],
    signing_key: Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")],
    out: Annotated[Path, typer.Option(help="Where to write the signed confirmation.")],
) -> None:
    """Recompute the list from the file you got, compare it with the public log, and sign what you found."""
    from beholden.cli.recipients import check_parcel

    print(
        json.dumps(
            check_parcel(parcel, identity=identity, log=log, key=key, signing_key=signing_key, out=out)
        )
    )


@recipient.command("messages")
def messages(
    files: Annotated[list[Path], typer.Argument(help="The locked messages (.age) as they came.")],
    identity: Annotated[Path, typer.Option(help="Your age identity file.")],
    key: Annotated[str, typer.Option(help="The keeper's key for messages, from a place you trust.")],
) -> None:
    """Open messages about rows that you hold, and print what each asks you to do, as JSON. Needs no home."""
    from beholden.cli.recipients import open_messages

    print(json.dumps(open_messages(files, identity=identity, key=key), indent=1))


@recipient.command("done")
def done(
    file: Annotated[Path, typer.Argument(help="The locked message (.age) as it came.")],
    identity: Annotated[Path, typer.Option(help="Your age identity file.")],
    key: Annotated[str, typer.Option(help="The keeper's key for messages, from a place you trust.")],
    signing_key: Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")],
    out: Annotated[Path, typer.Option(help="Where to write the signed word.")],
) -> None:
    """Sign that everything a message asks is done in every copy that you hold. Send the file back to the keeper."""
    from beholden.cli.recipients import sign_message

    day = sign_message(file, identity=identity, key=key, signing_key=signing_key, out=out)
    print(f"{out}: your word that everything in the message of {day} is done. Send it to the keeper.")


@recipient.command("sign")
def sign_text(
    text: Annotated[Path, typer.Argument(help="The agreement or certificate, as the keeper's page gave it.")],
    signing_key: Annotated[Path, typer.Option(help="Your Ed25519 seed, 32 bytes in hex.")],
) -> None:
    """Sign an agreement or a certificate on your own machine, and print the signature for the keeper's page."""
    from beholden.cli.recipients import sign_text as signed

    print(signed(text, signing_key=signing_key))


@app.command()
def serve(
    ctx: typer.Context,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8_000,
) -> None:
    """Serve the pages on this machine, under the doors' own login, with the keeper's process beside them."""
    from beholden.cli.serving import serve_pages

    serve_pages(home_of(ctx), port)


@app.command()
def keep(ctx: typer.Context) -> None:
    """Run the keeper's process alone: it answers the pages and does the register's own chores. One of them a home."""
    from beholden.cli.serving import keep as run

    run(home_of(ctx))


@app.command()
def demo(
    ctx: typer.Context,
    pupils: Annotated[int, typer.Option(help="How many children the town has.")] = 1_500,
    seed: Annotated[int, typer.Option(help="The town's seed.")] = 1,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", envvar="DEMO_NO_SERVE", help="Tell the story only.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8_000,
) -> None:
    """Play the whole story in a home of its own: returns, a refusal, a release, two proofs."""
    from beholden.cli.demo import play

    play(home_of(ctx), pupils=pupils, seed=seed, serve=not no_serve, port=port)
