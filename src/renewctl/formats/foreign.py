"""Guess what a text is that is not a store, from its first line; every guess takes linear time."""

import re

_YAML = re.compile(r"(?:---|%YAML|- |[\"'\w][^:=\s]{0,99}:)(?:\s|$)")
_TOML = re.compile(r"\[\[?[^\[\]]{1,99}\]\]?\s*(?:#|$)|[\"'\w][^:=\s]{0,99}\s*=")
GIT_STAND_INS = (
    (b"\0GITCRYPT\0", "it is encrypted by git-crypt: git-crypt unlock makes it readable"),
    (
        b"version https://git-lfs.github.com/spec/",
        "it is Git LFS's pointer to the file: git lfs pull gets it",
    ),
)
"""What git has in place of some files where it was not set up to write them, and the way to them."""
_MAGIC = (
    *GIT_STAND_INS,
    (b"PK\x03\x04", "it looks like a zip file, such as an Excel workbook: `renewctl import` reads .xlsx"),
    (b"%PDF-", "it looks like a PDF"),
    (b"\0", "it holds zero bytes, as a crash of the machine leaves them: take it from git or a backup"),
)


def first_line(text: str) -> tuple[int, str]:
    """Return number and text of the first line that is neither blank nor a comment."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return number, line[:2000].strip()
    return 0, ""


def guess_by_magic(data: bytes) -> str:
    """Return a hint at the format of a file that says by its first bytes what it is, or nothing."""
    return next((hint for magic, hint in _MAGIC if data.startswith(magic)), "")


def guess_format(text: str, own: str) -> str:
    """Return a hint at the format of a text that is not the store in ``own`` format, if there is one."""
    if hint := guess_by_magic(text[:100].encode(errors="replace")):
        return hint
    _, line = first_line(text)
    if line[:1] == "<" and (line[1:2].isalpha() or line[1:2] in {"!", "?"}):
        return "it looks like a page of HTML or XML, perhaps saved in place of the file itself"
    if own == "toml" and (line[:1] == "{" or (line.replace(" ", "")[:2] in {"[{", "[["} and '"' in line)):
        return "it looks like JSON: name it .json"
    if own == "json" and _TOML.match(line):
        return "it looks like TOML; name the file .toml"
    if not set("=#[]{}:") & set(line) and re.search(r".[,;\t]", line):
        return "it looks like a table: `renewctl import` reads CSV"
    return "it looks like YAML; a store is TOML or JSON" if _YAML.match(line) else ""
