"""The shape of the code: small modules, small functions, and layers that hold (``.importlinter``)."""

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
CATCH_ALLS = {"utils", "util", "helpers", "helper", "common", "manager"}

FORBIDDEN = {
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
    """Return every file of the code."""
    return sorted(SOURCE.rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def long_functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the name and length in lines, docstring included, of each function that is too long."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.name, length


def short(path: Path) -> str:
    """Return a path relative to the repository."""
    return str(path.relative_to(REPOSITORY))


def test_no_module_is_long():
    lengths = {short(path): len(path.read_text("utf-8").splitlines()) for path in modules()}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_long():
    found = [(short(path), *found) for path in modules() for found in long_functions(parse(path))]

    assert found == []


def test_a_long_function_is_found():
    inside = "class C:\n    async def f(self):\n" + "        pass\n" * LONGEST_FUNCTION

    assert list(long_functions(ast.parse(inside))) == [("f", LONGEST_FUNCTION + 1)]


def test_every_module_has_a_docstring():
    assert [short(path) for path in modules() if not ast.get_docstring(parse(path))] == []


def test_no_repeated_group_of_a_pattern_is_possessive():
    """Before Python 3.11.4 such a group can match wrongly; Debian 12 has 3.11.2."""
    possessive = re.compile(r"\)[*+?]\+")
    assert possessive.search("(?:a|b)*+")
    assert [short(path) for path in modules() if possessive.search(path.read_text("utf-8"))] == []


def test_no_module_is_a_catch_all():
    paths = [*SOURCE.rglob("*"), *(REPOSITORY / "tests").rglob("*")]

    assert [short(path) for path in paths if path.stem.removeprefix("_") in CATCH_ALLS] == []


def add_imports(package: Path, module: str, imports: list[str]) -> None:
    """Add imports, inside a function, to a module or package, which is created if it does not exist."""
    path = package / module / "__init__.py"
    path = path if path.exists() else package / f"{module}.py"
    lines = ["", "", "def planted():", *(f"    import {name}" for name in imports), ""]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines))


def refused_imports(contracts: Path) -> set[tuple[str, str]]:
    """Return the imports that the contracts refuse in the code next to them."""
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


def test_the_contracts_refuse_forbidden_imports(tmp_path):
    """A contract that forbids nothing would pass as well: each must refuse the imports that are added."""
    shutil.copytree(SOURCE, tmp_path / "renewctl", ignore=shutil.ignore_patterns("__pycache__"))
    for module, imports in (*FORBIDDEN.items(), *ALLOWED.items()):
        add_imports(tmp_path / "renewctl", module, imports)

    refused = refused_imports(Path(shutil.copy(REPOSITORY / ".importlinter", tmp_path)))

    expected = {(module.replace("/", "."), name) for module, imports in FORBIDDEN.items() for name in imports}
    assert expected - refused == set()
    assert refused & {(module, name) for module, imports in ALLOWED.items() for name in imports} == set()
