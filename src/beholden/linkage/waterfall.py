# SPDX-License-Identifier: Apache-2.0
"""Draws an explanation as a picture: a bar for each step from the prior to the odds, in bits. Plain SVG, no script.

It decides how the picture looks and nothing else. No value of anybody can be in it, because there is none in an
explanation. The same explanation gives the same bytes.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from beholden.linkage.explaining import Explanation

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 760, 330, 70, 26, 44
_FOR, _AGAINST, _WHOLE, _INK, _LINE = "#00703c", "#b35900", "#3d4b5c", "#0b0c0c", "#b1b4b6"

_FONT = 'font-family="sans-serif" font-size="14"'


@dataclass(frozen=True, slots=True)
class _Bar:
    says: str
    start: float
    end: float
    whole: bool = False


def draw(why: Explanation) -> str:
    """Return the picture of one explanation."""
    bars = _bars(why)
    ends = [value for bar in bars for value in (bar.start, bar.end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    scale = (_WIDTH - _LEFT - _RIGHT) / ((high - low) or 1)
    height = _TOP + _ROW * len(bars) + 14

    def across(bits: float) -> float:
        return _LEFT + (bits - low) * scale

    zero = across(0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" {_FONT}>',
        f"<title>{escape(_title(why))}</title>",
        f"<desc>{escape('; '.join(f'{bar.says}: {_bits(bar)} bits' for bar in bars))}</desc>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="24" fill="{_INK}">{escape(_title(why))}</text>',
        f'<line x1="{zero:.1f}" y1="{_TOP - 8}" x2="{zero:.1f}" y2="{height - 10}" stroke="{_LINE}"/>',
    ]
    for place, bar in enumerate(bars):
        y = _TOP + _ROW * place
        x, wide = min(across(bar.start), across(bar.end)), abs(bar.end - bar.start) * scale
        colour = _WHOLE if bar.whole else _FOR if bar.end >= bar.start else _AGAINST
        parts += [
            f'<text x="8" y="{y + 14}" fill="{_INK}">{escape(bar.says)}</text>',
            f'<rect x="{x:.1f}" y="{y}" width="{max(wide, 1):.1f}" height="18" fill="{colour}"/>',
            f'<text x="{x + wide + 6:.1f}" y="{y + 14}" fill="{_INK}">{_bits(bar)}</text>',
        ]
    return "\n".join((*parts, "</svg>\n"))


def _title(why: Explanation) -> str:
    return f"From the prior to the odds, in bits: {why.posterior:.4g} of 1, {why.decision}"


def _bits(bar: _Bar) -> str:
    return f"{bar.end - bar.start:+.1f}".replace("-", "\N{MINUS SIGN}")


def _bars(why: Explanation) -> list[_Bar]:
    bars, at = [], 0.0
    for name, bits in why.steps():
        bars.append(_Bar(name, at, at + bits))
        at += bits
    return [*bars, _Bar("The odds", 0.0, at, whole=True)]
