# SPDX-License-Identifier: Apache-2.0
"""The embedded PostgreSQL: one private server in the home. This starts, checks, shares and stops it.

The contract. Only a login with its own SCRAM password gets in, and only through a socket in a closed folder.
Nothing runs with fsync, full_page_writes, synchronous_commit or data checksums off. Several processes may use
one home at once; the last to leave stops the server. A process that is killed leaves the server running, and
the next one takes it over. Recovery after a crash may take as long as it takes. No folder above the home is
touched. It knows no table and no pupil.
"""

import logging
import secrets
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from beholden.home import Home, binaries, check_closed, create_folders, postmaster, sockets, turns
from beholden.home.files import fsync_folder, write_durably, write_new
from beholden.refusals import Refusal

LOGINS = {"cluster": "cluster", "owner": "owner", "keeper": "keeper_login", "web": "web_login"}
"""Our word for a login, and its name in PostgreSQL. `cluster` is the superuser, the launcher's."""

Progress = Callable[[str], None]

_AUTHORITY = "ARCHITECTURE section 3: PostgreSQL, embedded"
_A_YEAR = "31536000"  # pg_ctl wants a number of seconds; recovery is never cut short
_STOP_PATIENCE = 60
_TELL_EVERY = 5.0
_LOOK_EVERY = 0.05
_ATTEMPTS = 100  # against a server that is just going away: its children need a moment to notice
_LOGGED = logging.getLogger("beholden.home")

_HBA_LINE = "local all all scram-sha-256"

_SETTINGS = {
    "listen_addresses": "",
    "port": sockets.PORT,
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    # A failing statement carries values, and so does the message about it. Neither may reach the log
    # (D36). `log` leaves out errors of statements and keeps what the server says of itself.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length_on_error": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "60",
}
"""Given on the command line, so that neither a file nor ALTER SYSTEM can weaken them."""

_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit", "data_checksums")


def dsn(home: Home, login: str, database: str = "") -> dict[str, str]:
    """Return what `psycopg.connect(**…)` needs to come in under one of our logins."""
    return {
        "host": str(sockets.resolve(home)),
        "port": sockets.PORT,
        "dbname": database or database_name(home),
        "user": LOGINS[login],
        "password": _password(home, login),
        "require_auth": "scram-sha-256",  # the server must prove itself too (RFC 5802 section 3)
        "options": "",  # or else PGOPTIONS would speak
    }


@contextmanager
def connected(home: Home, login: str, database: str = "") -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Open one bare connection for the length of a block; each statement commits by itself."""
    with psycopg.connect(make_conninfo(**dsn(home, login, database)), autocommit=True) as connection:
        yield connection


def answers(home: Home, login: str, database: str = "") -> bool:
    """Say whether a running server lets one of our logins in with the password that its file holds."""
    try:
        with connected(home, login, database):
            return True
    except psycopg.OperationalError:
        return False


def create_cluster(home: Home) -> bool:
    """Make the server's data folder and the logins' passwords; say whether there was anything to make.

    It is made apart and renamed when whole, so a crash half-way leaves no half cluster.
    """
    create_folders(home)
    with turns.turn(home):
        if home.pgdata.exists():
            return False
        for login in LOGINS:
            if not (home.passwords / login).exists():
                write_new(home.passwords / login, secrets.token_urlsafe(32).encode())
        making = home.pgdata.with_name("data.making")
        shutil.rmtree(making, ignore_errors=True)
        _initdb(making, password=home.passwords / "cluster")
        write_durably(making / "pg_hba.conf", f"{_HBA_LINE}\n".encode())
        making.rename(home.pgdata)
        fsync_folder(home.postgres)
    return True


@contextmanager
def serving(home: Home, *, progress: Progress = _LOGGED.info) -> Iterator[None]:
    """Keep the home's server running for the time of the block. The last user to leave stops it."""
    if not home.pgdata.is_dir():
        raise Refusal(
            "home.unfounded",
            "There is no database in this home.",
            next_step="Found the home first: beholden init --home DIR",
            authority=_AUTHORITY,
        )
    check_closed(home.root)
    check_closed(home.postgres)
    with turns.seat(home) as seat:
        with turns.turn(home):
            seat.take()
            try:
                _ensure_running(home, progress)
                _check_safe(home)
            except BaseException:
                _leave(home, seat)
                raise
        try:
            yield
        finally:
            with turns.turn(home):
                _leave(home, seat)


def stop(home: Home) -> None:
    """Stop a server that a killed process left behind; refuse where a living one still uses it."""
    if not home.postgres.is_dir():
        return
    with turns.seat(home) as seat, turns.turn(home):
        if not seat.is_last():
            raise Refusal(
                "home.in_use",
                "Another process uses this home at this moment.",
                next_step="Let it end, or end it; then try again.",
                authority=_AUTHORITY,
            )
        _stop(home)


def database_name(home: Home) -> str:
    """Return the name of this home's database: a server may hold several, for tests and rehearsals."""
    return home.database.read_text().strip() if home.database.exists() else "beholden"


def _password(home: Home, login: str) -> str:
    try:
        return (home.passwords / login).read_text()
    except (FileNotFoundError, PermissionError) as missing:
        raise Refusal(
            "home.password",
            f"There is no password here for the database login {login}.",
            next_step="Run as the user who owns the home, or found the home first: beholden init --home DIR",
            authority="D36: least access",
        ) from missing


def _initdb(folder: Path, *, password: Path) -> None:
    made = binaries.run(
        "initdb",
        f"--pgdata={folder}",
        "--username=cluster",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        "--locale=C",
        # PostgreSQL's own collation: an update of the machine's C library cannot reorder an index under us.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
    )
    if made.returncode:
        raise Refusal(
            "home.initdb",
            f"PostgreSQL could not make its folder: {_last_line(made.stderr)}",
            next_step="See that the disk has room, and that this user may enter every folder above the home.",
            authority=_AUTHORITY,
        )


def _ensure_running(home: Home, progress: Progress) -> None:
    """Start the server, or take over the one that runs. The caller holds the turn.

    1. Where no server runs, start one. Where the old one's children are still going, wait and try again.
    2. Where one runs on another socket than ours (its folder was swept away), stop it and start afresh.
    3. Wait until it answers: recovery has all the time it needs, but a server that died is noticed.
    """
    folder = sockets.ensure(home)
    for _ in range(_ATTEMPTS):
        found = postmaster.find(home.pgdata)
        if found is None:
            if _start(home, folder, progress):
                return
        elif _is_elsewhere(found, folder) or (found.is_ready and not sockets.file(folder).exists()):
            _stop(home)
        elif _await_answer(home, folder, progress):
            return
        time.sleep(_LOOK_EVERY)
    raise _down(home, "an earlier server still holds its folder")


def _is_elsewhere(found: postmaster.Postmaster, folder: Path) -> bool:
    """Say whether a server listens on another socket than ours. Homes that share a server reach one by two names."""
    return bool(found.socket) and Path(found.socket).resolve() != folder.resolve()


def _start(home: Home, folder: Path, progress: Progress) -> bool:
    """Start the server and wait until it answers; say False where an earlier one is still in the way."""
    pgdata = home.pgdata.resolve()
    _check_access_file(pgdata / "pg_hba.conf")
    postmaster.disown(pgdata)
    log = _log(home)
    mark = log.stat().st_size if log.exists() else 0
    quoted = '"' + str(folder).replace('"', '""') + '"'  # a list in PostgreSQL's own syntax
    settings = {**_SETTINGS, "unix_socket_directories": quoted, "hba_file": str(pgdata / "pg_hba.conf")}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    starting = subprocess.Popen(
        binaries.command(
            "pg_ctl", "start", "-w", "-t", _A_YEAR, "-D", str(pgdata), "-l", str(log), "-o", options
        ),
        env=binaries.environment(),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    began = time.monotonic()
    while True:
        try:
            ended = starting.wait(_TELL_EVERY)
            break
        except subprocess.TimeoutExpired:
            _tell(progress, began)
    if ended == 0:
        return True
    said = _log_since(log, mark)
    if "shared memory block" in said or "lock file" in said:
        return False
    raise _down(home, _last_line(said))


def _await_answer(home: Home, folder: Path, progress: Progress) -> bool:
    """Wait for a server that somebody else started; say False where it died meanwhile."""
    began = told = time.monotonic()
    while binaries.run("pg_isready", "-h", str(folder), "-p", sockets.PORT, "-t", "3").returncode:
        if postmaster.find(home.pgdata) is None:
            return False
        if time.monotonic() - told >= _TELL_EVERY:
            told = time.monotonic()
            _tell(progress, began)
        time.sleep(_LOOK_EVERY)
    return True


def _leave(home: Home, seat: turns.Seat) -> None:
    if seat.is_last():
        _stop(home)


def _stop(home: Home) -> None:
    """Stop the server if one runs; nothing that was acknowledged is lost either way.

    1. One that answers is stopped in order: what is open is rolled back, all is written down.
    2. One that is still recovering is stopped at once, as by a power cut: the next start recovers again.
       PostgreSQL 18.4 hangs for ever when it is asked to stop in order at such a moment, which can also come
       right after the request; so patience with an orderly stop has an end, and then it is stopped at once.
    """
    found = postmaster.find(home.pgdata)
    if found is None:
        return
    for mode in ("fast", "immediate") if found.is_ready else ("immediate",):
        stopped = binaries.run(
            "pg_ctl", "stop", "-m", mode, "-w", "-t", str(_STOP_PATIENCE), "-D", str(home.pgdata.resolve())
        )
        if postmaster.find(home.pgdata) is None:
            return
    raise Refusal(
        "home.database_stays",
        f"PostgreSQL did not stop: {_last_line(stopped.stderr)}",
        next_step=f"Read {_log(home)}. The records are safe; the server still runs.",
        authority=_AUTHORITY,
    )


def _check_safe(home: Home) -> None:
    """Refuse a server that could lose what it acknowledged, or let in somebody without a password.

    1. Every setting that guards durability is on, in force and in the files, for every login.
    2. No network address is listened on.
    3. Every line of pg_hba.conf in force is local, SCRAM and sound.
    """
    if not answers(home, "cluster", "postgres"):
        raise Refusal(
            "home.shut_out",
            "PostgreSQL does not let its own launcher in: the password in postgres/passwords/cluster is not its own.",
            next_step="Put the file back from the keeper's own copy.",
            authority=_AUTHORITY,
        )
    with connected(home, "cluster", "postgres") as connection:
        on = _MUST_BE_ON
        off = connection.execute(
            "select name from pg_settings where name = any(%(on)s) and setting <> 'on'"
            " union select name from pg_file_settings where name = any(%(on)s) and setting <> 'on'"
            " union select split_part(line, '=', 1) from pg_db_role_setting, unnest(setconfig) line"
            " where split_part(line, '=', 1) = any(%(on)s) and line not like '%%=on' order by 1",
            {"on": list(on)},
        ).fetchall()
        (open_lines,) = connection.execute(
            "select (select count(*) from pg_hba_file_rules"
            " where type <> 'local' or auth_method <> 'scram-sha-256' or error is not null)"
            " + (select count(*) from pg_settings where name = 'listen_addresses' and setting <> '')"
        ).fetchone() or (1,)
    if off:
        raise Refusal(
            "home.unsafe_settings",
            f"PostgreSQL's {', '.join(name for (name,) in off)} is switched off; "
            "a power cut could lose records that were acknowledged.",
            next_step="Take the setting out of postgresql.conf and postgresql.auto.conf, and start again.",
            authority=_AUTHORITY,
        )
    if open_lines:
        raise _too_open()


def _check_access_file(file: Path) -> None:
    """Refuse, before the server runs for a moment, an access file with any line but ours."""
    lines = [" ".join(line.split()) for line in file.read_text().splitlines()]
    if {line for line in lines if line and not line.startswith("#")} != {_HBA_LINE}:
        raise _too_open()


def _too_open() -> Refusal:
    return Refusal(
        "home.unsafe_access",
        "PostgreSQL's pg_hba.conf or listen_addresses would let somebody in without our password check.",
        next_step=f"Leave one line in pg_hba.conf: {_HBA_LINE}",
        authority="D36: least access",
    )


def _log(home: Home) -> Path:
    return home.postgres.resolve() / "server.log"


def _log_since(log: Path, mark: int) -> str:
    with log.open("rb") as file:
        file.seek(mark)
        return file.read().decode(errors="replace")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it gave no reason"


def _tell(progress: Progress, began: float) -> None:
    seconds = time.monotonic() - began
    progress(f"PostgreSQL is recovering what was not yet written down: {seconds:.0f} seconds so far")


def _down(home: Home, reason: str) -> Refusal:
    return Refusal(
        "home.database_down",
        f"PostgreSQL does not start: {reason}",
        next_step=f"Read {_log(home)}.",
        authority=_AUTHORITY,
    )
