# SPDX-License-Identifier: Apache-2.0
"""The import contracts forget nobody: what comes into the tree must come into the lists as well."""

from house.planting import REPOSITORY, entries, layers

HOUSE = REPOSITORY / "src" / "beholden"
TOUCHES_DJANGO = {"models", "actions", "queries", "apps", "migrations", "__init__"}
PURE_PACKAGES = {"home", "catalogue", "intake", "linkage", "tables", "town", "post"}
NO_DOORS = {"accounts", "components", "static", "templates"}


def modules_in(package):
    """Names of the modules and packages directly below a package."""
    return {
        path.stem
        for path in (HOUSE / package).iterdir()
        if path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists())
    }


def test_parentheses_stand_only_round_what_is_still_to_come():
    here = modules_in(".")
    for name in layers():
        if name.startswith("("):
            assert name.strip("()") not in here, f"{name} exists: take its parentheses away in .importlinter"
        else:
            assert name in here, (
                f"{name} has a place in .importlinter without parentheses, but does not exist"
            )


def test_every_package_that_promises_purity_is_listed():
    listed = set(entries("pure", "source_modules"))
    expected = {f"beholden.{name}" for name in PURE_PACKAGES & modules_in(".")}
    expected |= {f"beholden.ledger.{name}" for name in modules_in("ledger") - TOUCHES_DJANGO}
    assert not expected - listed, "these promise to know no Django; list them in the contract 'pure'"


def test_every_domain_with_models_or_actions_keeps_its_inner_order():
    listed = set(entries("inside-a-domain", "containers"))
    domains = {
        f"beholden.{path.name}"
        for path in HOUSE.iterdir()
        if path.is_dir() and modules_in(path.name) & {"models", "actions", "queries"}
    }
    assert domains <= listed


def test_every_door_is_kept_from_every_other():
    doors = {
        f"beholden.web.{name}" for name in modules_in("web") - NO_DOORS if (HOUSE / "web" / name).is_dir()
    }
    assert doors <= set(entries("doors", "modules"))


def test_everything_the_contracts_name_exists():
    """import-linter lets a name match nothing in silence: a renamed module would go unguarded."""
    named = {
        *entries("pure", "source_modules"),
        *entries("only-way-out", "protected_modules"),
        *entries("only-way-out", "allowed_importers"),
        *entries("vault", "protected_modules"),
        *entries("rows", "protected_modules"),
    }
    for name in sorted(named):
        pattern = "/".join(name.split(".")[1:])
        assert [*HOUSE.glob(f"{pattern}.py"), *HOUSE.glob(f"{pattern}/__init__.py"), *HOUSE.glob(pattern)], (
            name
        )
