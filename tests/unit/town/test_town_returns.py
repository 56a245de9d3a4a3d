# SPDX-License-Identifier: Apache-2.0
"""What the town writes: the same bytes each time, well formed, in the sample's structure, beside its contacts."""

import hashlib
import json
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from beholden import town
from beholden.intake import numbers
from beholden.refusals import Refusal
from beholden.town.census import Sheet
from beholden.town.schools import Phase

SEED = 7
ADDED = {
    "FormerUPN": "UPN",
    "FSMendDate": "FSMstartDate",
    "MiddleNames": "Forename",
    "PreferredSurname": "MiddleNames",
}
"""Elements that may stand though the sample's first pupil lacks them, each after the one it follows."""


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def whole():
    return town.build(400, SEED)


@pytest.fixture(scope="module")
def folder(whole, tmp_path_factory):
    out = tmp_path_factory.mktemp("town")
    town.write(whole, out)
    return out


@pytest.fixture(scope="module")
def trees(whole, folder):
    return {s.laestab: etree.parse(folder / town.return_name(s)) for s in whole.schools}


@pytest.fixture(scope="module")
def books(whole, folder):
    return {s.laestab: json.loads(town.contacts_path(folder, s).read_text("utf-8")) for s in whole.schools}


def upns(tree, where: str) -> list[str]:
    return tree.xpath(f"//{where}/PupilIdentifiers/UPN/text()")


def test_same_seed_same_bytes_in_another_process(folder, tmp_path):
    """With another hash seed, so that nothing depends on the order of a set."""
    write = f"town.write(town.build(400, {SEED}), Path({str(tmp_path)!r}))"
    script = f"from pathlib import Path; from beholden import town; {write}"
    subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        env={"PYTHONHASHSEED": "4711", "PYTHONPATH": ":".join(sys.path)},
    )
    assert digests(tmp_path) == digests(folder)


def test_another_seed_gives_other_bytes(folder, tmp_path):
    town.write(town.build(400, SEED + 1), tmp_path)
    mine, other = digests(folder), digests(tmp_path)
    assert mine.keys() == other.keys()
    assert not set(mine.values()) & set(other.values())


def test_bytes_of_a_small_town_are_pinned(tmp_path):
    """A change of these bytes changes every demonstration and measurement: then say so in the changelog."""
    town.write(town.build(25, 1, 2), tmp_path)
    whole = hashlib.sha256("".join(f"{n} {d}\n" for n, d in digests(tmp_path).items()).encode()).hexdigest()
    assert whole == "391c29658a3cc48623df379b0bd6d8e16700dc035f3532fb2c765f62b8f6b373"


def test_files_are_named_by_school_and_nothing_unfinished_stays(whole, folder):
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {f"{s.laestab}_SPR_2026.xml" for s in whole.schools} | {
        f"contacts/{s.laestab}.json" for s in whole.schools
    }


def test_writing_twice_replaces(whole, folder):
    before = digests(folder)
    paths = town.write(whole, folder)
    assert digests(folder) == before
    assert [path.name for path in paths] == [town.return_name(s) for s in whole.schools]


def test_each_return_says_whose_it_is(whole, trees):
    for school in whole.schools:
        tree = trees[school.laestab]
        assert tree.docinfo.encoding.lower() == "utf-8"
        assert tree.findtext("Header/Source/LEA") + tree.findtext("Header/Source/Estab") == school.laestab
        assert tree.findtext("Header/CollectionDetails/ReferenceDate") == "2026-01-15"
        assert tree.findtext("Header/CollectionDetails/Term") == "SPR"


def test_structure_and_order_are_the_samples(shared, trees):
    sample = etree.parse(shared / "data" / "reconstructed_school_census_spring.xml").getroot()
    order: dict[str, list[str]] = {}
    for element in sample.iter(etree.Element):
        known = order.setdefault(_path(element), [])
        known += [child.tag for child in element if isinstance(child.tag, str) and child.tag not in known]
    # The sample's leaver shows fewer identifiers than its pupil; their order is one and the same.
    on_roll = "Message/Pupils/PupilsOnRoll/PupilOnRoll/PupilIdentifiers"
    order["Message/Pupils/PupilsNoLongerOnRoll/PupilNoLongerOnRoll/PupilIdentifiers"] = order[on_roll]
    for known in order.values():
        for new, after in ADDED.items():
            if after in known and new not in known:
                known.insert(known.index(after) + 1, new)
    for tree in trees.values():
        for element in tree.getroot().iter(etree.Element):
            places = [order[_path(element)].index(child.tag) for child in element]
            assert places == sorted(places), element.tag


def _path(element) -> str:
    return "/".join([*(e.tag for e in reversed(list(element.iterancestors()))), element.tag])


def test_every_leaf_but_a_lone_flat_number_has_text(trees):
    for tree in trees.values():
        assert {e.tag for e in tree.getroot().iter() if len(e) == 0 and not e.text} <= {"SAON"}


def test_numbers_in_the_returns_are_right(trees):
    for tree in trees.values():
        for upn in tree.xpath("//UPN/text() | //FormerUPN/text()"):
            assert numbers.upn_faults(upn) == ()


def test_a_number_stands_twice_only_for_who_moved(whole, trees):
    """On roll everybody once; off roll in one school and on roll in another, with the same number and birth date."""
    on = Counter(upn for tree in trees.values() for upn in upns(tree, "PupilOnRoll"))
    off = Counter(upn for tree in trees.values() for upn in upns(tree, "PupilNoLongerOnRoll"))
    assert sum(on.values()) == whole.pupils
    assert set(on.values()) == set(off.values()) == {1}
    moved = set(on) & set(off)
    assert moved == {child.upn for child in whole.children() if len(child.stays) == 2}
    for upn in moved:
        births = [tree.xpath(f"//UPN[.='{upn}']/../DOB/text()") for tree in trees.values()]
        found = [dates for dates in births if dates]
        assert len(found) == 2
        assert found[0] == found[1]
    for tree in trees.values():
        assert not set(upns(tree, "PupilOnRoll")) & set(upns(tree, "PupilNoLongerOnRoll"))


def test_names_survive_the_writing(whole, trees):
    written = {name for tree in trees.values() for name in tree.xpath("//Surname/text()")}
    assert written == {child.surname for child in whole.children()}


def test_contacts_agree_with_the_returns(trees, books):
    for laestab, book in books.items():
        on_roll = set(upns(trees[laestab], "PupilOnRoll"))
        named = {upn for contact in book["contacts"] for upn in contact["decides_for"]}
        assert book["laestab"] == laestab
        assert named <= on_roll
        handles = [contact["handle"] for contact in book["contacts"]]
        assert len(set(handles)) == len(handles)
        for contact in book["contacts"]:
            assert contact["decides_for"]
            assert contact["preferred"] in {"email", "letter"}
            assert contact["email"] or contact["preferred"] == "letter"
            assert contact["name"]
            assert contact["address"]["lines"]
            assert contact["address"]["postcode"]


def test_whom_no_contact_names_is_whose_family_cannot_be_reached(whole, books):
    named = {upn for book in books.values() for contact in book["contacts"] for upn in contact["decides_for"]}
    for family in whole.families():
        for child in family.children:
            assert (child.upn in named) == (family.reachable and child.roll is not None)


def test_siblings_at_one_school_share_a_handle(books):
    shared_handles = [c for book in books.values() for c in book["contacts"] if len(c["decides_for"]) > 1]
    assert len(shared_handles) > 20


def test_a_handle_says_nothing_at_another_school(books):
    counted = Counter(c["handle"] for book in books.values() for c in book["contacts"])
    assert set(counted.values()) == {1}


def test_memory_does_not_grow_with_the_town(tmp_path):
    """Two schools hold at most four buffers of 64 Ki characters, however many megabytes go through them."""
    tracemalloc.start()
    town.write(town.build(3_000, SEED, 2), tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    written = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    print(f"3,000 pupils: peak {most} bytes, {written} bytes written")
    assert written > 8_000_000
    assert most < 1_500_000


def test_text_is_escaped_and_what_xml_cannot_hold_is_refused():
    sheet = Sheet()
    sheet.leaf("Surname", 'O\'<Neill> & "Sons" ]]>')
    assert etree.fromstring(sheet.text()).text == 'O\'<Neill> & "Sons" ]]>'
    for character in "\x00\x0b\x1f\ufffe\ud800":
        with pytest.raises(Refusal) as refused:
            sheet.leaf("Surname", f"secret{character}")
        assert refused.value.code == "town.character"
        assert "secret" not in str(refused.value)


def test_the_broken_return_breaks_what_it_says_where_it_says(tmp_path):
    """The demonstration's first return: each planted fault is on its line, and the file is still well formed."""
    whole = town.build(1_500, SEED)
    path = tmp_path / "broken.xml"
    planted = town.broken(whole, path)
    rules = "1500 1510 1520 1530 1540 1550 1570 1575 1741 1762 1880 1920 2290 2400 2485".split()  # noqa: SIM905
    assert sorted(p.rule for p in planted) == rules
    tree = etree.parse(path)
    lines = {element.sourceline: element for element in tree.getroot().iter()}
    assert all(lines[p.line].tag == p.element for p in planted)
    at = {p.rule: lines[p.line] for p in planted}
    for rule in ("1500", "1510", "1530", "1540", "1550"):
        assert [f.rule for f in numbers.upn_faults(at[rule].text or "")] == [rule]
    assert numbers.uln_faults(at["1575"].text)
    assert at["1570"].find("UniqueLearnerNumber") is None
    assert tree.xpath("count(//UPN[.=$upn])", upn=at["1520"].text) == 2
    assert at["1741"].text not in {"Y", "N", "U", "R"}
    assert at["1762"].text > "2026-01-15"
    assert at["1880"].text > "2026-01-15"
    assert at["1920"].text < at["1920"].getparent().findtext("EntryDate")
    assert at["2290"].text < "2025-09-01"
    assert int(at["2400"].text) < 0
    pupil = next(at["2485"].iterancestors("PupilOnRoll"))
    assert not pupil.xpath(".//AttendanceReason[.='E']")
    assert len(
        {next(lines[p.line].iterancestors("PupilOnRoll", "PupilNoLongerOnRoll")) for p in planted}
    ) == len(planted)


def test_the_broken_return_is_the_right_one_but_for_its_faults(tmp_path):
    whole = town.build(1_500, SEED)
    school = next(s for s in whole.schools if s.phase is Phase.SECONDARY)
    planted = town.broken(whole, tmp_path / "broken.xml")
    town.write(whole, tmp_path / "right")
    wrong = (tmp_path / "broken.xml").read_text("utf-8").splitlines()
    right = (tmp_path / "right" / town.return_name(school)).read_text("utf-8").splitlines()
    assert wrong[:20] == right[:20]
    assert 0 < len(set(wrong) - set(right)) <= len(planted)


def test_a_broken_return_of_a_tiny_school_plants_what_fits(tmp_path):
    planted = town.broken(town.build(12, 3, 1), tmp_path / "broken.xml")
    assert planted
    etree.parse(tmp_path / "broken.xml")
