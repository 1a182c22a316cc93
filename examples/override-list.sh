#!/bin/sh
# Give a list of clients to one partner user: the partner owns the renewals, and that user is the only recipient.
# Standard input has one domain per line, and "#" starts a comment. One call of renewctl changes all clients, so
# a typing error in the last line changes nothing. If a client would lose its last recipient (for example because
# the user is deactivated), the exit status is 6, and nothing is saved. At the end, the script checks all clients
# of the list, and exits with 1 if one still has no recipient.
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
    *) printf 'expected one client per line: %s %s\n' "$client" "$rest" >&2; exit 2 ;;
  esac
  set -- "$@" "$client"
done
[ "$#" -gt 0 ] || usage

renewctl override --owner partner --notify "$user" --note "list handed to $user" \
  ${dry_run:+"--dry-run"} -- "$@"

[ -n "$dry_run" ] || renewctl who --require-recipient -o names -- "$@" >/dev/null || {
  printf 'The overrides are saved, but nobody is notified about a renewal: see above.\n' >&2
  exit 1
}
