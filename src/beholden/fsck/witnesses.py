# SPDX-License-Identifier: Apache-2.0
"""Checks the home's policy of witnesses: readable, nobody else's to write, of our logs, and one that can be kept.

Asks no witness. What a policy that is wrong stops is every release; that it was taken away, nothing here can see.
"""

import os

from beholden.fsck.rules import Finding, Findings, found, note
from beholden.home import Home
from beholden.ledger.note import Key, NoteMalformed
from beholden.ledger.policy import NotWitnessed, Policy, PolicyMalformed
from beholden.ledger.signer import LOGS, keeper_origin, log_of
from beholden.ledger.witnessing import check_witnessed
from beholden.refusals import Refusal

WHERE = "witnesses"
_WRITERS = 0o022
_MEND = "Mend the file: docs/how-to/have-the-log-witnessed.md. Nothing is released until then."


def check_witnesses(home: Home) -> Findings:
    """Say what is wrong with the file of witnesses, where there is one.

    Must hold: (1) it is a file of ours that nobody else can write; (2) it is a policy; (3) of each log it names the
    key that is published beside it; (4) the witnesses that can be asked are a quorum. That too few have seen a log as
    it stands is a note: they may be away.
    """
    path = home.witnesses
    if not (path.exists() or path.is_symlink()):
        return
    status = path.lstat()
    if not path.is_file() or path.is_symlink():  # (1)
        yield found("no_file", WHERE, "This is a link or a folder where a file must be.", _MEND)
        return
    if status.st_uid != os.geteuid() or status.st_mode & _WRITERS:
        step = "Read it, then close it: chmod 600. Whoever can write it decides who must have seen the log."
        yield found("file_open", WHERE, "Other users of this machine can change who must see the log.", step)
    try:
        policy = Policy.parse(path.read_bytes())  # (2)
    except PolicyMalformed as no:
        yield found("witnesses", WHERE, no.sentence, _MEND)
        return
    for log in LOGS:
        yield from _of_log(home, log, policy)  # (3)
    if not policy.reachable():  # (4)
        sentence = (
            "The witnesses that have an address are too few for the quorum, so it can never be reached."
        )
        yield found("witnesses", WHERE, sentence, _MEND)


def _of_log(home: Home, log: str, policy: Policy) -> Findings:
    origin, held = f"{keeper_origin(home)}/{log}", log_of(home, log)
    raw, published = held.published_key(), held.published()
    if raw is None:  # nothing was published yet
        return
    try:
        key = Key.parse(raw.decode("utf-8", "replace").removesuffix("\n"))
    except NoteMalformed:  # said where the log is looked at
        return
    if key not in policy.keys_of(origin):
        sentence = f"The policy does not name the key that the log of {log} is signed with."
        yield found("witnesses", WHERE, sentence, _MEND)
    elif published is not None:
        yield from _seen(home, log, published)


def _seen(home: Home, log: str, published: bytes) -> Findings:
    try:
        check_witnessed(home, log, note=published)
    except NotWitnessed as no:
        yield _unseen(log, no)
    except Refusal:  # said where the log is looked at
        return


def _unseen(log: str, no: NotWitnessed) -> Finding:
    sentence = f"Of the log of {log} as it stands: {no.sentence}"
    return note("not_witnessed", f"ledger/{log}/checkpoint", sentence, "Ask them: beholden log witnessed.")
