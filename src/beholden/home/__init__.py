# SPDX-License-Identifier: Apache-2.0
"""The keeper's home: one folder that holds everything one register keeps on one machine.

This says where each thing lies and who may open it. It knows no pupil, no Django and no clock.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from beholden.refusals import Refusal

_CLOSED = 0o700
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Home:
    """One keeper's home. Every path is below `root`; all folders are 0700."""

    root: Path

    @property
    def postgres(self) -> Path:
        """Everything of the embedded server, so that two homes can share one server by a link."""
        return self.root / "postgres"

    @property
    def pgdata(self) -> Path:
        return self.postgres / "data"

    @property
    def socket(self) -> Path:
        """The socket's folder, or a link to a shorter one (see `postgres.socket_folder`)."""
        return self.postgres / "socket"

    @property
    def passwords(self) -> Path:
        """One 0600 file per login of the database."""
        return self.postgres / "passwords"

    @property
    def database(self) -> Path:
        """Holds the database's name where it is not `beholden`."""
        return self.root / "database"

    @property
    def pack(self) -> Path:
        """Names the catalogue this home was founded under; homes older than the choice have none."""
        return self.root / "pack"

    @property
    def witnesses(self) -> Path:
        """Which witnesses must have seen the logs; a home without the file asks none."""
        return self.root / "witnesses"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def slots(self) -> Path:
        """Person keys: outside PostgreSQL's folder and outside every versioned backup."""
        return self.keys / "persons.slots"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def signer_state(self) -> Path:
        return self.root / "signer"

    @property
    def rows(self) -> Path:
        return self.root / "rows"

    @property
    def sets(self) -> Path:
        return self.root / "sets"

    @property
    def index(self) -> Path:
        """By what people are found who are alike: keyed hashes, made anew from the vault, and in no backup."""
        return self.root / "index"

    @property
    def catalogues(self) -> Path:
        """What every catalogue said that was ever set or announced, under its hash: no secret, and never changed."""
        return self.root / "catalogues"

    @property
    def incoming(self) -> Path:
        return self.root / "incoming"

    @property
    def inbox(self) -> Path:
        """Where the doors put down what a school sends, until the keeper has taken it (see `home.inbox`)."""
        return self.root / "inbox"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def released(self) -> Path:
        return self.root / "released"

    @property
    def enclave(self) -> Path:
        """What may be looked at in the reading room and never leaves it; sealed, each under a key of its own."""
        return self.root / "enclave"

    @property
    def post(self) -> Path:
        """Letters that are passed on, with the lists for schools; sealed, each file under a key of its own."""
        return self.root / "post"

    @property
    def journal(self) -> Path:
        """What left about one person at a time, line by line, each on the disk before anything was shown."""
        return self.root / "journal"

    @property
    def regulator(self) -> Path:
        """What the regulator is told of each sealed handover, locked to its key, before anything leaves."""
        return self.root / "regulator"

    @property
    def messages(self) -> Path:
        """What recipients are told about rows that they hold, each message locked to its recipient."""
        return self.root / "messages"

    @property
    def tables(self) -> Path:
        """Cubes: numbers of children by everything that may be asked, as secret as the rows. One folder a release."""
        return self.root / "tables"

    @property
    def letters(self) -> Path:
        return self.root / "letters"

    @property
    def town(self) -> Path:
        return self.root / "town"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def folders(self) -> tuple[Path, ...]:
        """Every folder that a founded home has, the home itself first."""
        return (
            self.root,
            self.postgres,
            self.passwords,
            self.keys,
            self.ledger,
            self.signer_state,
            self.rows,
            self.sets,
            self.index,
            self.catalogues,
            self.incoming,
            self.inbox,
            self.quarantine,
            self.released,
            self.enclave,
            self.post,
            self.journal,
            self.regulator,
            self.messages,
            self.tables,
            self.letters,
            self.town,
            self.log,
        )


def here() -> Home:
    """Return the home that `BEHOLDEN_HOME` names. There is no default: a guessed home is a wrong home."""
    named = os.environ.get("BEHOLDEN_HOME", "")
    if not named:
        raise Refusal(
            "home.unset",
            "No home is named, so there is no register to open.",
            next_step="Give --home DIR, or set BEHOLDEN_HOME to the keeper's folder.",
            authority="ARCHITECTURE section 3: one home is one keeper",
        )
    return Home(Path(named).absolute())


def create_folders(home: Home) -> None:
    """Make the home's folders, 0700 each. Missing parents are made closed; others are not touched."""
    for parent in reversed(home.root.parents):
        if not parent.exists():
            parent.mkdir(mode=_CLOSED)
    if home.root.is_dir() and not any(home.root.iterdir()):
        check_owner(home.root)
        home.root.chmod(_CLOSED)  # an empty folder handed to us becomes the home
    for folder in home.folders:
        folder.mkdir(mode=_CLOSED, exist_ok=True)
        check_closed(folder)


def check_owner(folder: Path) -> None:
    """Refuse a folder that another user of this machine owns: its owner can open it again at any time."""
    if folder.stat().st_uid != os.geteuid():
        raise Refusal(
            "home.not_ours",
            f"{folder} belongs to another user of this machine.",
            next_step="Run as the user who owns the home, or choose another folder.",
            authority="D36: least access",
        )


def check_closed(folder: Path) -> None:
    """Refuse a folder that others on this machine can enter. D36."""
    check_owner(folder)
    if folder.stat().st_mode & _OTHERS:
        raise Refusal(
            "home.open",
            f"{folder} can be entered by other users of this machine.",
            next_step=f"Find out why, then close it: chmod 700 {folder}",
            authority="D36: least access",
        )
