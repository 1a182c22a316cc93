"""``completion``: Typer's script for a shell. ``main`` answers its requests."""

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from typing import Annotated, Literal

import typer

from renewctl.cli.app import COMPLETE, command, command_tree
from renewctl.cli.runtime import Run
from renewctl.render.result import Result

Shell = Literal["bash", "zsh", "fish", "powershell", "pwsh"]
"""The shells for which Typer has a script."""
_INSTALL: Mapping[Shell, str] = {
    "bash": "Save it as\n"
    "# ~/.local/share/bash-completion/completions/renewctl, or add this line to ~/.bashrc:\n"
    '# eval "$(renewctl completion bash)"',
    "zsh": "Save it as _renewctl in a folder of\n"
    "# $fpath, or add this line to ~/.zshrc after compinit:\n"
    "# source <(renewctl completion zsh)",
    "fish": "Save it as\n"
    "# ~/.config/fish/completions/renewctl.fish, or add this line to ~/.config/fish/config.fish:\n"
    "# renewctl completion fish | source",
    "powershell": "Add this line to $PROFILE:\n"
    "# renewctl completion powershell | Out-String | Invoke-Expression",
    "pwsh": "Add this line to $PROFILE:\n# renewctl completion pwsh | Out-String | Invoke-Expression",
}


@command("completion", out="")
def completion(
    run: Run,  # noqa: ARG001
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish, powershell or pwsh.")],
) -> Result:
    """Print the completion script for a shell.

    The script completes commands, options, clients, partner users and codes. Its first lines explain
    how to install it.
    """
    os.environ[COMPLETE] = f"source_{shell}"
    try:
        with redirect_stdout(io.StringIO()) as output, suppress(SystemExit):
            command_tree().main(args=[], prog_name="renewctl")
    finally:
        del os.environ[COMPLETE]
    lines = output.getvalue().strip().splitlines()
    # The first line of a zsh function must be #compdef.
    lines.insert(lines[0].startswith("#"), f"# Completion of renewctl for {shell}. {_INSTALL[shell]}")
    if shell == "zsh":  # The first Tab loads the script from $fpath, and Typer's script would ignore it.
        lines.append('[[ ${zsh_eval_context[-1]} == loadautofunc ]] && _renewctl_completion "$@"')
    script = "\n".join(lines) + "\n"
    document = {"schema": "renewctl.completion/1", "shell": shell, "script": script}
    return Result(document, text=script)
