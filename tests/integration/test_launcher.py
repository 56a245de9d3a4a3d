# SPDX-License-Identifier: Apache-2.0
"""The embedded server: kept private, shared between processes, taken over after a kill, and never unsafe (D36).

Each trap of the wheel's own launcher that we know of has a test here that would have caught it.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from beholden.home import Home, binaries, postgres, postmaster, roles, sockets
from beholden.refusals import Refusal
from homes import lack, new_folder

NOBODY = 65534


@pytest.fixture(scope="module")
def street():
    """Return a folder that everybody may enter: what keeps others out must be the home itself."""
    folder = new_folder()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _make(street):
    home = Home(street / f"h{len(list(street.iterdir()))}")
    postgres.create_cluster(home)
    yield home
    postgres.stop(home)
    shutil.rmtree(home.root)


@pytest.fixture(scope="module")
def home(street):
    """Return one home for all tests that leave it as it was."""
    yield from _make(street)


@pytest.fixture
def fresh(street):
    """Return a home for one test that leaves nothing as it was."""
    yield from _make(street)


@contextmanager
def _elsewhere(home, *, then="sys.stdin.read()"):
    """Run another process that uses the home; it is killed at the end if it has not gone by itself."""
    code = (
        "import sys; from pathlib import Path; from beholden.home import Home, postgres\n"
        f"with postgres.serving(Home(Path({str(home.root)!r}))):\n"
        f"    print('up', flush=True); {then}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _up(process):
    assert process.stdout.readline() == "up\n"


def _one(home):
    with postgres.connected(home, "cluster", "postgres") as connection:
        return connection.execute("select 1").fetchone()


def _runs(home):
    return postmaster.find(home.pgdata) is not None


def _refusal(home):
    with pytest.raises(Refusal) as refused, postgres.serving(home):
        pytest.fail("it was opened")
    return refused.value


def _processes_of(home):
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").samefile(home.pgdata):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _kill_server(home, *, children=True):
    victims = _processes_of(home) if children else [postmaster.find(home.pgdata).process]
    for process in victims:
        with suppress(ProcessLookupError):  # the postmaster's end ends others: one that is gone is as wanted
            os.kill(process, signal.SIGKILL)


def _wait_until(question):
    for _ in range(200):
        if question():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within ten seconds")


# Kept private


def test_only_a_login_with_its_password_comes_in(home):
    with postgres.serving(home):
        roles.create_roles(home)
        for login in postgres.LOGINS:
            right = postgres.dsn(home, login)
            with psycopg.connect(make_conninfo(**right)):
                pass
            for wrong in ("", "x", right["password"][:-1], postgres.dsn(home, "web")["password"] + "x"):
                with pytest.raises(psycopg.OperationalError):
                    psycopg.connect(make_conninfo(**{**right, "password": wrong, "require_auth": ""}))


def test_another_logins_password_does_not_do(home):
    with postgres.serving(home):
        roles.create_roles(home)
        crossed = {**postgres.dsn(home, "keeper"), "password": postgres.dsn(home, "web")["password"]}
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(make_conninfo(**crossed))


def test_another_user_of_the_machine_cannot_connect(home, require):
    """Even knowing the superuser's password: the socket's folder does not let her in."""
    if os.geteuid() != 0:
        lack("only root can try a connection as another user")
    setpriv = require("setpriv")
    with postgres.serving(home):
        known = postgres.dsn(home, "cluster", "postgres")
        ask = [
            binaries.folder() / "psql",
            "-h",
            known["host"],
            "-U",
            "cluster",
            "-d",
            "postgres",
            "-Atc",
            "select 1",
        ]
        env = {**binaries.environment(), "PGPASSWORD": known["password"]}
        other = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        us = subprocess.run(ask, env=env, capture_output=True, text=True, check=False, cwd="/")
        assert us.stdout == "1\n", us.stderr
        she = subprocess.run([*other, *ask], env=env, capture_output=True, text=True, check=False, cwd="/")
        assert she.returncode == 2
        assert "Permission denied" in she.stderr
        for private in (home.passwords / "cluster", home.postgres / "server.log", home.pgdata / "PG_VERSION"):
            read = subprocess.run(
                [*other, "cat", private], capture_output=True, text=True, check=False, cwd="/"
            )
            assert "Permission denied" in read.stderr


def test_no_network_address_is_listened_on(home):
    with postgres.serving(home), postgres.connected(home, "cluster", "postgres") as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
        # The seventh line of postmaster.pid is the first listen address: PostgreSQL's own word that there is none.
        assert (home.pgdata / "postmaster.pid").read_text().splitlines()[5] == ""


def test_everything_in_the_home_is_closed_and_nothing_above_it_changed(street):
    above = street / "above"
    above.mkdir()
    above.chmod(0o751)
    before = [(path, stat.S_IMODE(path.stat().st_mode)) for path in (above, *above.parents)]
    home = Home(above / "home")
    postgres.create_cluster(home)
    with postgres.serving(home):
        roles.create_roles(home)
        inside = [path for path in home.root.rglob("*") if not path.is_relative_to(home.pgdata)]
        modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in inside}
        assert {path.name: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}
        assert stat.S_IMODE(home.pgdata.stat().st_mode) == 0o700
    assert before == [(path, stat.S_IMODE(path.stat().st_mode)) for path in (above, *above.parents)]


def test_what_a_failing_statement_says_never_reaches_the_log(fresh):
    """Values of pupils stand in statements, in their parameters, and in PostgreSQL's own messages."""
    mark = "Zzyzx"
    with postgres.serving(fresh), postgres.connected(fresh, "cluster", "postgres") as connection:
        connection.execute("create table t (name text primary key)")
        connection.execute("insert into t values (%s)", (mark,))
        for broken in (
            f"insert into t values ('{mark}')",
            f"select '{mark}'::int",
            f"do $$ begin {mark} $$",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(broken)
        with pytest.raises(psycopg.Error):
            connection.execute("insert into t values (%s)", (mark,))
        connection.execute(f"do $$ begin raise warning '{mark}'; end $$")
    assert mark not in (fresh.postgres / "server.log").read_text()


def test_not_even_when_a_backend_is_killed_in_the_middle_of_a_statement(fresh, monkeypatch):
    """PostgreSQL then writes what the failed process was running, in a detail that our setting leaves out.

    Asked to stop in order while it recovers from that, PostgreSQL 18.4 hangs: the launcher does not.
    """
    monkeypatch.setattr(postgres, "_STOP_PATIENCE", 3)
    for _ in range(3):
        with postgres.serving(fresh), _broken_off(fresh) as connection:
            connection.execute("select 'Zzyzx', pg_sleep(30)")
        assert not _runs(fresh)
    said = (fresh.postgres / "server.log").read_text()
    assert "terminated by signal 9" in said
    assert "Zzyzx" not in said


def test_a_server_that_will_not_stop_in_order_is_stopped_at_once(fresh, monkeypatch):
    run = binaries.run

    def hang(tool, *arguments):
        if "fast" in arguments:
            return subprocess.CompletedProcess((), 1, "", "server does not shut down")
        return run(tool, *arguments)

    monkeypatch.setattr(binaries, "run", hang)
    with postgres.serving(fresh):
        pass
    assert not _runs(fresh)
    monkeypatch.undo()
    with postgres.serving(fresh):
        assert _one(fresh) == (1,)


@contextmanager
def _broken_off(home):
    """Open a connection whose backend is killed a moment later."""
    with (  # noqa: PT012  the connection is broken inside the block
        pytest.raises(psycopg.OperationalError),
        postgres.connected(home, "cluster", "postgres") as connection,
    ):
        killer = threading.Timer(0.2, os.kill, (connection.info.backend_pid, signal.SIGKILL))
        killer.start()
        try:
            yield connection
        finally:
            killer.join()


def test_the_environment_cannot_bend_the_connection(home, monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c synchronous_commit=off")
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGDATABASE", "nowhere")
    with postgres.serving(home), postgres.connected(home, "cluster", "postgres") as connection:
        assert connection.execute("show synchronous_commit").fetchone() == ("on",)


# Shared between processes


def test_the_last_user_stops_it(home):
    with postgres.serving(home):
        with postgres.serving(home):
            assert _one(home) == (1,)
        assert _one(home) == (1,)
    assert not _runs(home)


def test_two_processes_use_one_home_at_once(home):
    with _elsewhere(home) as other:
        _up(other)
        with postgres.serving(home):
            assert _one(home) == (1,)
        assert _runs(home), "the other process still uses it"
        with postgres.serving(home):
            other.communicate("")
            assert other.returncode == 0
            assert _one(home) == (1,), "we still use it"
    assert not _runs(home)


def test_four_processes_start_at_the_same_moment(home):
    crowd = [_elsewhere(home) for _ in range(4)]
    processes = [one.__enter__() for one in crowd]
    for process in processes:
        _up(process)
    assert _one(home) == (1,)
    for process, one in zip(processes, crowd, strict=True):
        process.communicate("")
        one.__exit__(None, None, None)
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert not _runs(home)


def test_a_forked_child_does_not_stop_its_parents_server(home):
    code = (
        "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0); print('ended', flush=True); sys.stdin.read()"
    )
    with _elsewhere(home, then=f"exec({code!r})") as other:
        _up(other)
        assert other.stdout.readline() == "ended\n"
        assert _one(home) == (1,)
        other.communicate("")
    assert not _runs(home)


# Taken over


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_owner_leaves_a_home_that_the_next_one_takes_over(home, how):
    with _elsewhere(home) as owner:
        _up(owner)
        first = postmaster.find(home.pgdata)
        owner.send_signal(how)
        owner.wait()
        assert _runs(home)
        with postgres.serving(home):
            assert postmaster.find(home.pgdata) == first
            assert _one(home) == (1,)
    assert not _runs(home), "the dead owner is not counted among the users"


def test_what_a_killed_owner_left_can_be_stopped_but_not_what_is_in_use(home):
    with _elsewhere(home) as owner:
        _up(owner)
        with pytest.raises(Refusal) as refused:
            postgres.stop(home)
        assert refused.value.code == "home.in_use"
        assert _one(home) == (1,)
        owner.kill()
        owner.wait()
        assert _runs(home)
        postgres.stop(home)
        assert not _runs(home)
    postgres.stop(home)
    postgres.stop(Home(home.root / "nowhere"))


def test_an_owner_killed_while_the_server_starts(fresh):
    for delay in (0.0, 0.02, 0.05, 0.1):
        with _elsewhere(fresh) as owner:
            time.sleep(0.25 + delay)  # the interpreter's own start
            owner.kill()
            owner.wait()
        with postgres.serving(fresh):
            assert _one(fresh) == (1,)
        assert not _runs(fresh)


@pytest.mark.parametrize("children", [True, False], ids=["all", "postmaster"])
def test_what_was_acknowledged_is_there_after_kill_9(fresh, children):
    acknowledged = []

    def write():
        with postgres.connected(fresh, "cluster", "postgres") as connection:
            for number in range(1_000_000):
                try:
                    connection.execute("insert into t values (%s)", (number,))
                except psycopg.OperationalError:
                    return
                acknowledged.append(number)

    with postgres.serving(fresh):
        with postgres.connected(fresh, "cluster", "postgres") as connection:
            connection.execute("create table t (n int)")
        writer = threading.Thread(target=write)
        writer.start()
        _wait_until(lambda: len(acknowledged) > 200)
        _kill_server(fresh, children=children)
        began = time.monotonic()
        with postgres.serving(fresh), postgres.connected(fresh, "cluster", "postgres") as connection:
            print(f"{len(acknowledged)} acknowledged; up again after {time.monotonic() - began:.2f} s")
            there = {number for (number,) in connection.execute("select n from t")}
        writer.join()
    assert there >= set(acknowledged)


@pytest.mark.parametrize("who", ["stranger", "zombie"])
def test_a_number_that_another_process_has_now(fresh, who):
    """After a crash the old number may be anybody's: the wheel's launcher then says refused for ever."""
    with postgres.serving(fresh):
        _kill_server(fresh)
        _wait_until(lambda: not _processes_of(fresh))
    run = [sys.executable, "-c", "import time; time.sleep(60)" if who == "stranger" else ""]
    other = subprocess.Popen(run, cwd="/")
    if who == "zombie":
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    try:
        file = fresh.pgdata / "postmaster.pid"
        file.write_text("\n".join([str(other.pid), *file.read_text().splitlines()[1:], ""]))
        with postgres.serving(fresh):
            assert _one(fresh) == (1,)
        assert not _runs(fresh)
        if who == "stranger":
            assert other.poll() is None, "the stranger is left alone"
    finally:
        other.kill()
        other.wait()


def test_recovery_tells_how_it_goes_and_is_not_cut_short(home, monkeypatch):
    """A stopped postmaster stands for a long recovery: it lives, and does not answer yet."""
    monkeypatch.setattr(postgres, "_TELL_EVERY", 0.2)
    told = []
    with _elsewhere(home) as owner:
        _up(owner)
        server = postmaster.find(home.pgdata).process
        os.kill(server, signal.SIGSTOP)
        threading.Timer(4, os.kill, (server, signal.SIGCONT)).start()
        with postgres.serving(home, progress=told.append):
            assert _one(home) == (1,)
    assert told
    assert "seconds so far" in told[0]


def test_a_server_that_cannot_start_is_a_refusal_that_names_the_log(fresh):
    (fresh.pgdata / "global" / "pg_control").rename(fresh.pgdata / "global" / "pg_control.gone")
    refused = _refusal(fresh)
    assert refused.code == "home.database_down"
    assert str(fresh.postgres / "server.log") in refused.next_step
    (fresh.pgdata / "global" / "pg_control.gone").rename(fresh.pgdata / "global" / "pg_control")


# A home deep down


def test_a_long_path_and_a_socket_folder_that_is_swept_away(street):
    home = Home(street / ("deep" * 25) / "home")
    postgres.create_cluster(home)
    with postgres.serving(home):
        assert _one(home) == (1,)
        first = sockets.resolve(home)
        assert stat.S_IMODE(first.stat().st_mode) == 0o700
        sockets.file(first).unlink()
        with postgres.serving(home):
            assert _one(home) == (1,), "the socket alone was swept away"
        sockets.file(first).unlink()
        (first / ".s.PGSQL.5432.lock").unlink()
        first.rmdir()
        with postgres.serving(home):
            assert _one(home) == (1,), "a cleaner of /tmp does not lock the keeper out"
    assert not _runs(home)
    sockets.resolve(home).rmdir()


# Never unsafe


@pytest.mark.parametrize("line", ["fsync = off", "full_page_writes = off", "synchronous_commit = 'local'"])
def test_a_file_that_switches_durability_off_is_refused(fresh, line):
    with (fresh.pgdata / "postgresql.conf").open("a") as file:
        file.write(f"\n{line}\n")
    refused = _refusal(fresh)
    assert refused.code == "home.unsafe_settings"
    assert line.split()[0] in refused.sentence
    assert not _runs(fresh)


@pytest.mark.parametrize(
    "statement",
    [
        "alter system set synchronous_commit = off",
        "alter system set fsync = off",
        "alter role cluster set synchronous_commit = off",
        "alter database postgres set synchronous_commit = off",
        "create role r login; alter role r set synchronous_commit = off",
    ],
)
def test_a_statement_that_switches_durability_off_is_refused_next_time(fresh, statement):
    with postgres.serving(fresh), postgres.connected(fresh, "cluster", "postgres") as connection:
        connection.execute(statement)
    assert _refusal(fresh).code == "home.unsafe_settings"


def test_a_server_that_somebody_else_started_unsafely_is_refused(fresh):
    sockets.ensure(fresh)
    options = f"-c fsync=off -c listen_addresses= -k {fresh.socket}"
    started = binaries.run(
        "pg_ctl",
        "start",
        "-w",
        "-D",
        str(fresh.pgdata),
        "-l",
        str(fresh.postgres / "server.log"),
        "-o",
        options,
    )
    assert started.returncode == 0
    assert _refusal(fresh).code == "home.unsafe_settings"


def test_checksums_switched_off_are_refused(fresh):
    switched = binaries.run("pg_checksums", "--disable", "-D", str(fresh.pgdata))
    assert switched.returncode == 0, switched.stderr
    refused = _refusal(fresh)
    assert refused.code == "home.unsafe_settings"
    assert "data_checksums" in refused.sentence


@pytest.mark.parametrize(
    "lines",
    [
        "local all all trust",
        "local all all peer",
        "host all all 127.0.0.1/32 scram-sha-256",
        "include other",
        "",
    ],
)
def test_an_access_file_that_is_not_ours_is_refused_before_the_server_runs(fresh, lines):
    (fresh.pgdata / "pg_hba.conf").write_text(
        f"# mended\nlocal  all all\tscram-sha-256\n{lines}\n" if lines else ""
    )
    assert _refusal(fresh).code == "home.unsafe_access"
    assert "starting PostgreSQL" not in "".join(
        path.read_text() for path in fresh.postgres.glob("server.log")
    )


def test_an_unfounded_home_is_refused(street):
    assert _refusal(Home(street / "nowhere")).code == "home.unfounded"


def test_half_a_founding_is_done_again(street):
    home = Home(street / "half")
    postgres.create_folders(home)
    making = home.postgres / "data.making"
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n")
    assert postgres.create_cluster(home)
    assert not postgres.create_cluster(home), "the second time there is nothing to make"
    with postgres.serving(home):
        assert _one(home) == (1,)


def test_root_without_user_namespaces_is_told_what_to_do(monkeypatch):
    if os.geteuid() != 0:
        lack("only root needs a user namespace")
    binaries._unprivileged.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Refusal) as refused:
        binaries.run("postgres", "--version")
    assert refused.value.code == "home.root"
    binaries._unprivileged.cache_clear()
