# SPDX-License-Identifier: Apache-2.0
"""A short mail says that a message waits: to a real mail server, once for each day, tried again, and written down. D31."""

import socket
import ssl
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

import homes
from beholden.home.mail import mail
from beholden.refusals import Refusal
from integration.redressed import CLOCK, released

PLAIN = """[server]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "register@keeper.example"

[recipients]
northford = "data@northford.example"
nobody = "data@nobody.example"
"""


@pytest.fixture(scope="module")
def stage(base_home, tmp_path_factory):
    from beholden.settings import found

    with homes.fresh(base_home) as home, found.acting_as(home, "keeper"):
        held = released(tmp_path_factory.mktemp("town"), pupils=20)
        held.close_day()
        yield home, held


class Box:
    """What a mail server does with a mail: keeps it, or says no."""

    def __init__(self):
        self.mails, self.refusing = [], False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  the server's own name for it
        if self.refusing:
            return "451 4.3.0 Not now"
        self.mails.append(
            (envelope.mail_from, envelope.rcpt_tos, envelope.content.decode().replace("\r\n", "\n"))
        )
        return "250 2.0.0 Taken"


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture
def box():
    held = Box()
    held.port = free_port()
    server = Controller(held, hostname="127.0.0.1", port=held.port)
    server.start()
    yield held
    server.stop()


@pytest.fixture
def home(stage, box):
    home = stage[0]
    write(home, PLAIN.format(port=box.port))
    yield home
    (home.root / "mail.toml").unlink()
    (home.journal / "mail").unlink(missing_ok=True)


def write(home, text, mode=0o600):
    path = home.root / "mail.toml"
    path.touch(mode)
    path.chmod(mode)
    path.write_text(text)


def tell(held, later=timedelta(0)):
    from beholden.redress.actions.mailing import tell_waiting

    return tell_waiting(by=CLOCK, at=held.world.at + later)


def test_one_mail_for_a_day_that_says_which_and_by_when_and_nothing_else(stage, home, box):
    """No pupil, no value, no count: the same for a full and an empty message."""
    from beholden.redress.queries import waiting_for

    held = stage[1]
    assert tell(held) == 1
    (one,) = waiting_for("northford")
    ((sender, to, said),) = box.mails
    assert (sender, to) == ("register@keeper.example", ["data@northford.example"])
    assert f"Number: {one.use}/{one.day}" in said
    assert f"by: {one.do_by}" in said
    assert "Auto-Submitted: auto-generated" in said
    figures = set("".join(sign if sign.isdigit() else " " for sign in said.split("\n\n", 1)[1]).split())
    named = f"{one.use} {one.day} {one.do_by}".replace("-", " ").replace("U", " ")
    assert figures <= set(named.split()), "no other figure stands in it"
    assert tell(held) == 0
    assert tell(held, timedelta(days=1)) == 0
    assert len(box.mails) == 1


def test_what_the_server_does_not_take_is_tried_again_later_each_time(stage, home, box):
    held = stage[1]
    box.refusing = True
    assert tell(held) == 0
    assert tell(held, timedelta(minutes=4)) == 0
    box.refusing = False
    assert box.mails == []
    assert tell(held, timedelta(minutes=4)) == 0, "not before its time"
    assert tell(held, timedelta(minutes=6)) == 1
    assert [line.split('"what": ')[1][:7] for line in (home.journal / "mail").read_text().splitlines()] == [
        '"try"}',
        '"try"}',
        '"sent"}',
    ]


def test_after_twenty_tries_no_mail_goes_until_the_next_message(stage, home, box):
    """A server that never takes it is not asked for ever."""
    from beholden.redress.mailed import MOST_TRIES, Line, is_due, lines
    from beholden.redress.queries import waiting_for

    box.refusing = True
    for half_days in range(60):
        tell(stage[1], timedelta(hours=12) * half_days)
    tries = list(lines(home))
    assert len(tries) == MOST_TRIES == 20
    (one,) = waiting_for("northford")
    later = tries[-1].at + timedelta(days=99)
    assert is_due(tries, one.day + timedelta(days=1), at=later), "of the next one it is told anew"
    assert not is_due(
        [Line("northford", one.day, "try", later)] * 2_000, one.day, at=later + timedelta(days=9)
    )


def test_a_mail_that_the_library_does_not_make_stops_nothing(stage, home, box):
    """A word that is none to the library is as good as a server's no: it is tried again, and the others get theirs."""
    from beholden.redress.actions.mailing import tell_waiting

    held = stage[1]

    def fails(settings, made):
        raise UnicodeError("label empty or too long")

    assert tell_waiting(by=CLOCK, at=held.world.at, send=fails) == 0
    assert tell(held, timedelta(minutes=6)) == 1


def test_the_chore_reads_as_much_for_many_addresses_as_for_one(stage, home, box):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(connection) as asks:
            tell(stage[1])
        return len(asks)

    first = asked()
    text = PLAIN.format(port=box.port)
    write(home, text + "".join(f'other-{place} = "data@other.example"\n' for place in range(40)))
    assert asked() == first


def test_a_server_that_is_not_there_stops_nothing(stage, home):
    held = stage[1]
    write(home, PLAIN.format(port=1))
    assert tell(held) == 0


def test_killed_after_the_server_took_it_the_mail_goes_again(stage, home, box):
    """A *try* without *sent*: twice is better than never."""
    from beholden.redress.actions.mailing import tell_waiting

    held = stage[1]

    def killed(settings, made):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell_waiting(by=CLOCK, at=held.world.at, send=killed)
    assert tell(held, timedelta(minutes=6)) == 1


def test_a_line_that_a_crash_cut_off_stands_for_nothing(stage, home, box):
    held = stage[1]
    (home.journal / "mail").write_bytes(b'{"at": "2027-')
    assert tell(held) == 1
    assert tell(held) == 0


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_login_is_made_where_there_is_a_user(stage, home):
    """The server asks for one, and the mail is taken only with it."""
    held, seen = Box(), []

    def let_in(server, session, envelope, mechanism, login):
        seen.append(login if isinstance(login, LoginPassword) else None)
        return AuthResult(success=login.password == b"secret")

    port = free_port()
    server = Controller(
        held,
        hostname="127.0.0.1",
        port=port,
        authenticator=let_in,
        auth_required=True,
        auth_require_tls=False,
    )
    server.start()
    try:
        with_login = 'sender = "register@keeper.example"\nuser = "register"\npassword = "{}"'
        for password, sent in (("wrong", 0), ("secret", 1)):
            text = PLAIN.format(port=port).replace(
                'sender = "register@keeper.example"', with_login.format(password)
            )
            write(home, text)
            (home.journal / "mail").unlink(missing_ok=True)
            assert tell(stage[1]) == sent
    finally:
        server.stop()
    assert len(held.mails) == 1
    assert seen[-1].login == b"register"


def test_without_tls_a_server_is_not_spoken_to(stage, home, box):
    """STARTTLS is demanded, and a server that has none gets no mail."""
    write(home, PLAIN.format(port=box.port).replace('"none"', '"starttls"'))
    assert tell(stage[1]) == 0
    assert box.mails == []


def test_a_home_without_the_file_sends_nothing(stage):
    assert mail(stage[0]) is None
    assert tell(stage[1]) == 0


LOCAL = 'host = "127.0.0.1"\nport = 25\nsecurity = "none"'
WRONG = {
    "plain text to another machine": ('"127.0.0.1"', '"mail.example"'),
    "no security": ('"none"', '"perhaps"'),
    "no port": ("port = 25", 'port = "25"'),
    "a second line in an address": ("data@northford.example", "data@northford.example\\nBcc: x@y.example"),
    "signs that not every server takes": ("data@northford", "däta@northford"),
    "two addresses": ("data@northford.example", "a@b.example, c@d.example"),
    "a domain that not every server takes": ("northford.example", "nörthford.example"),
    "a domain with an empty part": ("northford.example", "northford..example"),
    "a domain that begins with a dot": ("northford.example", ".northford.example"),
    "a domain that ends with a dot": ("northford.example", "northford.example."),
    "a part that is too long": ("northford.example", "n" * 64 + ".example"),
    "a name with an empty part": ("data@northford", "data..office@northford"),
    "a sign that nobody sees": ("data@northford", "da\\u0000ta@northford"),
    "a host with an empty part": (LOCAL, LOCAL.replace("127.0.0.1", "mail..example").replace("none", "tls")),
    "a host that not every machine takes": (
        LOCAL,
        LOCAL.replace("127.0.0.1", "möil.example").replace("none", "tls"),
    ),
    "a user without a password": ("[recipients]", 'user = "x"\n[recipients]'),
    "something more": ("[recipients]", "[else]\n[recipients]"),
    "no TOML": ("[server]", "[server"),
}


@pytest.mark.parametrize("why", WRONG)
def test_a_file_that_is_not_right_is_refused(stage, home, why):
    text = PLAIN.format(port=25)
    assert WRONG[why][0] in text
    write(home, text.replace(*WRONG[why]))
    with pytest.raises(Refusal, match=r"^home\.mail:"):
        mail(home)


def test_a_file_that_others_can_read_is_refused(stage, home):
    write(home, PLAIN.format(port=25), mode=0o640)
    with pytest.raises(Refusal, match=r"^home\.mail:"):
        mail(home)


def test_tls_is_checked_against_the_machine_s_own_trust():
    """No setting turns the check of a certificate off."""
    trusted = ssl.create_default_context()
    assert trusted.verify_mode is ssl.CERT_REQUIRED
    assert trusted.check_hostname
