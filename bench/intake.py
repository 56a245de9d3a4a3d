# SPDX-License-Identifier: Apache-2.0
"""How fast returns are taken in: read, checked, sealed, stored, receipted, in PostgreSQL on a real disk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from beholden.intake import columns
from measuring import Claim, Limit, Work, main
from measuring.register import register, returns, take_in

A_SCHOOL = 370
NOTE = """From the file to the receipt: bytes and structure checked, rules, people found or made, sealed group by group,
row file, manifest, receipt, log's outbox, all on disk. About half is reading and checking, a third the vault; a small
file also pays for its own transaction and flushes. Pupils known already are unsealed and compared, and written again
only where something changed."""
Files = Callable[[int], list[Path]]


def one_file(pupils: int) -> list[Path]:
    return returns(pupils, 1)


def many_files(pupils: int) -> list[Path]:
    return returns(pupils, pupils // A_SCHOOL)


def first(files: Files) -> Callable[[int], object]:
    """Take in pupils that the register has never met."""

    @contextmanager
    def way(pupils: int) -> Iterator[Work]:
        sent = files(pupils)
        with register():
            yield lambda: take_in(sent)

    return way


def again(files: Files) -> Callable[[int], object]:
    """Take in the same pupils once more: the schools have corrected their returns."""

    @contextmanager
    def way(pupils: int) -> Iterator[Work]:
        sent = files(pupils)
        with register() as home:
            take_in(sent)
            corrected = []
            for path in sent:
                corrected.append(home.incoming / path.name)
                corrected[-1].write_bytes(path.read_bytes().replace(b"<SerialNo>", b"<SerialNo>1", 1))
            yield lambda: take_in(corrected)

    return way


def lxml_alone(files: Files) -> Callable[[int], object]:
    """Parse, and do nothing with it."""

    @contextmanager
    def way(pupils: int) -> Iterator[Work]:
        sent = files(pupils)

        def parse() -> None:
            for path in sent:
                for _, element in etree.iterparse(path, tag="PupilOnRoll"):
                    element.clear()

        yield parse

    return way


def xml2arrow_alone(files: Files) -> Callable[[int], object]:
    """Turn our leaves into columns of text, unchecked, and do nothing with them."""

    @contextmanager
    def way(pupils: int) -> Iterator[Work]:
        sent, parser = files(pupils), columns._parser()  # noqa: SLF001  the very tables that intake asks for

        def parse() -> None:
            for path in sent:
                with path.open("rb") as file:
                    for _ in parser.parse_batches(file, max_rows_per_batch=65_536):
                        pass

        yield parse

    return way


def claim(
    name: str, says: str, ours: Callable[[Files], object], files: Files, sizes: tuple[int, ...]
) -> Claim:
    ways = {
        "accept": ours(files),
        "lxml, parse alone": lxml_alone(files),
        "xml2arrow alone": xml2arrow_alone(files),
    }
    return Claim(name, says, "pupils", ways, sizes, Limit("rate", 4_000), NOTE)


if __name__ == "__main__":
    main(
        claim(
            "intake.one",
            "One return of 26,000 pupils nobody has met",
            first,
            one_file,
            (1_625, 6_500, 26_000),
        ),
        claim(
            "intake.again",
            "The same return, corrected: pupils known",
            again,
            one_file,
            (1_625, 6_500, 26_000),
        ),
        claim(
            "intake.many",
            "Seventy returns of 370 pupils nobody has met",
            first,
            many_files,
            (1_850, 7_400, 25_900),
        ),
        claim(
            "intake.many_again",
            "The same seventy, corrected: pupils known",
            again,
            many_files,
            (1_850, 7_400, 25_900),
        ),
    )
