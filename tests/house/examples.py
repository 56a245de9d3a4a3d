# SPDX-License-Identifier: Apache-2.0
"""Reads the examples in the documents and plays them as their reader would: a shell, a Python, the pages in a browser.

A block is played if `<!-- run -->` stands above it. In what a block says it expects, `…` stands for anything on the
line, a line of `…` alone for any lines, and `‹name›` for what differs at every run; what stood there is put in for
`‹name›` from then on. `<!-- play: file.md -->` plays another document at that place, as its reader is told to.

The shell is one `sh` for each document, so `cd`, `$?` and `$!` mean what they mean to a reader. A command that fails
must be followed by `$ echo $?`. Knows no register: everything is asked of the programs and the pages themselves.
"""

import contextlib
import doctest
import http.cookiejar
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lxml.html

PATIENCE = 60.0
WRITTEN_PORT = "8123"
"""The documents serve on this port; while they are played, a free one takes its place."""

_BLOCK = re.compile(
    r"^<!-- run -->\n```(\w+)\n(.*?)^```$|^<!-- play: ([\w./-]+) -->$", re.MULTILINE | re.DOTALL
)
_FENCED = re.compile(r"^```(\w*)\n.*?^```$", re.MULTILINE | re.DOTALL)
_DIFFERS = re.compile(r"‹(\w+)›|…")
_END = "\x1e"
LANGUAGES = ("console", "pycon", "page")


@dataclass(frozen=True, slots=True)
class Block:
    """One example: its language, its text, and the line on which it begins. `play` names another document instead."""

    language: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where what happened is not what the document says."""

    place: str
    said: str
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.place}\n  {self.said}\nwanted:\n{self.wanted}\ngot:\n{self.got}"


def blocks(page: Path) -> Iterator[Block]:
    """Every example of a document that is marked to be played, in order."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block("play", found[3], line) if found[3] else Block(found[1], found[2], line + 2)


def unmarked(page: Path) -> list[int]:
    """Lines of the fenced blocks that are not marked to be played."""
    text = page.read_text("utf-8")
    return [
        text.count("\n", 0, found.start()) + 1
        for found in _FENCED.finditer(text)
        if not text[: found.start()].endswith("<!-- run -->\n")
    ]


# --- what is expected ---


@dataclass
class Seen:
    """What has stood for each `‹name›` so far."""

    names: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """Put in what is known for each `‹name›`."""
        return re.sub(r"‹(\w+)›", lambda found: self.names.get(found[1], found[0]), text)

    def meets(self, wanted: str, got: str) -> bool:
        """Say whether an answer is as the document says, and remember what stood for new names."""
        lines = [line.rstrip() for line in got.strip("\n").split("\n")]
        pattern = "".join(map(self._line, wanted.strip("\n").split("\n")))
        found = re.fullmatch(pattern, "".join(f"{line}\n" for line in lines))
        if found:
            self.names |= found.groupdict()
        return bool(found)

    def reads(self, wanted: str, got: str) -> bool:
        """Say whether a page says this somewhere."""
        found = re.search(self._words(" ".join(wanted.split())), " ".join(got.split()))
        if found:
            self.names |= found.groupdict()
        return bool(found)

    def _line(self, line: str) -> str:
        return r"(?:.*\n)*?" if line.strip() == "…" else self._words(line.rstrip()) + r"\n"

    def _words(self, line: str) -> str:
        made, last, here = "", 0, set[str]()
        for found in _DIFFERS.finditer(line):
            made += re.escape(line[last : found.start()])
            name, last = found[1], found.end()
            if name is None:
                made += ".*?"
            elif name in self.names or name in here:
                made += re.escape(self.names[name]) if name in self.names else f"(?P={name})"
            else:
                made += rf"(?P<{name}>\S+?(?: \S+?)*?)"
                here.add(name)
        return made + re.escape(line[last:])


# --- the programs a reader would have open ---


class Talk:
    """A program that is told one thing after another, and says at the end of each that it is done."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def say(self, words: str) -> str:
        """Say something, and return what comes back until the mark."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(words.encode())
        self.process.stdin.flush()
        heard, until = b"", time.monotonic() + PATIENCE
        while not heard.endswith(f"{_END}\n".encode()):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65_536) if ready else b""
            if not piece:
                raise AssertionError(f"no end came after: {words}\nheard: {heard.decode(errors='replace')}")
            heard += piece
        return heard.decode(errors="replace").removesuffix(f"{_END}\n")

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.stdout.close()


class Shell(Talk):
    """One `sh`. What it starts and leaves running is ended with it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(["sh"], folder, environment)

    def run(self, command: str) -> tuple[str, int]:
        """Run one command; return what it said and its status."""
        heard = self.say(f"{{ {command}\n}} </dev/null\n__s=$?; printf '%s{_END}\\n' $__s; (exit $__s)\n")
        said, status = re.fullmatch(r"(.*?)(\d+)", heard, re.DOTALL).groups()
        return said, int(status)


class Session(Talk):
    """One interactive Python."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        quiet = "import sys; sys.ps1 = sys.ps2 = ''"
        super().__init__([sys.executable, "-W", "error", "-i", "-q", "-u", "-c", quiet], folder, environment)

    def run(self, source: str) -> str:
        return self.say(f"{source}\nprint('{_END}')\n")


class Browser:
    """The pages without JavaScript: opens, reads, fills in, attaches and presses by what stands on the page."""

    def __init__(self, port: int, folder: Path) -> None:
        self.address, self.folder = f"http://127.0.0.1:{port}/", folder
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.text, self.root = "", None
        self.filled: dict[str, str] = {}
        self.ticked: list[tuple[str, str]] = []
        self.attached: dict[str, Path] = {}

    def do(self, verb: str, words: str, seen: Seen) -> str:
        """Do one thing; return the page's text where it did not go well, else nothing."""
        match verb:
            case "Open":
                self._go(urllib.parse.urljoin(self.address, words))
            case "Read":
                return "" if seen.reads(words, self.text) else self.text
            case "Type":
                label, _, value = words.partition(" = ")
                self.filled[self._field(label).get("name")] = value
            case "Choose":
                chosen = self._field(words)
                self.filled[chosen.get("name")] = chosen.get("value")
            case "Tick":
                box = self._field(words)
                self.ticked.append((box.get("name"), box.get("value")))
            case "Attach":
                label, _, name = words.partition(" = ")
                self.attached[self._field(label).get("name")] = self.folder / name
            case "Press":
                self._press(words)
            case "Follow":
                links = [a for a in self.root.iter("a") if _words(a) == words]
                assert links, f"there is no link {words!r} on: {self.text}"
                self._go(urllib.parse.urljoin(self.address, links[0].get("href")))
            case _:
                raise AssertionError(f"a reader cannot {verb}")
        return ""

    def _field(self, label: str) -> lxml.html.HtmlElement:
        found = [one for one in self.root.iter("label") if _words(one) == label]
        assert found, f"no field is called {label!r} on: {self.text}"
        return self.root.get_element_by_id(found[0].get("for"))

    def _press(self, words: str) -> None:
        button = next((one for one in self.root.iter("button") if _words(one) == words), None)
        assert button is not None, f"there is no button {words!r} on: {self.text}"
        form = next(one for one in button.iterancestors("form"))
        values = [one for one in form.form_values() if one[0] not in self.filled]
        values += [*self.filled.items(), *self.ticked]
        where = urllib.parse.urljoin(self.address, form.get("action"))
        if self.attached:
            self._go(where, *_multipart(dict(values), self.attached))
        elif form.method == "GET":
            self._go(f"{where}?{urllib.parse.urlencode(values)}")
        else:
            self._go(where, urllib.parse.urlencode(values).encode())

    def _go(self, address: str, posted: bytes | None = None, kind: str | None = None) -> None:
        head = {"Content-Type": kind} if kind else {}
        asked = urllib.request.Request(address, posted, head)  # noqa: S310  our own pages on this machine
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with self.opener.open(asked, timeout=PATIENCE) as answer:
                    return self._arrive(answer.read().decode(), answer.headers.get_content_type())
            except urllib.error.HTTPError as answer:
                return self._arrive(answer.read().decode(), answer.headers.get_content_type())
            except urllib.error.URLError:  # the server is still starting
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def _arrive(self, body: str, kind: str) -> None:
        self.filled, self.ticked, self.attached = {}, [], {}
        self.root = lxml.html.document_fromstring(body) if kind == "text/html" else None
        self.text = body if self.root is None else _words(self.root.body)


def _multipart(values: dict[str, str], attached: dict[str, Path]) -> tuple[bytes, str]:
    """A form with files in it, as a browser sends it (RFC 7578), and its content type."""
    mark, parts = "a-mark-of-the-player", []
    for name, value in values.items():
        if name not in attached:
            parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode())
    for name, file in attached.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file.name}"\r\n\r\n'
        parts.append(head.encode() + file.read_bytes())
    whole = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return whole + b"--" + mark.encode() + b"--\r\n", f"multipart/form-data; boundary={mark}"


def _words(element: lxml.html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


# --- playing ---


class Player:
    """Plays documents one after another in one folder, and writes down where they are wrong."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.seen, self.faults, self.played = Seen(), dict[str, list[Fault]](), dict[str, int]()
        kept = {
            name: os.environ[name] for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR") if name in os.environ
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = {**kept, "PATH": path, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}

    def play(self, page: Path) -> None:
        """Play one document, from its first example to its last or to the first block that is wrong."""
        wrong = self.faults.setdefault(page.name, [])
        shell, python, browser = Shell(self.folder, self.environment), None, Browser(self.port, self.folder)
        self.played[page.name] = 0
        try:
            for block in blocks(page):
                place = f"{page.name}:{block.line}"
                self.played[page.name] += 1
                if block.language == "play":
                    self.play(page.parent / block.text)
                    if self.faults[Path(block.text).name]:
                        break
                elif block.language == "console":
                    wrong += self._console(shell, block.text, place)
                elif block.language == "pycon":
                    python = python or Session(self.folder, self.environment)
                    wrong += self._python(python, block.text, place)
                else:
                    wrong += self._page(browser, block.text, place)
                if wrong:
                    break
        except AssertionError as lost:
            wrong.append(Fault(place, block.text, "", str(lost)))
        finally:
            if python:
                python.close()
            shell.close()

    def _here(self, text: str) -> str:
        return self.seen.fill(text).replace(WRITTEN_PORT, str(self.port))

    def _console(self, shell: Shell, text: str, place: str) -> Iterator[Fault]:
        said = [part for part in re.split(r"^\$ ", text, flags=re.MULTILINE) if part]
        for at, part in enumerate(said):
            command, wanted = _command(part)
            got, status = shell.run(self._here(command))
            if not self.seen.meets(wanted, got.replace(f":{self.port}", f":{WRITTEN_PORT}")):
                yield Fault(place, command, wanted, got)
            asked = at + 1 < len(said) and said[at + 1].startswith("echo $?")
            if status and not asked:
                yield Fault(place, command, "status 0", f"status {status}\n{got}")

    def _python(self, python: Session, text: str, place: str) -> Iterator[Fault]:
        for example in doctest.DocTestParser().get_examples(text):
            got = python.run(self._here(example.source))
            if not self.seen.meets(example.want, got):
                yield Fault(place, example.source, example.want, got)

    def _page(self, browser: Browser, text: str, place: str) -> Iterator[Fault]:
        for line in text.splitlines():
            verb, _, words = line.partition(" ")
            words = words.strip()
            trouble = browser.do(verb, words if verb == "Read" else self._here(words), self.seen)
            if trouble:
                yield Fault(place, line, words, trouble)


def _command(part: str) -> tuple[str, str]:
    """Split one prompt's text into the command, which goes on behind `> ` as a shell shows it, and the answer."""
    first, *rest = part.split("\n")
    end = next((at for at, line in enumerate(rest) if not line.startswith("> ")), len(rest))
    return "\n".join([first, *(line[2:] for line in rest[:end])]), "\n".join(rest[end:])
