# SPDX-License-Identifier: Apache-2.0
"""The public register, its twins, and the log as pages and files (D26, D24, U8)."""

import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import homes
from beholden.ledger.checkpoint import sign_checkpoint
from beholden.ledger.entries import KINDS
from beholden.ledger.verify import key_number
from beholden.uses.rules import Recurrence
from beholden.uses.runs import Recurs
from beholden.web.public import log, sums
from beholden.web.public.register import planned
from unit.web import doubles
from unit.web.doubles import AUDIT, COLLEGE, FRAUD, LIST, SLEEP, UNIVERSITY, USES, YEAR

NOTE = sign_checkpoint(doubles.checkpoint("events").checkpoint, seed=bytes(range(32)))
FORBIDDEN = ("GDS Transport", "crown", "crest", "#1d70b8", "GOV.UK")
ADDRESSES = (
    "/",
    "/uses",
    f"/uses/{UNIVERSITY}",
    f"/uses/{FRAUD}",
    f"/uses/{UNIVERSITY}/numbers",
    "/uses/numbers",
    "/report-card",
    "/report-card/transparency",
    "/report-card/choice",
    "/log",
    "/log/events/0",
    "/log/events/6",
    "/rules",
    "/check",
    "/cannot",
    "/words",
    "/help",
    "/accessibility",
    "/privacy",
    "/letter",
    "/letter/lost",
    "/letter/not-me",
    "/letter/left",
    "/nowhere",
)


def text(answer) -> str:
    return answer.content.decode()


def csv_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(answer))))


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_borrows_a_crown_or_asks_another_host(reader, box, address):
    """The look is our own, and nothing is loaded from elsewhere (notes/ux.md 7.1)."""
    page = text(reader.get(address))
    assert not [word for word in FORBIDDEN if word in page]
    for found in re.findall(r'(?:src|href|action)="([^"]+)"', page):
        assert found.startswith(("/", "#")), found
        assert not found.startswith("//")
    assert "<style" not in page
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son[a-z]+=", page)
    assert page.count("<h1") == 1


def test_the_style_sheet_is_our_own():
    built = Path(__file__).parents[3] / "src/beholden/web/static/built/pages.css"
    if not built.exists():
        homes.lack("the pages are not built: `make pages`")
    sheet = built.read_text()
    assert not [word for word in FORBIDDEN if word in sheet]
    for found in re.findall(r"url\(([^)]+)\)", sheet):
        assert re.fullmatch(r'"?(atkinson-[a-z0-9-]+\.woff2|#bh-hatch)"?', found), found
    assert "Atkinson Hyperlegible Next" in sheet


def test_refused_stands_beside_granted(reader, box):
    page = text(reader.get("/uses"))
    assert page.index("Coming back to school") < page.index("Looking for benefit fraud")
    assert "Refused by rule P7: Records that are taken for school" in page
    assert "Counted from the log of events, with 7 entries." in page


def test_the_address_is_the_query(reader, box):
    page = text(reader.get("/uses?state=Refused"))
    assert FRAUD in page
    assert UNIVERSITY not in page
    page = text(reader.get("/uses?q=benefit"))
    assert FRAUD in page
    assert COLLEGE not in page
    assert "Nothing was found." in text(reader.get("/uses?q=%3Cscript%3E&page=99"))
    assert reader.get("/uses?page=-3").status_code == 200
    assert reader.get("/uses?page=²").status_code == 200


def test_a_refused_use_says_by_which_rule_and_what_instead(reader, box):
    page = text(reader.get(f"/uses/{FRAUD}"))
    for said in ("We said no.", "The rule is P7.", "They can have a table of counts. It shows no child."):
        assert said in page
    assert "Wiped" not in page, "nothing is planned for what was refused"


@pytest.mark.parametrize(
    "sentence", ["Records must not be used to punish.", "Rule P7: records must not be used to punish."]
)
def test_a_refused_use_names_its_rule_once(reader, box, monkeypatch, sentence):
    """A sentence that names the rule itself needs no second line that does."""
    refused = replace(next(use for use in USES if use.ref == FRAUD), refused_sentence=sentence)
    monkeypatch.setattr(doubles, "USES", (refused,))
    (said,) = re.findall(
        r'<div class="govuk-inset-text">(.*?)</div>', text(reader.get(f"/uses/{FRAUD}")), re.DOTALL
    )
    assert sentence in said
    assert said.count("P7") == 1


def test_what_is_late_and_what_went_wrong_stand_on_the_page_of_the_use(reader, box):
    """D25, D31, D34: exact figures of messages, which no child moves; an incident with how many in a band."""
    page = text(reader.get(f"/uses/{UNIVERSITY}"))
    assert "Messages sent: 12. Done and signed for: 11. Late: 1." in page
    assert "Something went wrong (I-2027-0001). A file turned up." in page
    assert (
        "At most 64 children are known to be in it. The regulator was told in time. This can harm them."
        in page
    )
    assert "Look on your own page if your child is in it. The families were told." in page
    said = reader.get(f"/uses/{UNIVERSITY}.json").json()["messages"]
    assert said == {"sent": 12, "done": 11, "late": 1}


def test_how_many_matches_were_contested_stands_in_tens_on_the_page_of_the_use(reader, box):
    """D21, D26: the month, each figure, and its entry in the log; a use that answers no list has no such part."""
    page = reader.get(f"/uses/{UNIVERSITY}").content.decode()
    assert "By the end of February 2027 that was said about 10 people" in page
    assert "We were wrong, or nobody can tell: fewer than 10." in page
    assert "/log/events/79" in page
    assert "mixed people up" not in reader.get("/uses/U-2027-0007").content.decode()


def test_an_incident_that_names_nobody_sends_no_family_away(reader, box, monkeypatch):
    """D34, UK GDPR Art 34(3)(c): any child may be in it, so no page that knows no child says otherwise."""
    from beholden.web.public import register

    (one,) = doubles.incidents(at=doubles.NOW, use=UNIVERSITY)
    monkeypatch.setattr(register, "incidents", lambda **_: (replace(one, named=False),))
    page = text(reader.get(f"/uses/{UNIVERSITY}"))
    assert (
        "This can harm children. We do not know yet which children are in it. Your child can be in it."
        in page
    )
    assert "own page" not in page
    assert "At most 64" not in page


def of_use(reader, monkeypatch, *lists, year=None):
    from beholden.web.public import register

    monkeypatch.setattr(register, "matched", lambda _: lists)
    monkeypatch.setattr(register, "year_of_lists", lambda: year)
    page = reader.get(f"/uses/{UNIVERSITY}").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)), reader.get(f"/uses/{UNIVERSITY}.json").json()


def test_how_often_a_list_was_matched_wrongly_stands_on_the_page_of_the_use(reader, monkeypatch):
    """How sure a figure is stands beside a figure alone; a list from before says that nobody looked (D26, D32)."""
    said, held = of_use(reader, monkeypatch, replace(LIST, audit=AUDIT, agree=None))
    assert "0 to 15 of a hundred people whom the rules found (95 of 100 such figures are right)." in said
    assert "Somebody was missed" not in said
    assert "The birth date of about 100, the postcode of about 90, the pupil number of about 0." in said
    assert "How often lists of names are matched wrongly" not in said
    assert (held["matches"][0]["audit"]["false"], held["matches_of_a_year"]) == ([0, 15], None)
    without, _ = of_use(reader, monkeypatch, replace(LIST, audit=replace(AUDIT, false=None), agree=None))
    assert "Somebody else was found We cannot say for this list." in without
    assert "95 of 100" not in without
    before, _ = of_use(reader, monkeypatch, LIST)
    assert "Nobody looked at a sample of this list to measure the errors." in before


def test_how_many_were_asked_about_and_found_is_said_in_one_way(reader, monkeypatch):
    """The least number of either may be less; a greater number of who were asked about is exact (D26)."""
    said, _ = of_use(reader, monkeypatch, replace(LIST, rows=10))
    assert "A list of at most 10 people was handed in" in said
    assert "Found by the pupil number At most 64 " in said
    assert "A list of 40 people was handed in" in of_use(reader, monkeypatch, LIST)[0]


def test_the_lists_of_a_year_stand_there_with_their_groups_in_the_words_of_the_rules(reader, monkeypatch):
    """A group that the rules know no more has no name that a reader would know (D32)."""
    said, held = of_use(reader, monkeypatch, LIST, year=YEAR)
    assert "From 1 January to 31 December 2026, 14 lists were matched." in said
    assert "though somebody was compared: so many were that person. 95 of 100 such figures are right." in said
    assert "Who Somebody else was found Somebody was missed Everybody 0 to 7 12 to 80" in said
    assert "Region: Yorkshire and The Humber 0 to 41 12 to 90" in said
    assert "A group that is no longer counted 0 to 41 too few to say" in said
    assert "of-old" not in said
    assert "who are held and were compared, 3 to 31 were found by nobody." in said
    assert held["matches_of_a_year"]["lost"] == [3, 31]
    page = reader.get(f"/uses/{UNIVERSITY}").content.decode()
    assert '<h2 class="govuk-heading-m">How often lists of names are matched wrongly</h2>' in page


@pytest.mark.parametrize(
    ("none", "row"), [("false", "too few to say 12 to 80"), ("missed", "0 to 7 too few to say")]
)
def test_a_figure_of_a_year_for_which_too_few_were_drawn_is_said_to_be_none(reader, monkeypatch, none, row):
    """And so is how many nobody found, which needs both, in a sentence of its own (D32)."""
    said, _ = of_use(
        reader, monkeypatch, replace(LIST, agree=None), year=replace(YEAR, lost=None, **{none: None})
    )
    assert f"Everybody {row}" in said
    assert "95 of 100 such figures are right." in said
    assert "Of how many nobody found, too few were drawn to say. Groups of which" in said
    assert "were found by nobody" not in said


def test_a_year_without_a_figure_does_not_say_how_sure_its_figures_are(reader, monkeypatch):
    bare = replace(YEAR, false=None, missed=None, lost=None, groups=())
    said, _ = of_use(reader, monkeypatch, replace(LIST, agree=None), year=bare)
    assert "Everybody too few to say too few to say" in said
    assert "95 of 100" not in said


def test_a_refused_request_shows_the_table_that_answers_it(reader):
    """D20. Its page links to the question, and so does its JSON; a request that has none says nothing of tables."""
    link = "/tables/pupils?ask=count&by=region&by=free_meals"
    page = reader.get(f"/uses/{FRAUD}").content.decode()
    assert f'href="{link.replace("&", "&amp;")}"' in page
    assert "It shows no child" in page
    (table,) = reader.get(f"/uses/{FRAUD}.json").json()["tables"]
    assert table["link"] == link
    assert table["question"]["by"] == ["region", "free_meals"]
    assert reader.get(f"/uses/{UNIVERSITY}.json").json()["tables"] == []


@pytest.mark.parametrize(("ref", "over"), [(SLEEP, False), (FRAUD, True)])
def test_what_was_refused_or_is_over_does_not_come_again(reader, box, monkeypatch, ref, over):
    from beholden.web.public import register

    recurs = Recurs(Recurrence.EACH_YEAR, date(2029, 3, 31), 1, None, over)
    made = replace(doubles.public_use(ref, None), recurs=recurs)
    monkeypatch.setattr(register, "public_use", lambda *_: made)
    monkeypatch.setattr(register, "handed", lambda _: ())
    page = text(reader.get(f"/uses/{ref}"))
    assert ("comes again" in page) is not over
    assert "came again" not in page


def test_public_numbers_open_their_sum(reader, box):
    page = text(reader.get(f"/uses/{UNIVERSITY}"))
    assert "About 1,460 of 1,503 records were used" in page
    assert f"/uses/{UNIVERSITY}/numbers" in page
    for word in ("said no", "objected", "kept safe", "not told"):
        assert word not in page, "the public sees the total left out, never a reason (D13)"
    opened = text(reader.get(f"/uses/{UNIVERSITY}/numbers"))
    assert "/log/events/71" in opened
    assert reader.get(f"/uses/{COLLEGE}/numbers").status_code == 404


def test_each_public_number_of_a_use_opens_the_entry_it_stands_in(reader, box):
    """U8: figure, entry, log; no figure without one (D26)."""
    page = text(reader.get(f"/uses/{UNIVERSITY}/numbers"))
    for row in re.findall(r"<tr.*?</tr>", page.split("<tbody")[1].split("</tbody>")[0], flags=re.DOTALL):
        assert re.search(r'href="/log/events/(26|71)"', row), row


def test_the_totals_open_their_sum(reader, box):
    """The first page's three numbers, and each state's, are the number of the entries named beside them (U8, D26)."""
    assert '/uses/numbers"' in text(reader.get("/"))
    assert '/uses/numbers"' in text(reader.get("/uses"))
    page = text(reader.get("/uses/numbers"))
    for use in USES:
        assert f'/log/events/{use.steps[-1].entry}"' in page
    held = json.loads(text(reader.get("/uses/numbers.json")))
    assert held["totals"] == {"agreed": 2, "refused": 1, "waiting": 1, "unanswered": 0}
    assert {row["state"]: len(row["uses"]) for row in held["states"]} == {
        "To decide": 1, "Open": 1, "Running": 1, "Refused": 1
    }  # fmt: skip
    assert held["counted_at"] == len(doubles.EVENTS)
    (refused,) = [row for row in csv_of(reader.get("/uses/numbers.csv")) if row["state"] == "Refused"]
    assert (refused["uses"], refused["entries"]) == ("1", "27")
    assert "not in the log yet" not in page


def test_a_step_that_the_log_does_not_have_yet_is_said(reader, box, monkeypatch):
    from beholden.web.public import register

    held = doubles.counted()
    monkeypatch.setattr(register, "counted", lambda: replace(held, uses=held.uses[1:]))
    assert "The newest step of 1 use is not in the log yet." in text(reader.get("/uses/numbers"))
    monkeypatch.setattr(register, "counted", lambda: replace(held, uses=()))
    monkeypatch.setattr(register, "register_of_uses", lambda _: ())
    assert "No use stands in the log yet." in text(reader.get("/uses/numbers"))


def test_a_use_gives_what_opens_its_seal(reader, box):
    """From the JSON alone: SHA-256(salt, then the texts in their one spelling) is what each entry carries (D26)."""
    held = json.loads(text(reader.get(f"/uses/{UNIVERSITY}.json")))
    opened = held["published_text"]
    spelled = json.dumps(opened["texts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = hashlib.sha256(bytes.fromhex(opened["salt"]) + spelled.encode()).hexdigest()
    assert found == held["commitment"]
    assert [one["commitment"] for one in held["committed_in"]] == [found]


def test_unknown_things_are_not_there(reader, box):
    for address in (
        *("/uses/U-1", "/uses/U-1.json", "/uses/U-1/numbers", "/log/events/99", "/log/secrets/0"),
        *("/report-card/2027", "/report-card/wisdom", "/report-card/transparency.json"),
    ):
        assert reader.get(address).status_code == 404


def test_json_and_csv_say_what_the_page_says(reader, box):
    held = json.loads(text(reader.get("/uses.json")))
    assert [use["ref"] for use in held["uses"]] == [use.ref for use in USES]
    assert held["counted_at"] == len(doubles.EVENTS)
    (refused,) = [use for use in held["uses"] if use["refused"]]
    assert refused["refused"]["rule"] == "P7"
    rows = csv_of(reader.get("/uses.csv"))
    assert [row["ref"] for row in rows] == [use.ref for use in USES]
    assert held["counts"] == {"All": 4, "To decide": 1, "Open": 1, "Running": 1, "Refused": 1}
    (told,) = [row for row in rows if row["ref"] == UNIVERSITY]
    assert (told["scope"], told["released_tens"], told["state_entry"]) == ("1503", "1460", "74")
    (untold,) = [row for row in rows if row["ref"] == COLLEGE]
    assert (untold["scope"], untold["counted_at"]) == ("", "81")
    one = json.loads(text(reader.get(f"/uses/{UNIVERSITY}.json")))
    assert one["numbers"]["scope"] == 1503
    assert one["numbers"]["entries"][0] == {"log": "events", "entry": 26}


def test_the_twins_answer_the_same_question_as_the_page(reader, box):
    """The address is the query, for data too (ux 2.1)."""
    assert "/uses.csv?state=Refused" in text(reader.get("/uses?state=Refused"))
    assert [row["ref"] for row in csv_of(reader.get("/uses.csv?state=Refused"))] == [FRAUD]
    held = json.loads(text(reader.get("/uses.json?q=benefit")))
    assert [use["ref"] for use in held["uses"]] == [FRAUD]
    assert held["counts"] == {"All": 1, "Refused": 1}


def test_no_cell_is_a_formula():
    """An applicant writes the title; a spreadsheet must not run it."""
    for begin in "=+-@\t\r":
        (row,) = csv.DictReader(
            io.StringIO(
                sums.table(
                    ((replace(USES[0], title=f"{begin}cmd|' /C calc'!A0"), doubles.public_numbers("")),)
                )
            )
        )
        assert row["title"].startswith("'" + begin if begin != "\r" else "'")


def test_totals_are_all_requests():
    total = sums.totals(doubles.counted())
    assert (total.agreed, total.refused, total.waiting, total.unanswered) == (2, 1, 1, 0)


def test_a_request_that_was_taken_back_before_an_answer_was_not_agreed(reader, box, monkeypatch):
    from beholden.web.public import register

    held = doubles.counted()
    ended = [replace(one, label="Ended") for one in held.uses]
    monkeypatch.setattr(register, "counted", lambda: replace(held, uses=tuple(ended)))
    total = sums.totals(register.counted())
    assert (total.agreed, total.refused, total.waiting, total.unanswered) == (2, 0, 0, 2)
    assert "2 ended before anyone said yes or no." in text(reader.get("/uses/numbers"))


def test_what_is_to_come_is_said_for_each_state():
    by_ref = {use.ref: [station.name for station in planned(use)] for use in USES}
    assert by_ref[COLLEGE] == ["Agreed", "Families told", "Time to answer over", "Used", "Wiped"]
    assert by_ref[SLEEP] == ["Time to answer over", "Used", "Wiped"]
    assert by_ref[UNIVERSITY] == ["Wiped"]
    assert by_ref[FRAUD] == []


def test_every_kind_of_entry_has_a_sentence_of_its_own():
    """A new kind of entry without a sentence shows here."""
    from beholden.web.public.sentences import said

    assert set(KINDS.values()) <= set(said.registry)


def test_how_often_lists_were_matched_wrongly_is_a_sentence_of_the_log():
    """Of people, with a year's own last day; and where there is no figure, that we cannot say (D32)."""
    from beholden.ledger.vocabulary.events import ListAudited, ListsAudited
    from beholden.web.public.sentences import said

    of_list = ListAudited(0, 15, 0, 20, 0, UNIVERSITY, 100, 0, 90)
    assert said(of_list).endswith("The rules took somebody for somebody else: 0 to 15 of a hundred people.")
    assert said(replace(of_list, false_low=None, false_high=None)).endswith("else: we cannot say how often.")
    of_year = ListsAudited(7, 0, (), 14, None, None, None, None, YEAR.since, YEAR.until)
    assert said(of_year) == (
        "From 1 January to 31 December 2026, 14 lists of names were matched. "
        "The rules took somebody for somebody else: 0 to 7 of a thousand people. "
        "They missed somebody: we cannot say how often."
    )


def test_entries_are_sentences(reader, box):
    page = text(reader.get("/log"))
    for said in (
        "The rules in force from now on were fixed.",
        "A school sent its return, and it was taken in: at most 512 children.",
        f"Use {FRAUD} was refused by rule P7.",
        f"Families were told about use {UNIVERSITY}: 1,480 of 1,490 children, in tens.",
        "All answers of 3 March 2027 were sealed. How many is not told.",
        f"The list for use {UNIVERSITY} was settled: about 1,460 of 1,503 children, about 40 left out.",
    ):
        assert said in page


def test_a_page_of_the_log_reads_its_own_entries(reader, box, monkeypatch):
    asked = []

    def entries(name, start=0, stop=None):
        asked.append((name, start, stop))
        return doubles.entries(name, start, stop)

    monkeypatch.setattr(log, "NEWEST", 3)
    monkeypatch.setattr(log.queries, "entries", entries)
    page = text(reader.get("/log"))
    assert "Entry 6" in page
    assert "Entry 4" in page
    assert "Entry 3" not in page
    assert reader.get("/log/events/2").status_code == 200
    assert reader.get("/log/events/7").status_code == 404
    assert asked == [("handovers", 0, 0), ("events", 4, 7), ("events", 2, 3)]


def test_the_key_is_shown_to_compare(reader, box, monkeypatch):
    page = text(reader.get("/check"))
    key = doubles.published_key("handovers")
    assert f"--key {key}" in page.replace("&#43;", "+")
    assert key_number(key) in page
    assert "newspaper" not in page, "nobody prints it there"
    monkeypatch.setattr(log.queries, "published_key", lambda _: None)
    assert "Nothing has been signed yet" in text(reader.get("/check"))


@pytest.fixture
def tiles(box, monkeypatch, tmp_path):
    """Lay a log on disk, with something beside it that is nobody's business."""

    class Here:
        ledger = tmp_path / "ledger"

    monkeypatch.setattr(log, "here", lambda: Here)
    folder = Here.ledger / "events"
    (folder / "tile/0/000.p").mkdir(parents=True)
    (folder / "tile/0/000.p/7").write_bytes(b"\x01" * 224)
    (folder / "tile/0/000.p/8").write_bytes(b"draft!" * 8)
    (folder / "tile/entries").mkdir()
    (folder / "tile/entries/000").write_bytes(b"a full tile of a log that is not so long")
    (folder / "checkpoint").write_bytes(NOTE)
    (Here.ledger / "texts").mkdir()
    (Here.ledger / "texts/U-2027-0041.json").write_bytes(b'{"salt"')
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/signer.events").write_bytes(b"secret")
    (Here.ledger / "secret").write_bytes(b"secret")
    return Here


def test_the_log_s_files_are_served_as_they_lie(reader, tiles):
    note = reader.get("/log/events/checkpoint")
    assert note.content == NOTE
    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert note.headers["Cache-Control"] == "no-cache"
    tile = reader.get("/log/events/tile/0/000.p/7")
    assert tile.content == b"\x01" * 224
    assert "immutable" in tile.headers["Cache-Control"]
    assert tile.headers["Content-Type"] == "application/octet-stream"
    words = reader.get("/log/texts/U-2027-0041.json")
    assert (words.content, words.headers["Content-Type"]) == (b'{"salt"', "application/json")
    assert words.headers["Cache-Control"] == "no-cache"
    assert reader.get("/log/handovers/checkpoint").status_code == 404
    (tiles.ledger / "events/vkey").write_bytes(b"a key\n")
    key = reader.get("/log/events/vkey")
    assert (key.content, key.headers["Cache-Control"]) == (b"a key\n", "no-cache")
    assert key.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reader.get("/log/handovers/vkey").status_code == 404
    assert reader.get("/log/secrets/vkey").status_code == 404


def test_a_draft_is_not_served(reader, tiles):
    """What was never signed must not lie in anybody's cache for ever (c2sp.org/tlog-tiles: tiles are immutable)."""
    assert reader.get("/log/events/tile/0/000.p/8").status_code == 404
    assert reader.get("/log/events/tile/entries/000").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/log/events/tile/../../keys/signer.events",
        "/log/events/tile/%2e%2e/%2e%2e/keys/signer.events",
        "/log/events/tile/..%2f..%2f..%2fkeys%2fsigner.events",
        "/log/../keys/checkpoint",
        "/log/events/tile/0/000.p",
        "/log/events/tile/0/000.p/007",
        "/log/events/tile/0/000.p/7/",
        "/log/events/tile/0/000.p/7%0a",
        "/log/events/tile/0/%D9%A0%D9%A0%D9%A0.p/7",
        "/log/events/secret",
        "/log/secret/checkpoint",
        "/log/texts/../secret.json",
        "/log/texts/%2e%2e%2fsecret.json",
        "/log/texts/..%2fsecret.json",
        "/log/texts/.json",
        "/log/texts/U-2027-0041",
        "/log/texts/U-2027-0042.json",
        "/log/texts//etc/passwd.json",
        "/log/events/tile//etc/passwd",
        "/log/texts/checkpoint",
    ],
)
def test_nothing_else_is(reader, tiles, address):
    answer = reader.get(address)
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_pages_are_only_looked_at(reader, box):
    for address in (
        *(
            "/",
            "/uses",
            f"/uses/{UNIVERSITY}",
            "/log",
            "/uses.csv",
            "/check",
            "/uses/numbers",
            "/uses/numbers.csv",
        ),
        *("/report-card", "/report-card.json", "/report-card.csv", "/report-card/choice"),
    ):
        assert reader.post(address).status_code == 405
        assert reader.head(address).status_code == 200


def test_looser_rules_that_were_announced_are_shown_change_by_change(reader):
    """D41, D7: a loosening is a published difference; the page says what, in words, and from which day."""
    page = text(reader.get("/rules"))
    assert "May hold from Wednesday 31 March 2027, not before" in page
    assert "Time to answer before a use begins (in days)" in page
    assert re.search(r"<td[^>]*>28</td>\s*<td[^>]*>14</td>", page)
    assert "purpose press: keeper" in page
    assert 'href="/catalogues/' + "ce" * 32 + '.json"' in page


def test_what_a_catalogue_said_is_served_as_the_bytes_that_its_name_is_the_hash_of(
    reader, monkeypatch, tmp_path
):
    import hashlib

    from beholden.catalogue import load

    (tmp_path / "catalogues").mkdir()
    held = load()
    (tmp_path / "catalogues" / f"{held.hash}.json").write_bytes(held.content)
    monkeypatch.setenv("BEHOLDEN_HOME", str(tmp_path))
    answer = reader.get(f"/catalogues/{held.hash}.json")
    assert hashlib.sha256(answer.content).hexdigest() == held.hash
    assert answer.headers["Content-Type"] == "application/json"
    (tmp_path / "catalogues" / f"{held.hash}.json").write_bytes(held.content + b" ")
    for name in (held.hash, "ab" * 32, "..", "origin", held.hash.upper()):
        assert reader.get(f"/catalogues/{name}.json").status_code == 404


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        (COLLEGE, "Until it has, nothing is handed over."),
        (SLEEP, "Until it has, nothing is handed over."),
        (UNIVERSITY, "It came after the records were handed over."),
        (FRAUD, "It got no answer before this use was over."),
    ],
)
def test_what_is_said_of_an_objection_without_an_answer_is_true_where_the_use_stands(
    reader, monkeypatch, ref, says
):
    """D29, D26: *nothing is handed over* stands on no page of a use whose records are gone."""
    from beholden.uses.voices import Children, Heard
    from beholden.web.public import register

    said = Heard(
        doubles.NOW, 0, (("Oakfield Primary", "Our classes are small.", ""),), Children("A", "B", "")
    )
    monkeypatch.setattr(register, "heard", lambda _: said)
    page = text(reader.get(f"/uses/{ref}"))
    for sentence in (
        "Until it has, nothing is handed over.",
        "It came after the records were handed over.",
        "It got no answer before this use was over.",
    ):
        assert (sentence in page) == (sentence == says)
    assert ("They get an answer when the panel decides." in page) == (ref != FRAUD)


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/recipients/nobody-here", ""),
        ("/schools/1", ""),
        ("/letters", ""),
        ("/recipient/nothing", "/office/sign-in"),
        ("/registrar/nothing", "/office/sign-in"),
        ("/school/nothing", "/school/sign-in"),
        ("/letter/nothing", "/letter"),
    ],
)
def test_a_page_that_is_not_there_leads_to_the_entrance_of_its_own_door_alone(reader, address, leads):
    answer = reader.get(address)
    assert answer.status_code == 404
    main = text(answer).split("<main")[1].split("</main>")[0]
    found = {one for one in ("/office/sign-in", "/school/sign-in", "/letter") if f'href="{one}"' in main}
    assert found == ({leads} if leads else set())
