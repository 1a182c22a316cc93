"""Completion by Typer's own scripts: the answer to a shell that asks, and the script that asks."""

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from enum import StrEnum

from renewctl.cli.app import COMPLETE, command_tree
from renewctl.cli.runtime import Environment


class Shell(StrEnum):
    """The shells that Typer has a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"
    PWSH = "pwsh"


_INSTALL: Mapping[Shell, str] = {
    Shell.BASH: 'eval "$(renewctl completion bash)" in ~/.bashrc, or save it as\n'
    "# ~/.local/share/bash-completion/completions/renewctl.",
    Shell.ZSH: "source <(renewctl completion zsh) in ~/.zshrc after compinit, or save it\n"
    "# as _renewctl in a folder of $fpath.",
    Shell.FISH: "renewctl completion fish | source in ~/.config/fish/config.fish, or save it as\n"
    "# ~/.config/fish/completions/renewctl.fish.",
    Shell.POWERSHELL: "renewctl completion powershell | Out-String | Invoke-Expression in $PROFILE.",
    Shell.PWSH: "renewctl completion pwsh | Out-String | Invoke-Expression in $PROFILE.",
}


def answer_shell(environment: Environment) -> int:
    """Answer a shell by Typer's protocol; return the exit status that its script expects.

    Half a command line can be anything, and nobody could read of an error: then nothing is offered.
    """
    with suppress(Exception):
        try:
            command_tree().main(args=[], prog_name="renewctl", obj=environment)
        except SystemExit as end:
            return int(end.code or 0)
    return 1


def completion_script(shell: Shell) -> str:
    """Return Typer's script for a shell, with a comment on how to install it."""
    os.environ[COMPLETE] = f"source_{shell}"
    try:
        with redirect_stdout(io.StringIO()) as output, suppress(SystemExit):
            command_tree().main(args=[], prog_name="renewctl")
    finally:
        del os.environ[COMPLETE]
    lines = output.getvalue().strip().splitlines()
    # The first line of a zsh function must be #compdef.
    lines.insert(lines[0].startswith("#"), f"# Completion of renewctl for {shell}: {_INSTALL[shell]}")
    if shell is Shell.ZSH:  # Loaded from a folder of $fpath by the first Tab, which Typer leaves unanswered.
        lines.append('[[ ${zsh_eval_context[-1]} == loadautofunc ]] && _renewctl_completion "$@"')
    return "\n".join(lines) + "\n"
