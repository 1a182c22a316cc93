#!/bin/sh
# Install a wheel with pip, pipx and uv, plain and with all extras, each into an empty home, and use it there.
# Usage: tests/try-dist.sh WHEEL    Needs python3, pipx, uv and a package index (make try-dist).
set -eu

wheel=$(realpath "$1")
page=$(python3 -m zipfile -l "$wheel" | grep -o 'share/man/man1/[^ ]*' || true)
scratch=$(mktemp -d)
trap 'status=$?; rm -rf "$scratch"; [ "$status" = 0 ] || echo "failed" >&2' EXIT

try() { # try NAME EXTRA COMMAND...: install with COMMAND in a new home, then use the installation
  name=$1 extra=$2
  shift 2
  printf '%s ' "$name$extra"
  mkdir "$scratch/$name${extra:+-all}"
  ( # not on the left of ||, where the shell ignores failures
    home_of "$scratch/$name${extra:+-all}"
    "$@" >install.log 2>&1 || { cat install.log >&2; exit 1; }
    command -v renewctl | grep -q "^$HOME/"
    use "$extra"
  )
}

home_of() { # home_of FOLDER: use the folder as home; keep only the configuration of the package index
  cd "$1"
  unset PYTHONPATH RENEWCTL_STORE XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_BIN_HOME
  export HOME="$1" PATH="$1/.local/bin:$PATH"
}

use() { # use EXTRA: run the first commands of a new user
  renewctl --version
  renewctl demo >/dev/null
  [ -z "$(find . -name 'renewctl.toml')" ] # the demo leaves no file behind
  renewctl completion bash | bash -n
  renewctl completion zsh | grep -q compdef
  renewctl completion fish | grep -q 'complete '
  renewctl init --owner hubspot --notify ana@agency.example -q
  renewctl client add acme.example --primary paula@acme.example --renewal 2027-03-01 -q
  renewctl explain acme.example -o json | grep -q '"default-hubspot"'
  extras "$1"
  if [ -n "$page" ]; then manual; fi
}

extras() { # extras EXTRA: check that they are installed, or that the command in the hint installs them
  if [ -n "$1" ]; then
    renewctl calendar | grep -q BEGIN:VCALENDAR
    $(sed -n '1s/^#!//p' "$(command -v renewctl)") -c 'import python_calamine, toml_rs'
  elif renewctl calendar 2>error; then
    exit 1
  else
    sh -ec "$(sed -n 's/^help: //p' error)" >/dev/null 2>&1
    renewctl calendar | grep -q BEGIN:VCALENDAR
  fi
}

manual() { # check that the manual page is installed, and print whether man finds it
  found=$(find -L "$HOME/.local" -path "*/$page" | head -n 1)
  [ -n "$found" ]
  if command -v man >/dev/null; then
    echo "  man -w renewctl: $(man -w renewctl 2>/dev/null || echo "not found, the page is $found")"
  fi
}

for extra in '' '[all]'; do
  # The environment is ~/.local, so that its commands are in the same folder as those of pipx and uv.
  try pip "$extra" sh -ec 'python3 -m venv .local && .local/bin/python -m pip install "$1"' sh "$wheel$extra"
  try pipx "$extra" pipx install "$wheel$extra"
  try uv "$extra" uv tool install "$wheel$extra"
done
