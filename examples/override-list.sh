#!/bin/sh
# Gives a list of clients to one partner user: partner-owned, that user the only recipient.
# The list comes on standard input, one domain a line; "#" starts a comment. One renewctl call for
# all of them, so a typo in the last line changes nothing. To leave a client with nobody who is
# notified (a deactivated user hears nothing) is refused with exit 6; the end checks those that had
# nobody before, and exits 1 if they still have nobody.
#   RENEWCTL_STORE=agency.toml sh override-list.sh -n ines < clients-for-ines.txt     (-n: dry run)

set -eu

usage() {
  printf 'usage: override-list.sh [-n] USER < clients.txt\n' >&2
  exit 2
}

dry_run=
while getopts n option; do
  case $option in
    n) dry_run=yes ;;
    *) usage ;;
  esac
done
shift "$((OPTIND - 1))"
[ "$#" -eq 1 ] || usage
user=$1

set --
while read -r client rest || [ -n "$client" ]; do
  case $client in '' | '#'*) continue ;; esac
  case $rest in
    '' | '#'*) ;;
    *) printf 'one client a line, please: %s %s\n' "$client" "$rest" >&2; exit 2 ;;
  esac
  set -- "$@" "$client"
done
[ "$#" -gt 0 ] || usage

renewctl override --owner partner --notify "$user" --note "list handed to $user" \
  ${dry_run:+"--dry-run"} -- "$@"

[ -n "$dry_run" ] || renewctl who --require-recipient -o names -- "$@" >/dev/null || {
  printf 'The overrides are written, but somebody hears nothing: see above.\n' >&2
  exit 1
}
