# SPDX-License-Identifier: Apache-2.0
"""One sitting with a letter: what the sealed cookie holds while a family answers. Knows no page.

The letter itself is opened afresh for each page (see `beholden.web.sealed_session`); only half-given answers and
the numbers of saved ones are carried from page to page, by the child's place in the letter, never by name.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from beholden.choices.rules import Answer, Permission
from beholden.kinds import Actor, Role
from beholden.refusals import Refusal
from beholden.rights.actions import Child, Notice, OpenLetter, open_letter
from beholden.web.present import catalogue, now

FAMILY = Actor("letter", Role.FAMILY)
"""Who knocks: somebody with a letter. The mandate inside the letter says for whom they may speak."""

_SAVED = "saved/2"
"""Where saved answers stand in the cookie. In another form they get another name: an older cookie's are dropped.
No words are kept, but codes: a browser throws away a cookie of more than 4,096 bytes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One answer saved in this sitting, as its receipt shows it: by a child's place in the letter, what was said.

    `scope` is use, purpose, contact or all; *undone* for a no that was taken back; *yes* for a yes. `use` is a place in
    the letter; 0 where it was about no use of this letter, and then `about` is the reference of the use, or the code of
    the kind of use, if it was about one.
    """

    scope: str
    use: int
    number: str
    at: datetime
    said: Mapping[int, Answer | Permission]
    about: str = ""

    def whom(self, wanted: Answer | Permission) -> tuple[int, ...]:
        """Return the places of the children about whom this was said."""
        return tuple(place for place, said in self.said.items() if said is wanted)


@dataclass(frozen=True, slots=True)
class Sitting:
    """An open letter and what has been said in it so far."""

    session: SessionBase
    letter: OpenLetter

    @property
    def names(self) -> tuple[str, ...]:
        """Return the first names of the children, in the letter's order."""
        return tuple(child.name for child in self.letter.children)

    def notice(self, place: int) -> Notice | None:
        """Return the use at a place, counted from 1."""
        return self.letter.notices[place - 1] if 1 <= place <= len(self.letter.notices) else None

    def child(self, place: int) -> Child | None:
        """Return the child at a place, counted from 1."""
        return self.letter.children[place - 1] if 1 <= place <= len(self.letter.children) else None

    @property
    def current(self) -> int:
        """Return the place of the use that is being answered."""
        return int(self.session.get("current", 1))

    def begin(self, place: int) -> None:
        """Turn to one use. A draft for another use is dropped: each is answered on its own."""
        if self.session.get("current") != place:
            self.session.pop("draft", None)
        self.session["current"] = place

    @property
    def draft(self) -> Mapping[int, Answer]:
        """Return what has been said and not yet saved, by the child's place."""
        return {int(place): Answer(said) for place, said in self.session.get("draft", {}).items()}

    def say(self, answers: Mapping[int, Answer]) -> None:
        """Note half an answer; it counts once it is saved."""
        held = {**self.draft, **answers}
        self.session["draft"] = {str(place): said.value for place, said in held.items()}
        self.about_to_press()

    def start_over(self) -> None:
        """Drop what has been said and not saved."""
        self.session.pop("draft", None)
        self.session.pop("press", None)

    def about_to_press(self) -> None:
        """Make the coming press of *Save* one that can be told from every other."""
        self.session["press"] = secrets.token_hex(16)

    @property
    def press(self) -> str:
        """Return what marks the coming press, so that a form sent twice is one answer."""
        return str(self.session.get("press", ""))

    @property
    def number(self) -> str:
        """Return the number of an earlier answer that was typed in this sitting."""
        return str(self.session.get("number", ""))

    @property
    def saved(self) -> tuple[Saved, ...]:
        """Return the answers saved in this sitting, oldest first."""
        return tuple(
            Saved(
                scope,
                use,
                number,
                datetime.fromisoformat(at),
                {int(place): _word(one) for place, one in said.items()},
                about,
            )
            for scope, use, number, at, said, about in self.session.get(_SAVED, [])
        )

    def last_said(self) -> Saved | None:
        """Return what was saved last about the present use in this sitting; what was said before is not known here."""
        found = [one for one in self.saved if (one.scope, one.use) == ("use", self.current)]
        return found[-1] if found else None

    def last_about(self, place: int) -> Saved | None:
        """Return what was saved last in this sitting about one child and the present use, a yes or a no."""
        found = [
            one
            for one in self.saved
            if one.use == self.current and one.scope in {"use", "yes"} and place in one.said
        ]
        return found[-1] if found else None

    def remember(self, saved: Saved) -> None:
        """Keep the number of a saved answer; the same number is kept once."""
        said = {str(place): one.value for place, one in saved.said.items()}
        line = [saved.scope, saved.use, saved.number, saved.at.isoformat(), said, saved.about]
        others = [held for held in self.session.get(_SAVED, []) if held[:3] != line[:3]]
        self.session[_SAVED] = [*others, line]


def _word(said: str) -> Answer | Permission:
    return Permission.AGREE if said == Permission.AGREE.value else Answer(said)


def open_with(request: HttpRequest, code: str, born_on: date) -> OpenLetter:
    """Open a letter for the first time in this sitting, or let the refusal through."""
    letter = open_letter(code=code, born_on=born_on, catalogue=catalogue(), by=FAMILY, at=now())
    request.session.flush()
    request.session.update({"code": code, "born": born_on.isoformat()})
    rotate_token(request)
    return letter


def current(request: HttpRequest) -> Sitting | None:
    """Return the sitting, with the letter opened afresh; None when there is none, or the letter no longer opens."""
    code, born = request.session.get("code"), request.session.get("born")
    if not code or not born:
        return None
    try:
        letter = open_letter(
            code=code, born_on=date.fromisoformat(born), catalogue=catalogue(), by=FAMILY, at=now()
        )
    except Refusal:
        request.session.flush()
        return None
    request.session.modified = True  # fifteen minutes begin again with each page
    return Sitting(request.session, letter)
