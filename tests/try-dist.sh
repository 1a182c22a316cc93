#!/bin/sh
# Installs a wheel with pip, pipx and uv, plain and with all extras, each into an empty home, and tries it there.
# Usage: tests/try-dist.sh WHEEL    Needs python3, pipx, uv and an index for the dependencies (make try-dist).
set -eu

wheel=$(realpath "$1")
page=$(python3 -m zipfile -l "$wheel" | grep -o 'share/man/man1/[^ ]*' || true)
scratch=$(mktemp -d)
trap 'status=$?; rm -rf "$scratch"; [ "$status" = 0 ] || echo "failed" >&2' EXIT

try() { # try NAME EXTRA COMMAND...: install with COMMAND in a home of its own, then use what is installed
  name=$1 extra=$2
  shift 2
  printf '%s ' "$name$extra"
  mkdir "$scratch/$name${extra:+-all}"
  ( # not the left side of a ||: there the shell would no longer stop at what fails
    home_of "$scratch/$name${extra:+-all}"
    "$@" >install.log 2>&1 || { cat install.log >&2; exit 1; }
    command -v renewctl | grep -q "^$HOME/"
    use "$extra"
  )
}

home_of() { # home_of FOLDER: go there, and have nothing of the user's own but the way to an index
  cd "$1"
  unset PYTHONPATH RENEWCTL_STORE XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_BIN_HOME
  export HOME="$1" PATH="$1/.local/bin:$PATH"
}

use() { # use EXTRA: what somebody does first
  renewctl --version
  renewctl demo >/dev/null
  [ -z "$(find . -name 'renewctl.toml')" ] # nothing of the demo stays
  renewctl completion bash | bash -n
  renewctl completion zsh | grep -q compdef
  renewctl completion fish | grep -q 'complete '
  renewctl init --owner hubspot --notify ana@agency.example -q
  renewctl client add acme.example --primary paula@acme.example --renewal 2027-03-01 -q
  renewctl explain acme.example -o json | grep -q '"default-hubspot"'
  extras "$1"
  if [ -n "$page" ]; then manual; fi
}

extras() { # extras EXTRA: there if they were asked for; if not, the command that is named brings them
  if [ -n "$1" ]; then
    renewctl calendar | grep -q BEGIN:VCALENDAR
    $(sed -n '1s/^#!//p' "$(command -v renewctl)") -c 'import python_calamine, toml_rs'
  elif renewctl calendar 2>said; then
    exit 1
  else
    sh -ec "$(sed -n 's/^help: //p' said)" >/dev/null 2>&1
    renewctl calendar | grep -q BEGIN:VCALENDAR
  fi
}

manual() { # the page is installed, and man finds it where the installer puts pages
  found=$(find -L "$HOME/.local" -path "*/$page" | head -n 1)
  [ -n "$found" ]
  if command -v man >/dev/null; then
    echo "  man -w renewctl: $(man -w renewctl 2>/dev/null || echo "not found, the page is $found")"
  fi
}

for extra in '' '[all]'; do
  # An environment at ~/.local, so that its commands are where the others put theirs.
  try pip "$extra" sh -ec 'python3 -m venv .local && .local/bin/python -m pip install "$1"' sh "$wheel$extra"
  try pipx "$extra" pipx install "$wheel$extra"
  try uv "$extra" uv tool install "$wheel$extra"
done
