"""The texts of the finding codes, from ``codes.toml``: only ``check --explain`` and help show them."""

from collections.abc import Mapping
from typing import NamedTuple

from renewctl.domain.check import CODES
from renewctl.domain.resolve import Severity


class CodeText(NamedTuple):
    """What a finding code means, why it matters and what to do; ``source`` is empty if HubSpot is none."""

    severity: Severity
    meaning: str
    why: str
    fix: str
    source: str


def load_codes() -> Mapping[str, CodeText]:
    """Return the texts of every code."""
    # Lazy imports: a check without --explain needs neither.
    from importlib.resources import files

    import tomli

    data = tomli.loads((files("renewctl.render") / "codes.toml").read_text("utf-8"))
    codes = {}
    for code, text in data["codes"].items():
        source = data["sources"][text["source"]] if "source" in text else ""
        codes[code] = CodeText(CODES[code], text["meaning"], text["why"], text["fix"], source)
    return codes
