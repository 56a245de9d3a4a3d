# SPDX-License-Identifier: Apache-2.0
"""A recipient's machine fetches and signs for its messages over the pages' addresses, with signed requests (D31).

Played against the real doors and the keeper's own answers; only the socket between them is left out.
"""

import json
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

import homes
from beholden.gate import message_key
from beholden.gate.message import sign_done, unlock
from beholden.ledger.canonical import print_json
from beholden.redress.request import AHEAD, APART, Request, shown_date, sign
from beholden.refusals import Refusal
from integration.redressed import released
from integration.world import CATALOGUE, IDENTITY, SEED

API = "/recipient/api/v1/messages"
pytestmark = pytest.mark.story  # what is signed for waits no more


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    """A released study, of which one day's message waits."""
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        held = released(tmp_path_factory.mktemp("town"), pupils=20)
        held.close_day()
        yield home, held


@pytest.fixture
def world(stage):
    return stage[1].world


@pytest.fixture
def desk(stage, monkeypatch):
    """Doors and keeper, as they are wired: what a page asks, the keeper's own table answers."""
    import msgspec
    from django.test import Client
    from django.test.utils import override_settings

    from beholden.hatch import table, wire
    from beholden.hatch.verbs import Answered, Asked
    from beholden.web.recipient import machine

    _, held = stage
    keeper = table.keeper(CATALOGUE, since=held.world.at - timedelta(hours=1))

    def ask(verb, question):
        raw = msgspec.json.encode(Asked(verb.name, msgspec.Raw(msgspec.json.encode(question))))
        assert len(raw) < wire.QUESTION_LIMIT
        back = msgspec.json.decode(keeper.answer(raw, at=held.world.at), type=Answered)
        if back.refused is not None:
            raise back.refused.refusal()
        return msgspec.json.decode(back.answer, type=verb.answer)

    monkeypatch.setattr(machine, "ask", ask)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield Client(enforce_csrf_checks=True)


def keeper_name():
    from beholden.home import here
    from beholden.ledger.signer import keeper_origin

    return keeper_origin(here())


def made(world, path=API, *, method="GET", body="", seed=SEED, **changed):
    held = Request("northford", method, path, shown_date(world.at), secrets.token_hex(16), body)
    held = replace(
        held, **{name: value for name, value in changed.items() if name not in {"signature", "keeper"}}
    )
    signature = changed.get("signature") or sign(held, keeper=changed.get("keeper", keeper_name()), seed=seed)
    return replace(held, signature=signature)


def send(desk, held, path=None, body=None, **more):
    headers = {
        "Beholden-Recipient": held.recipient,
        "Beholden-Date": held.date,
        "Beholden-Nonce": held.nonce,
        "Beholden-Signature": held.signature,
    }
    if held.method == "GET":
        return desk.get(path or held.path, headers=headers, **more)
    said = held.body if body is None else body
    return desk.post(path or held.path, said, content_type="application/json", headers=headers)


def code(answer):
    return answer.status_code, json.loads(answer.content)["refused"]["code"]


def test_messages_are_listed_fetched_and_signed_for_by_a_machine(stage, desk, world):
    """D31: the very bytes that lie in the home, locked; the signed word closes it, and said again it is taken again."""
    home, _ = stage
    listed = send(desk, made(world))
    assert (listed.status_code, listed["Cache-Control"]) == (200, "no-store")
    (line,) = json.loads(listed.content)["messages"]
    place = f"{API}/{line['handover']}/{line['day']}"
    got = send(desk, made(world, place))
    assert (got.status_code, got["Content-Type"]) == (200, "application/octet-stream")
    assert got.content in {path.read_bytes() for path in home.messages.iterdir()}
    opened = unlock(got.content, identity=str(IDENTITY), key=message_key.public())
    assert opened.do_by.isoformat() == line["do_by"]
    word = print_json(sign_done(got.content, opened, seed=SEED).to_json()).decode()
    for _ in range(2):
        done = send(desk, made(world, f"{place}/done", method="POST", body=word))
        assert (done.status_code, json.loads(done.content)["done"]) == (200, True)
    assert json.loads(send(desk, made(world)).content) == {"messages": [], "more": False}
    assert code(send(desk, made(world, place))) == (404, "redress.no_such_message")


def test_a_request_counts_once(desk, world):
    held = made(world)
    assert send(desk, held).status_code == 200
    assert code(send(desk, held)) == (401, "redress.request")


@pytest.mark.parametrize(
    "changed",
    [
        {"seed": bytes([9]) * 32},
        {"keeper": "another.example/keeper"},
        {"recipient": "welfare-2"},
        {"recipient": "nobody"},
        {"nonce": "00"},
        {"signature": "00" * 64},
        {"date": "2027-01-01T00:00:00+00:00"},
    ],
    ids=str,
)
def test_what_is_not_signed_by_the_recipient_for_this_is_refused_alike(desk, world, changed):
    assert code(send(desk, made(world, **changed))) == (401, "redress.request")


def test_a_signature_is_for_one_method_path_and_body(desk, world):
    held = made(world)
    assert code(send(desk, held, f"{API}/{'0' * 32}/2027-01-01")) == (401, "redress.request")
    posted = made(world, f"{API}/{'0' * 32}/2027-01-01/done", method="POST", body="{}")
    assert code(send(desk, posted, body='{"a":1}')) == (401, "redress.request")
    assert code(send(desk, replace(held, path=f"{API}?x=1"))) == (400, "machine.request")


@pytest.mark.parametrize("sign_of", [1, -1])
def test_a_clock_that_is_wrong_is_told_so(desk, world, sign_of):
    far = shown_date(world.at + sign_of * (APART + timedelta(seconds=2)))
    assert code(send(desk, made(world, date=far))) == (401, "redress.request_date")


def test_what_was_signed_before_the_keeper_s_process_began_is_refused(stage, world):
    """A restart forgets which nonces it saw, so nothing from before it counts."""
    from beholden.rights.recipient.machine import Machine

    held = made(world)
    since = world.at + timedelta(seconds=1)
    with pytest.raises(Refusal, match=r"^redress\.request:"):
        Machine(since).waiting(held, catalogue=CATALOGUE, at=since)


@pytest.mark.parametrize("ahead", [0, 10, 30])
def test_what_a_process_before_could_have_taken_is_not_taken_after_a_restart(stage, world, ahead):
    """A request may be dated a little ahead; the process that begins after it was used knows nothing of its nonce."""
    from beholden.rights.recipient.machine import Machine

    held = made(world, date=shown_date(world.at + timedelta(seconds=ahead)))
    Machine(world.at - timedelta(hours=1)).waiting(held, catalogue=CATALOGUE, at=world.at)
    since = world.at + timedelta(milliseconds=1)
    with pytest.raises(Refusal, match=r"^redress\.request:"):
        Machine(since).waiting(held, catalogue=CATALOGUE, at=since)


def test_a_minute_after_a_restart_a_new_request_is_taken(stage, world):
    from beholden.rights.recipient.machine import Machine

    Machine(world.at - timedelta(minutes=1)).waiting(made(world), catalogue=CATALOGUE, at=world.at)


def test_a_request_that_is_dated_further_ahead_is_not_taken(desk, world):
    far = shown_date(world.at + AHEAD + timedelta(seconds=1))
    assert code(send(desk, made(world, date=far))) == (401, "redress.request_date")


@pytest.mark.parametrize("recipient", ["\0", "x" * 100, ""])
def test_nobody_is_looked_up_for_what_has_not_the_shape_of_a_request(stage, world, recipient):
    """What no body can be called is never handed to the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from beholden.rights.recipient.machine import Machine

    held = made(world, recipient=recipient)
    with CaptureQueriesContext(connection) as asked, pytest.raises(Refusal, match=r"^redress\.request:"):
        Machine(world.at - timedelta(hours=1)).waiting(held, catalogue=CATALOGUE, at=world.at)
    assert len(asked) == 0


def test_another_s_or_no_word_is_not_taken(desk, world):
    place = f"{API}/{'0' * 32}/2027-01-01"
    for body in ("", "{}", "[]", "no", '{"day":1}'):
        held = made(world, f"{place}/done", method="POST", body=body)
        assert code(send(desk, held)) == (422, "redress.no_word")
    assert code(send(desk, made(world, place))) == (404, "redress.no_such_message")


def test_a_body_that_is_too_long_is_not_read(desk, world):
    held = made(world, f"{API}/{'0' * 32}/2027-01-01/done", method="POST", body="x" * 20_000)
    assert code(send(desk, held)) == (400, "machine.request")


def test_no_cookie_and_no_forgery_token_is_needed_and_none_is_set(desk, world):
    assert not send(desk, made(world)).cookies


@pytest.fixture
def served(desk, monkeypatch):
    """The doors on a real port of this machine; the clock of the command is the story's."""
    import threading
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from django.core.handlers.wsgi import WSGIHandler
    from django.test.utils import override_settings

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
        server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_recipient_s_own_commands_fetch_and_answer(stage, served, world, tmp_path, monkeypatch):
    """From a timer: fetch, open, do, sign, answer. The second day's message, because the first is signed for."""
    from datetime import datetime

    from typer.testing import CliRunner

    from beholden.cli import machines
    from beholden.cli.commands import app

    _, held = stage
    held.close_day()

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return world.at

    monkeypatch.setattr(machines, "datetime", Clock)
    seed, folder = tmp_path / "seed", tmp_path / "messages"
    seed.write_text(SEED.hex())
    whole = ["--from", served, "--keeper", keeper_name(), "--as", "northford", "--signing-key", str(seed)]

    def run(*words):
        return CliRunner().invoke(app, ["recipient", *words, *whole])

    got = run("fetch", "--to", str(folder))
    assert got.exit_code == 0, got.output
    files = sorted(folder.iterdir())
    assert files
    for file in files:
        raw = file.read_bytes()
        opened = unlock(raw, identity=str(IDENTITY), key=message_key.public())
        word = tmp_path / "word.json"
        word.write_bytes(print_json(sign_done(raw, opened, seed=SEED).to_json()))
        sent = run("answer", str(word))
        assert sent.exit_code == 0, sent.output
    assert run("fetch", "--to", str(tmp_path / "again")).exit_code == 0
    assert list((tmp_path / "again").iterdir()) == []


@pytest.mark.parametrize(
    "address", ["http://records.example", "https://records.example/x", "ftp://127.0.0.1"]
)
def test_the_command_asks_no_address_without_tls(address, tmp_path):
    from beholden.cli import machines

    seed = tmp_path / "seed"
    seed.write_text(SEED.hex())
    with pytest.raises(Refusal, match=r"^cli\.machine:"):
        machines.fetch(address, "keeper", "northford", seed, tmp_path)
