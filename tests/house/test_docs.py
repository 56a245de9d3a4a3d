# SPDX-License-Identifier: Apache-2.0
"""Documents are tested, never trusted: what they name exists, what they count is counted, what they show runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from beholden.home import roles
from house import reference
from house.planting import REPOSITORY, entries

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
DECISIONS = sorted((REPOSITORY / "docs" / "adr").glob("[0-9]*.md"))
MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split())


def name(page):
    return page.relative_to(REPOSITORY).as_posix()


def blocks(page):
    """Code blocks of a page: whether marked as tested, and what they say."""
    found = re.findall(
        r"(<!-- tested -->\n)?^```(?:sh|python)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return [(bool(mark), code) for mark, code in found]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        place, _, heading = target.partition("#")
        file = (page.parent / place).resolve() if place else page
        assert file.exists(), f"{name(page)} links to {target}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles}, target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_named_in_passing_exist(page):
    for path in re.findall(
        r"`((?:src|tests|docs|bench|requirements)/[\w./-]+\.\w+)`", page.read_text("utf-8")
    ):
        assert (REPOSITORY / path).exists(), f"{name(page)} names {path}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_of_make_exist(page):
    for target in re.findall(r"(?:^|`|&& |=\S+ )make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE):
        assert target in TARGETS, f"{name(page)} says 'make {target}'"


def test_makefile_says_what_each_target_is_for():
    said = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
    assert said == TARGETS


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_word_belittles_the_reader(page):
    assert not re.findall(
        r'(?<!")\b(simply|obviously|of course|easy-to-use)\b', page.read_text("utf-8"), re.IGNORECASE
    )


# --- decisions, glossary, demands, changelog ---


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_decision_is_whole_and_numbered_as_its_file(page):
    text = page.read_text("utf-8")
    assert text.startswith(f"# {page.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "What would change our mind",
    ]
    assert re.search(r"^Decided \d{4}-\d\d-\d\d\. (In force|Replaced by)", text, re.MULTILINE)


def test_decisions_are_numbered_without_a_gap_and_all_listed():
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (REPOSITORY / "docs/adr/README.md").read_text("utf-8"))
    assert listed == [page.name for page in DECISIONS]


def test_glossary_is_sorted_and_says_each_word_once():
    words = re.findall(r"^\| ([^|]+?) \| ", (REPOSITORY / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)[1:]
    assert words == sorted(set(words))


def test_glossary_has_every_room_and_role():
    """The words of the room list in ARCHITECTURE.md, and of the roles and logins, are explained."""
    words = re.findall(r"^\| ([^|]+?) \| ", (REPOSITORY / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)
    text = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    listed = re.search(r"## 2\. The house\n\n```\n(.*?)```", text, re.DOTALL)[1]
    rooms = {room for line in listed.splitlines()[1:] for room in _rooms(line)}
    packages = {path.parent.name for path in (REPOSITORY / "src/beholden").glob("*/__init__.py")}
    assert rooms == packages | {"cores", "kinds", "refusals"}
    known = {spelling for word in words for spelling in (word, f"{word}s", word.replace(" ", ""))}
    assert rooms <= known, f"not in GLOSSARY.md: {sorted(rooms - known)}"
    assert {roles.KEEPER, roles.OFFICE, roles.DOORS, roles.OWNER, "cluster"} <= set(words)


def _rooms(line):
    """Names of packages and modules at the head of one line of the room list."""
    head = re.match(r"  ((?:[a-z]+(?:/|\.py) +)+)", line)
    return re.findall(r"[a-z]+(?=/|\.py)", head[1]) if head else []


DEMAND = re.compile(r"^\* \*\*D(\d+)\*\* (.*?)(?=^\* \*\*D|^## |\Z)", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("number", "said"),
    DEMAND.findall((REPOSITORY / "docs/explanation/demands.md").read_text("utf-8")),
    ids=lambda value: f"D{value}" if value.isdecimal() else "",
)
def test_demand_names_tests_that_name_it_or_says_not_yet(number, said):
    stands = re.findall(r"^  \*(Held|Partly|Not yet\.)\*", said, re.MULTILINE)
    assert len(stands) == 1, f"D{number} says {stands}"
    files = re.findall(r"`(tests/[\w/]+\.py)`", said)
    assert bool(files) == (stands[0] != "Not yet.")
    for file in files:
        assert _names(int(number), (REPOSITORY / file).read_text("utf-8")), f"{file} does not name D{number}"


def _names(number, text):
    """Say whether a text names a demand, alone or in a run like D26-D28."""
    runs = re.findall(r"\bD(\d{1,2})(?:-D(\d{1,2}))?\b", text)
    return any(int(first) <= number <= int(last or first) for first, last in runs)


def test_security_says_what_the_doors_may_write():
    """The page's table is the list of grants, as far as it lets the doors change anything."""
    from beholden.settings.grants import GRANTS

    text = (REPOSITORY / "SECURITY.md").read_text("utf-8")
    part = re.search(r"^## What the doors may write$(.*?)^## ", text, re.MULTILINE | re.DOTALL)[1]
    said = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", part, re.MULTILINE))
    assert said == {
        grant.table.removeprefix("public."): may for grant in GRANTS if (may := _may_write(grant))
    }


def _may_write(grant):
    """What the doors may change in one table, in the page's words."""
    from beholden.settings.grants import On

    said = []
    for right in grant.doors:
        if isinstance(right, On) and right.privilege != "select":
            said.append(f"{right.privilege} {', '.join(f'`{column}`' for column in sorted(right.columns))}")
        elif isinstance(right, str) and right != "select":
            said.append(right)
    return "; ".join(said)


def test_the_list_of_documents_lists_them_all():
    text = (REPOSITORY / "docs/README.md").read_text("utf-8")
    linked = {(REPOSITORY / "docs" / place).resolve() for place in re.findall(r"\]\(([\w./-]+\.md)\)", text)}
    for folder in ("tutorial", "how-to", "explanation", "reference"):
        for page in sorted((REPOSITORY / "docs" / folder).glob("*.md")):
            assert page in linked, f"docs/README.md leaves out {name(page)}"


def test_code_and_tests_name_only_demands_that_exist():
    demands = re.findall(
        r"^\* \*\*D(\d+)\*\* ", (REPOSITORY / "docs/explanation/demands.md").read_text("utf-8"), re.MULTILINE
    )
    assert demands == [str(number) for number in range(1, 49)]
    for folder in ("src", "tests"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for number in re.findall(r"\bD(\d{1,2})\b(?=[\s,.;:)\"'])", path.read_text("utf-8")):
                assert number in demands, f"{name(path)} names D{number}"


def test_changelog_keeps_its_form():
    text = (REPOSITORY / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.MULTILINE)
    allowed = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= allowed
    assert all(
        re.match(r"\[(Unreleased|\d+\.\d+\.\d+)\]", head)
        for head in re.findall(r"^## (.+)$", text, re.MULTILINE)
    )


def test_owners_own_what_exists():
    for line in (REPOSITORY / "CODEOWNERS").read_text("utf-8").splitlines():
        if line.startswith("/"):
            assert (REPOSITORY / line.split()[0].strip("/")).exists(), line


def test_architecture_shows_the_layers_that_the_machine_checks():
    text = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    shown = re.search(r"\*\*Layers\.\*\*.*?```\n(.*?)```", text, re.DOTALL)[1].splitlines()
    checked = [
        [part for part in line.split(" | ") if not part.startswith("(")]
        for line in entries("layers", "layers")
    ]
    assert shown == [" | ".join(here) for here in checked if here]


def test_settings_are_all_written_down():
    known = re.compile(r"\b(BEHOLDEN_[A-Z]+|DATABASE_URL|DEMO_[A-Z_]+)\b")
    written = set(known.findall((REPOSITORY / "docs/reference/settings.md").read_text("utf-8")))
    read = {
        word for path in (REPOSITORY / "src").rglob("*.py") for word in known.findall(path.read_text("utf-8"))
    }
    assert written - {"BEHOLDEN_REQUIRE", "DEMO_SERVE"} == read


# --- commands ---


def said_commands(text):
    """Command, and its options, wherever a page says `beholden …` in a block or in backticks."""
    for line in re.findall(r"(?:^|`|/|\s)beholden ((?:--\S+ \S+ )*[a-z][^`\n#]*)", text, re.MULTILINE):
        words = line.split()
        while words[0].startswith("--"):
            words = words[2:]
        yield words, {word.partition("=")[0] for word in words if word.startswith("--")}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_of_beholden_exist(page):
    known = {tuple(command.path.split()): command.options for command in reference.commands()}
    everywhere = known.pop(())
    blocks_and_ticks = re.findall(r"^```.*?^```|`[^`\n]+`", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for words, options in said_commands("\n".join(blocks_and_ticks)):
        path = next((path for path in (tuple(words[:length]) for length in (3, 2, 1)) if path in known), None)
        assert path, f"{name(page)} says 'beholden {' '.join(words)}'"
        assert options <= known[path] | everywhere, f"{name(page)} gives 'beholden {words[0]}' what it lacks"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_options_named_alone_exist(page):
    known = {option for command in reference.commands() for option in command.options}
    for option in re.findall(r"`(--[a-z-]+)`", page.read_text("utf-8")):
        assert option in known, f"{name(page)} names {option}"


@pytest.mark.parametrize("page", reference.GENERATED, ids=name)
def test_generated_page_is_current(page):
    assert page.read_text("utf-8") == reference.GENERATED[page](), "say `make reference`"


@pytest.mark.parametrize("page", [page for page in PAGES if any(mark for mark, _ in blocks(page))], ids=name)
def test_examples_marked_as_tested_run(page, tmp_path):
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    for marked, code in blocks(page):
        if marked:
            run = subprocess.run(
                ["sh", "-ec", code], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert run.returncode == 0, f"{code}\n{run.stdout}{run.stderr}"


# --- the build machine runs what README.md says ---


@pytest.fixture
def build(tmp_path):
    """Run `.ci/run` beside a README of our making, on a machine where everything is installed already."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool, status in {"chromium": 99, "go": 99, "apt-get": 99, "dpkg-query": 0}.items():
        (tools / tool).write_text(f"#!/bin/sh\nexit {status}\n")
        (tools / tool).chmod(0o755)
    folder = tmp_path / "clone"
    (folder / ".ci").mkdir(parents=True)
    script = REPOSITORY / ".ci" / "run"
    (folder / ".ci" / "run").write_bytes(script.read_bytes())
    (folder / ".ci" / "run").chmod(script.stat().st_mode)

    def run(readme):
        (folder / "README.md").write_text(readme)
        path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            [folder / ".ci" / "run"],
            env={"PATH": path, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_build_runs_the_command_of_the_readme_and_ends_as_it_does(build):
    run = build(
        "```sh\nmake demo\n```\n<!-- the test command -->\n```sh\n"
        'echo "asked for $BEHOLDEN_REQUIRE"\necho "==== 1 failed, 2 passed in 0.3s ===="\necho after\nexit 7\n```\n'
    )
    assert run.returncode == 7, run.stderr
    lines = run.stdout.splitlines()
    assert "asked for all" in lines
    assert lines[-1] == "==== 1 failed, 2 passed in 0.3s ===="


def test_build_fails_where_the_readme_states_no_command(build):
    assert build("```sh\nmake test\n```\n").returncode == 1


def test_readme_states_the_test_command():
    text = (REPOSITORY / "README.md").read_text("utf-8")
    assert re.findall(r"<!-- the test command -->\n```sh\n(.*?)```", text, re.DOTALL) == ["make test\n"]
    assert (REPOSITORY / ".ci" / "run").stat().st_mode & 0o111
