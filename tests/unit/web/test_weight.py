# SPDX-License-Identifier: Apache-2.0
"""Slow and cracked phones: a first visit weighs under 70 KB, a later page of the letter under 20 (notes/ux.md 8.4)."""

import subprocess
import sys
from pathlib import Path

import homes
from unit.web.doubles import CODE

STATIC = Path(__file__).parents[3] / "src/beholden/web/static"
KB = 1000


def test_a_first_visit_is_light(reader, box):
    built = STATIC / "built"
    if not (built / "pages.css").exists():
        homes.lack("the pages are not built: `make pages`")
    sheet = (built / "pages.css.gz").stat().st_size  # served as it lies; pages and script are served unpacked
    script = (STATIC / "own/pages.js").stat().st_size
    faces = sum(
        (built / f"atkinson-hyperlegible-next-latin-{w}-normal.woff2").stat().st_size for w in (400, 700)
    )
    page = max(len(reader.get(address).content) for address in ("/", "/letter", "/uses", "/check"))
    whole = sheet + script + faces + page
    print(f"style sheet {sheet}, script {script}, faces {faces}, page {page}: {whole} bytes")
    assert whole < 70 * KB


def test_the_style_sheet_is_served_packed_and_for_ever(reader, box):
    if not (STATIC / "built/pages.css.gz").exists():
        homes.lack("the pages are not built: `make pages`")
    answer = reader.get("/static/built/pages.css?v=1", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert not answer.cookies
    answer.close()


def test_later_pages_are_lighter(reader, box):
    reader.post("/letter", {"code": CODE})
    reader.post("/letter/check", {"day": "27", "month": "3", "year": "2015"})
    for address in ("/letter/use/1", "/letter/more", "/letter/wider"):
        assert len(reader.get(address).content) < 20 * KB


LOADED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "beholden.settings"
import beholden.web.wsgi
from django.urls import get_resolver
assert get_resolver().url_patterns
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_pages_process_loads_no_engine():
    """What reads rows is the keeper's. Without it each worker is 40 MB lighter, and a large upload has its room."""
    run = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "django" in loaded
    assert not loaded & {"pyarrow", "numpy", "duckdb", "ibis", "lxml", "xml2arrow"}
