"""Guess the format of a file that is not a data file by its first line."""

import re

_YAML = re.compile(r"(?:---|%YAML|- |[\"'\w][^:=\s]{0,99}:)(?:\s|$)")
_TOML = re.compile(r"\[\[?[^\[\]]{1,99}\]\]?\s*(?:#|$)|[\"'\w][^:=\s]{0,99}\s*=")
GIT_PLACEHOLDERS = (
    (b"\0GITCRYPT\0", "decrypt the file, which is encrypted by git-crypt: git-crypt unlock"),
    (
        b"version https://git-lfs.github.com/spec/",
        "download the file, which is only a Git LFS pointer: git lfs pull",
    ),
)
"""The starts of placeholders that git leaves for some files, and how to get the files."""
_MAGIC = (
    *GIT_PLACEHOLDERS,
    (b"PK\x03\x04", "import it with `renewctl import` if it is an Excel workbook; it looks like a zip file"),
    (b"%PDF-", "choose another file; it looks like a PDF"),
    (b"\0", "restore it from git or a backup; it contains zero bytes, for example after a crash"),
)


def first_line(text: str) -> tuple[int, str]:
    """Return number and text of the first line that is not blank or a comment."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return number, line[:2000].strip()
    return 0, ""


def guess_by_magic(data: bytes) -> str:
    """Return a hint if the first bytes of a file identify its format, otherwise empty."""
    return next((hint for magic, hint in _MAGIC if data.startswith(magic)), "")


def guess_format(text: str, own: str) -> str:
    """Return a hint at the format of a text that is not ``own``, otherwise empty."""
    if hint := guess_by_magic(text[:100].encode(errors="replace")):
        return hint
    _, line = first_line(text)
    if line[:1] == "<" and (line[1:2].isalpha() or line[1:2] in {"!", "?"}):
        return "download the file again; it looks like a page of HTML or XML"
    if own == "toml" and (line[:1] == "{" or (line.replace(" ", "")[:2] in {"[{", "[["} and '"' in line)):
        return "rename the file to end in .json; it looks like JSON"
    if own == "json" and _TOML.match(line):
        return "rename the file to end in .toml; it looks like TOML"
    if not set("=#[]{}:") & set(line) and re.search(r".[,;\t]", line):
        return "import it with `renewctl import`; it looks like a CSV table"
    return "convert it to TOML or JSON; it looks like YAML" if _YAML.match(line) else ""
