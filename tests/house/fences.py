# SPDX-License-Identifier: Apache-2.0
"""The house rules that import-linter, ruff and mypy cannot see, as readings of the source's syntax trees.

Each fence takes one module (and, where it must, the whole tree) and yields what it found. Pure: it reads
files, runs none of them, and knows nothing of pytest. What no fence here can see, the database roles must
hold (docs/adr/0002).
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SPDX = "# SPDX-License-Identifier: Apache-2.0"
TOO_LONG = 400
REASON_FOR_LENGTH = "Over 400 lines because"

RAW_CURSORS = {
    "beholden/choices/turns.py": "lets one adult's answers be written one after another, and none while the gate reads",
    "beholden/gate/turns.py": "lets one at a time bring a catalogue into force, join records, or act by one paper",
    "beholden/home/postgres.py": "starts the server, where there is no Django yet",
    "beholden/home/roles.py": "makes logins, roles and schemas, before Django may come in",
    "beholden/ledger/actions.py": "holds the sequencer's lock",
    "beholden/people/shown.py": "hands the rules on rows what a reader has shown",
    "beholden/redress/turns.py": "lets one process at a time write and bind a day's messages",
    "beholden/register/vault/bulk.py": "moves thousands of people at once, values apart from statements",
    "beholden/register/vault/wall.py": "sets and drops the keeper's role, and lets one at a time enter people",
    "beholden/settings/database/base.py": "begins every connection as the doors",
    "beholden/settings/grants.py": "puts the list of grants in force",
}
"""The only files that may speak SQL of their own, each with its reason. A person reads migrations apart."""

ENGLAND = re.compile(
    r"\b(England|DfE|NPD|National Pupil Database|Department for Education"
    r"|United States|U\.S\.C\.|CFR|FERPA|Department of Education)(?!\w)"
)
"""Names by which a country is known: those of every pack that comes with us."""
KNOWS_ENGLAND = (
    *("beholden/catalogue/", "beholden/intake/", "beholden/town/"),
    *("beholden/cli/story.py", "beholden/cli/asking.py"),
)
"""The story is told with the invented town, and so in its country."""

REACHING = {"__import__", "import_module", "import_string", "get_model", "get_models", "get_app_config"}
"""Ways to reach a module or a model by its name in a string."""

CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time"}
MAY_READ_THE_CLOCK = ("beholden/cli/", "beholden/web/", "beholden/api/", "beholden/hatch/", "beholden/home/")

EMPTY_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "common"}
SWITCHES = re.compile(r"^(skip|bypass|ignore|unsafe|disable|force|no_check)(_|$)")

NO_PERSON_ACTS = {
    "beholden/ledger/actions.py": {"sequence"},
}
"""Actions without `by=`: the register's own machinery, which only orders what others have signed for."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One place that breaks one house rule."""

    fence: str
    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.fence}: {self.sentence}"


@dataclass(frozen=True)
class Module:
    """One source file: where it lies below src, and what it says."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def name(self) -> str:
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The package that a relative import starts from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path

    @cached_property
    def bound(self) -> dict[str, str]:
        """Names that the module's imports bind at its top level, and what each stands for."""
        return {local: target for node in self.tree.body for local, target in imported(node, self.package)}


@dataclass(frozen=True)
class Tree:
    """All of our source at once, for the fence that follows names from module to module."""

    modules: dict[str, Module] = field(default_factory=dict)

    def with_planted(self, *planted: Module) -> "Tree":
        """The same tree with modules added, or put in the place of their namesakes."""
        return Tree({**self.modules, **{module.name: module for module in planted}})

    def origin(self, module: str, name: str) -> str:
        """Follow a name through the imports that pass it on, to the module that truly holds it."""
        target = f"{module}.{name}"
        seen: set[str] = set()
        while target not in self.modules and target not in seen:
            seen.add(target)
            holder, _, last = target.rpartition(".")
            if holder not in self.modules or last not in self.modules[holder].bound:
                break
            target = self.modules[holder].bound[last]
        return target


Finding = tuple[int, str]
Fence = Callable[[Module, Tree], Iterator[Finding]]


def imported(node: ast.stmt, package: str) -> Iterator[tuple[str, str]]:
    """Pairs of local name and dotted target that one import statement binds."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                yield alias.asname, alias.name
            else:
                yield alias.name.partition(".")[0], alias.name.partition(".")[0]
    elif isinstance(node, ast.ImportFrom):
        start = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            start = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            yield alias.asname or alias.name, f"{start}.{alias.name}"


def domain(dotted: str) -> str:
    """The package of the house that a dotted name belongs to: `beholden.gate.actions` belongs to `gate`."""
    return dotted.partition(".")[2].partition(".")[0]


def walled(dotted: str) -> bool:
    """Whether a name lives where only its own domain may reach: models, rows, vault."""
    return bool(re.match(r"beholden\.(register\.(rows|vault)\b|(\w+\.)+models\b)", dotted))


# --- the fences ---


def models_are_private(module: Module, tree: Tree) -> Iterator[Finding]:
    """A domain's models are its own: others ask its queries and get frozen values."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        targets = [target for _, target in imported(node, module.package)]
        targets += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for target in targets:
            if re.match(r"beholden\.(\w+\.)+models\b", target) and domain(target) != domain(module.name):
                yield node.lineno, f"the models of {domain(target)} are its own; ask its queries or actions"


def names_passed_on(module: Module, tree: Tree) -> Iterator[Finding]:
    """What a module happens to have imported is not its to hand out: that goes round the import fence."""
    aliases: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            aliases |= {local: t for local, t in imported(node, module.package) if t in tree.modules}
        if isinstance(node, ast.ImportFrom):
            for _, target in imported(node, module.package):
                holder, _, name = target.rpartition(".")
                yield from _passed_on(module, tree, holder, name, node.lineno)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield from _passed_on(module, tree, aliases[node.value.id], node.attr, node.lineno)
        if _called(node) == "getattr" and isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id in aliases:
                yield node.lineno, "getattr on a module reaches past what the import fence can read"


def _passed_on(module: Module, tree: Tree, holder: str, name: str, line: int) -> Iterator[Finding]:
    if holder not in tree.modules or f"{holder}.{name}" in tree.modules:
        return
    origin = tree.origin(holder, name)
    if origin == f"{holder}.{name}" or not origin.startswith("beholden."):
        return
    outside = domain(module.name) != domain(holder)
    if origin in tree.modules:
        yield line, f"{holder} does not own the module {origin}; import it where it lives"
    elif outside and (walled(origin) or domain(origin) != domain(holder)):
        yield line, f"{holder} only passes on {origin}; take it from where it lives"


def no_hidden_imports(module: Module, tree: Tree) -> Iterator[Finding]:
    """Every import must be one that the import linter reads as it will run."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _hidden_import(node, module)
        elif isinstance(node, ast.Name | ast.Attribute):
            word = node.id if isinstance(node, ast.Name) else node.attr
            if word == "TYPE_CHECKING":
                yield node.lineno, "an import under TYPE_CHECKING hides a wall; import openly or pass a value"
            if word in REACHING:
                yield node.lineno, f"{word} reaches code round the import fence"
            if word == "modules" and isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules":
                yield node.lineno, "sys.modules reaches code round the import fence"
        elif _called(node) in {"eval", "exec"} and isinstance(node, ast.Call):
            yield node.lineno, "code made at run time cannot be read by any fence"


def _hidden_import(node: ast.Import | ast.ImportFrom, module: Module) -> Iterator[Finding]:
    for alias in node.names:
        if alias.name == "*" and not module.path.startswith(
            "beholden/settings/"
        ):  # one name space for Django
            yield node.lineno, "a star import hides what it takes"
        if alias.name in REACHING:
            yield node.lineno, f"{alias.name} reaches code round the import fence"
        if isinstance(node, ast.Import) and alias.name.split(".")[0] == "beholden" and not alias.asname:
            yield node.lineno, "import names from the module that holds them, so that the linter sees which"
    roots = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    for root in roots:
        allowed = root.startswith(("importlib.resources", "importlib.metadata"))
        if isinstance(node, ast.ImportFrom) and root == "importlib":
            allowed = all(alias.name in {"resources", "metadata"} for alias in node.names)
        if root.split(".")[0] in {"importlib", "runpy", "pkgutil"} and not allowed:
            yield node.lineno, f"{root} reaches code round the import fence"
        if root.startswith("django.contrib.contenttypes"):
            yield node.lineno, "content types reach any model round the import fence"


def no_raw_cursors(module: Module, tree: Tree) -> Iterator[Finding]:
    """SQL of our own is written in few named files, because it passes by models, fences and grants alike."""
    if module.path in RAW_CURSORS or module.is_migration:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for _, target in imported(node, module.package):
                if target.split(".")[0] in {"psycopg", "psycopg2"} or target.endswith(".RawSQL"):
                    yield node.lineno, "raw SQL belongs in one of the files that fences.py names"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr == "cursor" or (node.func.attr in {"raw", "extra"} and "objects" in owner):
                yield node.lineno, "raw SQL belongs in one of the files that fences.py names"


LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
SAYABLE = {"code", "name", "__name__"}
"""What a log line may have beside its own words: a refusal's code, a verb's name, the name of a class."""


def plain_log_lines(module: Module, tree: Tree) -> Iterator[Finding]:
    """A log line is written words; a value in it may be a child's, and logs are kept where no key reaches."""
    for node in ast.walk(module.tree):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS
        ):
            continue
        if not re.search(r"log(ger|ging)?\b|getLogger", ast.unparse(node.func.value)):
            continue
        words, *values = node.args or [None]
        if not isinstance(words, ast.Constant) or node.keywords:
            yield node.lineno, "a log line is one written sentence, not one that is put together"
        if not all(isinstance(value, ast.Attribute) and value.attr in SAYABLE for value in values):
            yield node.lineno, "a log line says a code or a name of ours, and never a value"


HOLDS_PEOPLE = tuple(
    f"beholden/{room}/" for room in ("gate", "linkage", "register", "redress", "rights", "notices", "tables")
)
ABOUT_SOMEBODY = frozenset(
    {
        *("number", "numbers", "upn", "former_upn", "uln", "born", "birth", "birth_date"),
        *("forename", "given_name", "middle_names", "surname", "preferred_surname", "family_name"),
        *("postcode", "address", "address_lines", "known", "value", "values", "statement", "statements"),
        *("label_seed", "label_seeds", "proof_id", "proof_ids"),
    }
)
"""Fields by these names hold a pupil's number, name, birth date, address, a fact about it, or what opens its proofs."""

ABOUT_NOBODY = {
    ("beholden/register/actions.py", "Receipt", "number"): "a receipt's",
    ("beholden/rights/school/asked.py", "School", "number"): "a school's",
}


def silent_values(module: Module, tree: Tree) -> Iterator[Finding]:
    """A traceback prints frozen values: what is a pupil's has `repr=False`, and so has a table of rows."""
    if not module.path.startswith(HOLDS_PEOPLE):
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ClassDef) or not any(
            "dataclass" in ast.unparse(one) for one in node.decorator_list
        ):
            continue
        own = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
        if "__repr__" in own or any("repr=False" in ast.unparse(one) for one in node.decorator_list):
            continue
        for one in node.body:
            name = (
                one.target.id if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) else ""
            )
            if (
                isinstance(one, ast.AnnAssign)
                and _prints(one, name)
                and (module.path, node.name, name) not in ABOUT_NOBODY
            ):
                yield one.lineno, f"'{name}' of {node.name} is printed: give it field(repr=False)"


def _prints(field_: ast.AnnAssign, name: str) -> bool:
    """Whether a field would print what is somebody's: by its name, but for a place in an order; or a table of rows."""
    said = ast.unparse(field_.annotation)
    told = "pa.Table" in said or (name in ABOUT_SOMEBODY and said not in {"int", "int | None"})
    return told and (field_.value is None or "repr=False" not in ast.unparse(field_.value))


def no_asserts(module: Module, tree: Tree) -> Iterator[Finding]:
    """`assert` is gone under `python -O`, so it guards nothing."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Assert):
            yield node.lineno, "raise a Refusal, or an exception that stays; assert goes under -O"


def clock_at_the_door(module: Module, tree: Tree) -> Iterator[Finding]:
    """Times are handed in (`at=`), so that the demo, the tests and a re-run can play their own calendar."""
    if module.path.startswith(MAY_READ_THE_CLOCK) or module.is_migration:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS:
            yield node.lineno, "no clock below the doors: take the time as `at=`"


def actions_name_who_and_when(module: Module, tree: Tree) -> Iterator[Finding]:
    """Every verb of a domain says who did it and when; neither is ever optional."""
    parts = module.name.split(".")
    if parts[2:3] != ["actions"]:
        return
    for node in module.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        given = dict(zip((arg.arg for arg in node.args.kwonlyargs), node.args.kw_defaults, strict=True))
        needed = {"at"} if node.name in NO_PERSON_ACTS.get(module.path, set()) else {"by", "at"}
        for name in sorted(needed):
            if name not in given or given[name] is not None:
                yield node.lineno, f"{node.name} must take `{name}=` by keyword, without a default"


def no_switches(module: Module, tree: Tree) -> Iterator[Finding]:
    """A parameter that turns a check off will one day be given."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for arg in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                if SWITCHES.match(arg.arg):
                    yield arg.lineno, f"`{arg.arg}` turns a check off; no such switch exists here"


def knows_no_country(module: Module, tree: Tree) -> Iterator[Finding]:
    """Another country's ministry can run this: only catalogue, intake and town know a country."""
    yield from england(module.path, module.text)


def speaks_its_licence(module: Module, tree: Tree) -> Iterator[Finding]:
    """One SPDX line, first."""
    if module.text.split("\n", 1)[0] != SPDX:
        yield 1, f"the first line must be {SPDX}"


def short_enough(module: Module, tree: Tree) -> Iterator[Finding]:
    """A module that one sitting can read, or the reason why not."""
    lines = module.text.splitlines()
    if len(lines) > TOO_LONG and not module.is_migration and REASON_FOR_LENGTH not in "\n".join(lines[:20]):
        yield 1, f"{len(lines)} lines; split it, or say at the top '{REASON_FOR_LENGTH} …'"


def says_what_it_is(module: Module, tree: Tree) -> Iterator[Finding]:
    """Names that promise nothing are refused, and every module opens by saying what it decides."""
    for word in re.split(r"[/._]", module.path.removesuffix(".py")):
        if word in EMPTY_NAMES:
            yield 1, f"'{word}' says nothing about what is inside"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and re.search(r"(Utils?|Helpers?|Common)$", node.name):
            yield node.lineno, f"'{node.name}' says nothing about what it is"
    if not module.is_migration and module.tree.body and not ast.get_docstring(module.tree):
        yield 1, "open with a line on what this module decides, and what it refuses to know"


FLAGS = {
    f"beholden.people.queries.{name}"
    for name in ("flagged", "flagged_among", "kept_from_somebody", "kept_safe", "severed_among")
}


def every_record(module: Module, tree: Tree) -> Iterator[Finding]:
    """A child may have two records: the gate asks who is kept safe through `safety`, which asks about both (D14)."""
    if domain(module.name) != "gate" or module.name == "beholden.gate.actions.safety":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            for _, target in imported(node, module.package):
                if target in FLAGS:
                    yield (
                        node.lineno,
                        "ask beholden.gate.actions.safety, which asks about every record of a child",
                    )
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and f"{module.bound.get(node.value.id)}.{node.attr}" in FLAGS
        ):
            yield node.lineno, "ask beholden.gate.actions.safety, which asks about every record of a child"


FENCES: dict[str, Fence] = {
    "models are private": models_are_private,
    "names passed on": names_passed_on,
    "hidden imports": no_hidden_imports,
    "raw cursors": no_raw_cursors,
    "plain log lines": plain_log_lines,
    "silent values": silent_values,
    "asserts": no_asserts,
    "clock at the door": clock_at_the_door,
    "who and when": actions_name_who_and_when,
    "every record": every_record,
    "no switches": no_switches,
    "knows no country": knows_no_country,
    "licence line": speaks_its_licence,
    "short enough": short_enough,
    "says what it is": says_what_it_is,
}


# --- running them ---


def england(path: str, text: str) -> Iterator[Finding]:
    """Where a text outside its places knows a country."""
    if path.startswith(KNOWS_ENGLAND):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := ENGLAND.search(line):
            yield number, f"'{found.group()}' belongs in the catalogue, which another country replaces"


def read(src: Path) -> Tree:
    """All modules below a source folder."""
    modules = (Module(p.relative_to(src).as_posix(), p.read_text("utf-8")) for p in sorted(src.rglob("*.py")))
    return Tree({module.name: module for module in modules})


def breaches_in(module: Module, tree: Tree) -> tuple[Breach, ...]:
    """Every place in one module that breaks a house rule."""
    return tuple(
        Breach(name, module.path, line, sentence)
        for name, fence in FENCES.items()
        for line, sentence in fence(module, tree)
    )


def breaches(src: Path) -> tuple[Breach, ...]:
    """Every place below a source folder that breaks a house rule, templates included."""
    tree = read(src)
    found = [breach for module in tree.modules.values() for breach in breaches_in(module, tree)]
    for page in sorted(p for p in src.rglob("*") if p.suffix in {".html", ".jinja", ".njk", ".txt"}):
        path = page.relative_to(src).as_posix()
        text = page.read_text("utf-8")
        found += [Breach("knows no country", path, line, sentence) for line, sentence in england(path, text)]
    return tuple(found)


def _called(node: ast.AST) -> str:
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
