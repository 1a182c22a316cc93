"""Find out how renewctl was installed, and how to add a package to it."""

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from renewctl.command_line import quote

_MODULES = {
    "icalendar": "icalendar",
    "jinja2": "jinja2",
    "olefile": "olefile",
    "python-calamine": "python_calamine",
    "toml-rs": "toml_rs",
    "xlrd": "xlrd",
    "xlsxwriter": "xlsxwriter",
}


def install_command(package: str, prefix: str = sys.prefix, *, again: bool = False) -> str:
    """Return the command that adds a package to an environment.

    No command installs renewctl by name: it is on no index, and a package of that name is not this one.

    Args:
        package: A name, or a requirement such as ``xlrd>=2.0.1``.
        prefix: The folder of the environment.
        again: Whether to install the package even if its metadata is there.
    """
    home, name = Path(prefix), package.partition(">=")[0]
    package = quote(package)
    above = home.parent.parts[-2:]
    if above == ("pipx", "venvs") and again:
        return f"pipx runpip {quote(home.name)} install --force-reinstall {package}"
    if above == ("pipx", "venvs"):
        return f"pipx inject {quote(home.name)} {package}"
    if above == ("uv", "tools") and (source := _find_source()):
        # uv recreates the environment, so the packages added earlier must be named again.
        installed = [each for each, module in _MODULES.items() if each == name or find_spec(module)]
        added = " ".join(f"--with {package if each == name else each}" for each in installed)
        return f"uv tool install {'--reinstall ' if again else ''}{added} {quote(f'renewctl @ {source}')}"
    if above == ("uv", "tools"):
        return f"uv pip install {'--reinstall ' if again else ''}--python {quote(prefix)} {package}"
    python = "python" if shutil.which("python") == sys.executable else quote(sys.executable)
    return f"{python} -m pip install {'--force-reinstall ' if again else ''}{package}"


def _find_source() -> str:
    """Return the URL that renewctl was installed from; empty if none is recorded."""
    from importlib.metadata import PackageNotFoundError, distribution  # Lazy import: it loads 60 modules.

    try:
        record = json.loads(distribution("renewctl").read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return ""
    version_control = record.get("vcs_info")
    if version_control:
        return f"{version_control['vcs']}+{record['url']}@{version_control['commit_id']}"
    return str(record.get("url", ""))
