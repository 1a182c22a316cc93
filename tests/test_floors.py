"""The shape of the code: small modules, small functions, and floors that hold (``.importlinter``)."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCE = REPOSITORY / "src" / "renewctl"
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager"}

PLANTED = {
    "domain/edit": ["os", "pathlib", "typer", "json", "email_validator"],
    "domain/report": ["renewctl.domain.edit", "sys", "platformdirs"],
    "domain/resolve": ["renewctl.domain.dates", "renewctl.domain.report", "subprocess"],
    "model": ["io", "rich", "time", "filelock"],
    "errors": ["renewctl.model", "idna", "tomlkit", "tomli", "toml_rs"],
    "files": ["renewctl.store", "tomlkit", "toml_rs", "typer", "rich"],
    "store": ["renewctl.render", "renewctl.workspace", "typer", "rich", "tomlkit", "toml_rs"],
    "formats": ["renewctl.store", "os", "pathlib", "io", "tomlkit"],
    "formats/toml/writer": ["renewctl.formats.json.codec", "renewctl.files", "os"],
    "store/history": ["renewctl.store.lock", "renewctl.store.write"],
    "render": ["renewctl.cli", "click", "tomlkit"],
    "unplaced": ["os", "idna"],
}
ALLOWED = {
    "cli": ["typer", "rich"],
    "render": ["rich"],
    "workspace/init": ["tomlkit"],
    "formats/toml/reader": ["toml_rs"],
    "domain/identifiers": ["idna", "email_validator"],
    "files": ["os"],
}


def modules() -> list[Path]:
    """Return every file of the program's code."""
    return sorted(SOURCE.rglob("*.py"))


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file; a syntax error names it."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def long_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield name and length in lines, docstring included, of functions longer than is allowed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.name, length


def named(path: Path) -> str:
    """Return the path as a reader of a failure wants it."""
    return str(path.relative_to(REPOSITORY))


def test_no_module_is_long():
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in modules()}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_long():
    found = [(named(path), *found) for path in modules() for found in long_functions(parsed(path))]

    assert found == []


def test_a_long_function_would_be_seen():
    inside = "class C:\n    async def f(self):\n" + "        pass\n" * LONGEST_FUNCTION

    assert list(long_functions(ast.parse(inside))) == [("f", LONGEST_FUNCTION + 1)]


def test_every_module_says_what_it_is_for():
    assert [named(path) for path in modules() if not ast.get_docstring(parsed(path))] == []


def test_no_repeated_group_of_an_expression_is_possessive():
    """Until Python 3.11.4 such a group can match wrongly; Debian 12 has 3.11.2."""
    possessive = re.compile(r"\)[*+?]\+")
    assert possessive.search("(?:a|b)*+")
    assert [named(path) for path in modules() if possessive.search(path.read_text("utf-8"))] == []


def test_no_drawer_for_odds_and_ends():
    paths = [*SOURCE.rglob("*"), *(REPOSITORY / "tests").rglob("*")]

    assert [named(path) for path in paths if path.stem.removeprefix("_") in DRAWERS] == []


def plant(package: Path, module: str, imports: list[str]) -> None:
    """Add the imports, inside a function, to a module or package; make the module if there is none."""
    path = package / module / "__init__.py"
    path = path if path.exists() else package / f"{module}.py"
    lines = ["", "", "def planted():", *(f"    import {name}" for name in imports), ""]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))


def arrows(contracts: Path) -> set[tuple[str, str]]:
    """Return the imports that the contracts refuse in the code beside them."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-logo", "--no-cache"],
        cwd=contracts.parent,
        env={**os.environ, "PYTHONPATH": str(contracts.parent), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "- renewctl.unplaced\n" in done.stdout, done.stdout + done.stderr
    return set(re.findall(r"renewctl\.([\w.]+) -> ([\w.]+) \(l\.", done.stdout))


def test_the_floors_hold_against_planted_imports(tmp_path):
    """A contract that forbids nothing would be kept as well: each must catch what is planted."""
    shutil.copytree(SOURCE, tmp_path / "renewctl", ignore=shutil.ignore_patterns("__pycache__"))
    for module, imports in (*PLANTED.items(), *ALLOWED.items()):
        plant(tmp_path / "renewctl", module, imports)

    refused = arrows(Path(shutil.copy(REPOSITORY / ".importlinter", tmp_path)))

    wanted = {(module.replace("/", "."), name) for module, imports in PLANTED.items() for name in imports}
    assert wanted - refused == set()
    assert refused & {(module, name) for module, imports in ALLOWED.items() for name in imports} == set()
