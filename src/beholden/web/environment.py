# SPDX-License-Identifier: Apache-2.0
"""Builds the Jinja environment: where templates are found, and the words they may use. Knows no view.

A name that a template misspells is loud; a key that a GOV.UK macro does not find in its options is quietly absent,
because that is how those macros are written.
"""

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader, UndefinedError
from jinja2.loaders import ChoiceLoader
from jinja2.runtime import Undefined
from jinja2.utils import missing

from beholden.web import words
from beholden.web.service import service

HERE = Path(__file__).parent


class Absent(Undefined):
    """A missing option is empty; a name that was never set is a bug."""

    __slots__ = ()

    def _fail_if_unknown(self) -> None:
        unknown_name = self._undefined_obj is missing and self._undefined_hint is None
        if unknown_name:
            raise UndefinedError(f"{self._undefined_name!r} is not given to this template")

    def __str__(self) -> str:
        self._fail_if_unknown()
        return ""

    def __bool__(self) -> bool:
        self._fail_if_unknown()
        return False


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a file of ours, with a fingerprint, so that it may be cached for ever."""
    return f"{settings.STATIC_URL}{name}?v={_fingerprint(HERE / 'static' / name)}"


def asset_plain(name: str) -> str:
    """Return the address of a file that our style sheet names too, exactly as it names it, so that it loads once."""
    return f"{settings.STATIC_URL}{name}"


def environment(**options: object) -> Environment:
    """Return the environment that `settings.TEMPLATES` names; Django hands over its own options."""
    options.pop("loader", None)
    env = Environment(  # noqa: S701  autoescape is set below and cannot be switched off by an option
        **{**options, "autoescape": True, "undefined": Absent},  # type: ignore[arg-type]
        loader=ChoiceLoader(
            [
                PrefixLoader(
                    {
                        "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                        "components": FileSystemLoader(HERE / "components"),
                    }
                ),
                FileSystemLoader(HERE / "templates"),
            ]
        ),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(settings.SERVICE["ZONE"])
    nothing = Absent(hint="a macro's word for nothing", name="undefined")  # GOV.UK's macros name it
    env.globals.update(undefined=nothing, asset=asset, asset_plain=asset_plain, url=reverse, service=service)
    env.filters.update(
        day=words.day,
        month=words.month,
        short_day=words.short_day,
        up_to=words.up_to,
        clock=lambda when: words.clock(when, zone),
        local_day=lambda when: words.day(when.astimezone(zone).date()),
        last_day=lambda until: words.day(words.last_day(until, zone)),
        local_short_day=lambda when: words.short_day(when.astimezone(zone).date()),
        query=lambda held: urlencode({key: value for key, value in held.items() if value}),
        named=words.named,
        number=words.number,
        in_tens=words.in_tens,
        listed=words.listed,
        people=words.people,
        records=words.records,
        in_fours=words.in_fours,
        spelled=words.spelled,
        capitalize_first=words.capitalised,
        lower_first=words.lowered,
    )
    return env
