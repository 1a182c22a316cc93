"""Draw the output of some commands on a terminal, in colour, as the pictures of the documents.

``python tests/pictures.py`` writes docs/pictures/*.svg; test_pictures.py checks that nothing changes. If a
Chromium is installed, it also takes the pictures of the HTML page, docs/pictures/page-*.png.
rich draws each picture on a light and on a dark background. Both are in one file, and the viewer's colour
scheme selects one. A picture loads nothing from elsewhere, not even fonts.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import pexpect
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from browser import EXECUTABLE, open_browser

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDER = REPOSITORY / "docs" / "pictures"
WIDTH = 100
COMMANDS = {
    "who": "renewctl who --within 90d",
    "explain": "renewctl explain joias-aurora.example",
    "impact": "renewctl set-default --owner partner --notify rui",
    "timeline": "renewctl who --timeline --within 6m",
}
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
ADVANCE = 0.602
"""Width of a character of these fonts, relative to its height. Most monospace fonts have this width."""


def _theme(ground: str, ink: str, *colours: str) -> TerminalTheme:
    """Return a theme from black, red, green, yellow, blue, magenta, cyan and white, each as #rrggbb."""
    rgb = [tuple(bytes.fromhex(colour[1:])) for colour in (ground, ink, *colours)]
    return TerminalTheme(rgb[0], rgb[1], rgb[2:])


LIGHT = _theme(
    "#ffffff",
    "#0b0e12",
    "#0b0e12",
    "#a40e26",
    "#116329",
    "#7d4e00",
    "#0550ae",
    "#8250df",
    "#1b6b72",
    "#6e7781",
)
DARK = _theme(
    "#0d1117",
    "#e6edf3",
    "#484f58",
    "#ff7b72",
    "#3fb950",
    "#d29922",
    "#58a6ff",
    "#bc8cff",
    "#39c5cf",
    "#b1bac4",
)
# rich's template loads a font from a server, and has no title for screen readers.
TEMPLATE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>TITLE</title>
<style>
.{unique_id}-matrix {{ font-family: FONTS; font-size: {char_height}px; }}
{styles}
</style>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture(name: str) -> str:
    """Return the picture with this name, as SVG."""
    command = COMMANDS[name]
    screen = f"\x1b[1m$ {command}\x1b[0m\n{_screen(command)}"
    light, dark = _drawn(name, screen, LIGHT), _drawn(name, screen, DARK)
    rules = [line for line in dark.partition("</style>")[0].splitlines() if "fill:" in line]
    night = "\n".join(["@media (prefers-color-scheme: dark) {", *rules, "}\n</style>"])
    return light.replace("</style>", night)


def _drawn(name: str, screen: str, theme: TerminalTheme) -> str:
    console = Console(
        record=True, width=WIDTH, file=StringIO(), color_system="standard", legacy_windows=False
    )
    text = Text.from_ansi(screen)
    # Each word gets a position of its own, so that columns are aligned in any font and no space is trimmed.
    text.highlight_regex(r"\s+", Style(blink=False))
    console.print(text, soft_wrap=True)
    template = TEMPLATE.replace("TITLE", f"$ {COMMANDS[name]}").replace("FONTS", FONTS)
    drawn = console.export_svg(
        title="", theme=theme, code_format=template, font_aspect_ratio=ADVANCE, unique_id=f"renewctl-{name}"
    )
    # The background becomes a CSS rule like the others, so that the dark one can replace it.
    ground = f".renewctl-{name}-ground {{ fill: {theme.background_color.hex} }}\n</style>"
    drawn = drawn.replace(f'fill="{theme.background_color.hex}"', f'class="renewctl-{name}-ground"', 1)
    drawn = drawn.replace('stroke="rgba(255,255,255,0.35)"', 'stroke="#8b949e"')
    drawn = re.sub(r' clip-path="url\([^)]*\)"', "", drawn)
    drawn = re.sub(r"<text [^>]*>\n</text>", "", drawn)  # line ends
    drawn = drawn.replace("</style>", ground).replace("><text", ">\n<text")
    return re.sub(r"(?m)^ +|\n(?=\n)", "", drawn)


def _screen(command: str) -> str:
    """Return the terminal output of a command on the example agency; questions are answered with no."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        work.mkdir()
        shutil.copyfile(REPOSITORY / "examples" / "agency.toml", work / "renewctl.toml")
        child = pexpect.spawn(
            "/bin/sh",
            ["-c", command],
            cwd=str(work),
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "HOME": folder,
                "TERM": "xterm-256color",
                "PAGER": "",
                "LC_ALL": "C.UTF-8",
                "RENEWCTL_AS_OF": "2026-11-23",
            },
            dimensions=(80, WIDTH),
            encoding="utf-8",
            timeout=300,
        )
        shown = ""
        if child.expect([r"\[y/N\]: ", pexpect.EOF]) == 0:
            shown = child.before + child.after
            child.sendline("n")
            child.expect(pexpect.EOF)
        child.close()
        return (shown + child.before).replace("\r\n", "\n").rstrip("\n")


def photograph_page() -> dict[str, bytes]:
    """Return screenshots of the page with a light and a dark colour scheme, as PNG."""
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        page = Path(folder) / "report.html"
        words = ["renewctl", "who", "--store", "agency.toml", "--as-of", "2026-11-23", "-o", "html"]
        program = Path(sys.executable).with_name("renewctl")
        made = subprocess.run(
            words, executable=program, cwd=REPOSITORY / "examples", capture_output=True, check=True
        )
        page.write_bytes(made.stdout)
        pictures = {}
        for ground in ("light", "dark"):
            size = {"width": 1200, "height": 960}
            view = browser.new_page(viewport=size, color_scheme=ground)
            view.goto(page.as_uri())
            view.evaluate("document.querySelectorAll('.made p')[1].textContent = 'made by Ana Souza'")
            pictures[f"page-{ground}"] = view.screenshot()
    return pictures


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in COMMANDS:
        (FOLDER / f"{each}.svg").write_text(picture(each), encoding="utf-8")
        print((FOLDER / f"{each}.svg").relative_to(REPOSITORY))
    for name, data in photograph_page().items() if EXECUTABLE else ():
        (FOLDER / f"{name}.png").write_bytes(data)
        print((FOLDER / f"{name}.png").relative_to(REPOSITORY))
