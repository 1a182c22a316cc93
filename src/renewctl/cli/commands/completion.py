"""``completion``: the script for a shell; Typer's own, as its answer to a Tab is (see ``main``)."""

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
"""The shells that Typer has a script for."""
_INSTALL: Mapping[Shell, str] = {
    "bash": 'eval "$(renewctl completion bash)" in ~/.bashrc, or save it as\n'
    "# ~/.local/share/bash-completion/completions/renewctl.",
    "zsh": "source <(renewctl completion zsh) in ~/.zshrc after compinit, or save it\n"
    "# as _renewctl in a folder of $fpath.",
    "fish": "renewctl completion fish | source in ~/.config/fish/config.fish, or save it as\n"
    "# ~/.config/fish/completions/renewctl.fish.",
    "powershell": "renewctl completion powershell | Out-String | Invoke-Expression in $PROFILE.",
    "pwsh": "renewctl completion pwsh | Out-String | Invoke-Expression in $PROFILE.",
}


@command("completion")
def completion(
    run: Run,  # noqa: ARG001
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh, fish, powershell or pwsh.")],
) -> Result:
    """Print the script that lets bash, zsh, fish or PowerShell complete what is typed.

    Commands, options, clients, partner users and codes. Its first lines say where to put it; nothing
    is installed.
    """
    os.environ[COMPLETE] = f"source_{shell}"
    try:
        with redirect_stdout(io.StringIO()) as output, suppress(SystemExit):
            command_tree().main(args=[], prog_name="renewctl")
    finally:
        del os.environ[COMPLETE]
    lines = output.getvalue().strip().splitlines()
    # The first line of a zsh function must be #compdef.
    lines.insert(lines[0].startswith("#"), f"# Completion of renewctl for {shell}: {_INSTALL[shell]}")
    if shell == "zsh":  # Loaded from a folder of $fpath by the first Tab, which Typer leaves unanswered.
        lines.append('[[ ${zsh_eval_context[-1]} == loadautofunc ]] && _renewctl_completion "$@"')
    script = "\n".join(lines) + "\n"
    document = {"schema": "renewctl.completion/1", "shell": shell, "script": script}
    return Result(document, text=script)
