# SPDX-License-Identifier: Apache-2.0
"""One sitting of an officer: what the sealed cookie holds, and what every page of a door does with it. Knows no page.

The cookie holds reference, key and role, sealed, and nothing else. Each page hands reference and key to the keeper, who
looks at them afresh: an ended key ends the sitting at the next press, and there is no table of sittings
(`web.sealed_session`). The role in the cookie only leads to the right pages; what may be done is the keeper's to say.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render

from beholden.hatch.asking import ask
from beholden.hatch.verbs import Verb
from beholden.refusals import Refusal
from beholden.rights.shown import Shown
from beholden.web.onward import see_other

BAD_INPUT = 422
NOT_LET_IN = frozenset({"people.not_let_in", "people.key_mistyped"})
_UNAVAILABLE = 503

_Where = ParamSpec("_Where")
_View = Callable[Concatenate[HttpRequest, _Where], HttpResponse]
_Guarded = Callable[Concatenate[HttpRequest, Shown, _Where], HttpResponse]


@dataclass(frozen=True, slots=True)
class Door:
    """One door: its name, which begins its addresses' names and its templates' folder, and what opens it.

    `not_there` are the refusals that say that nothing stands at an address.
    """

    name: str
    verb: Verb[Shown, Any]
    not_there: Collection[str]

    def sign_in(self, request: HttpRequest, shown: Shown) -> str:
        """Begin a sitting with what was shown, or let the refusal through. Whoever else sat here before is out.

        Returns the role that the keeper named, or the door's own name where it has but one.
        """
        role = str(getattr(ask(self.verb, shown), "role", self.name))
        request.session.flush()
        request.session[self.name] = {"ref": shown.ref, "key": shown.key, "role": role}
        rotate_token(request)
        return role

    def shown_in(self, request: HttpRequest) -> Shown | None:
        """Return what was shown in this sitting; None where nobody is signed in. It proves nothing yet."""
        held = request.session.get(self.name)
        return Shown(held["ref"], held["key"]) if held else None

    def role_in(self, request: HttpRequest) -> str:
        """Return the role in which somebody sits here, or nothing."""
        held = request.session.get(self.name)
        return str(held["role"]) if held else ""

    def inside(self, *roles: str) -> Callable[[_Guarded[_Where]], _View[_Where]]:
        """Let a page be asked for by whoever is signed in in one of these roles (none named: any).

        What the keeper refuses becomes the page that helps.
        """

        def guard(view: _Guarded[_Where]) -> _View[_Where]:
            def guarded(request: HttpRequest, /, *args: _Where.args, **kwargs: _Where.kwargs) -> HttpResponse:
                shown = self.shown_in(request)
                if shown is None or (roles and self.role_in(request) not in roles):
                    return self.closed(request)
                try:
                    response = view(request, shown, *args, **kwargs)
                except Refusal as no:
                    return self._refused(request, no)
                request.session.modified = True  # each page begins the fifteen minutes again
                return response

            return guarded

        return guard

    def beside_the_field(self, no: Refusal) -> Refusal:
        """Return a refusal that a form shows beside its field; let through what no other answer would change."""
        if no.code in NOT_LET_IN or no.code in self.not_there or no.code.startswith("hatch."):
            raise no
        return no

    def _refused(self, request: HttpRequest, no: Refusal) -> HttpResponse:
        if no.code in NOT_LET_IN:
            request.session.flush()
            return self.closed(request)
        if no.code in self.not_there:
            raise Http404
        return self.not_now(request, no)

    def not_now(self, request: HttpRequest, no: Refusal) -> HttpResponse:
        """Say in the keeper's own words that it cannot be done now: nobody answers, or the register stands still."""
        return render(request, f"{self.name}/silent.html", {"no": no}, status=_UNAVAILABLE, using="pages")

    def closed(self, request: HttpRequest) -> HttpResponse:
        """Lead back to the sign-in, and say why."""
        request.session[f"{self.name}_closed"] = True
        return see_other(f"{self.name}-sign-in")
