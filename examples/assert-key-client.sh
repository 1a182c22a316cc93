#!/bin/sh
# Check in CI, after each edit of the file, that key clients still have exactly the recipients agreed on.
# Each line of the table has a client and the expected addresses (notified or copied), separated by commas.
# The table is a file or standard input, so a here-document in the job works, too.
# The exit status is 1 if a line fails, and 2 if the table is missing, empty or malformed.
#   RENEWCTL_STORE=agency.toml sh assert-key-client.sh key-clients.txt

set -eu

[ "$#" -le 1 ] || { printf 'usage: assert-key-client.sh [TABLE]\n' >&2; exit 2; }
if [ "$#" -eq 1 ]; then
  [ -r "$1" ] || { printf 'cannot read %s\n' "$1" >&2; exit 2; }
  exec < "$1"
fi

checked=0
failed=0
while read -r client expected rest || [ -n "$client" ]; do
  case $client in '' | '#'*) continue ;; esac
  if [ -z "$expected" ] || [ -n "$rest" ]; then
    printf 'expected "client address,address": %s %s %s\n' "$client" "$expected" "$rest" >&2
    exit 2
  fi
  status=0
  renewctl who --expect "$expected" -- "$client" </dev/null >/dev/null || status=$?
  case $status in
    0) printf 'OK      %s\n' "$client" ;;
    1) printf 'FAILED  %s\n' "$client"; failed=$((failed + 1)) ;;
    *) exit "$status" ;;         # No file, or an unknown client: not an answer.
  esac
  checked=$((checked + 1))
done

[ "$checked" -gt 0 ] || { printf 'the table is empty\n' >&2; exit 2; }
[ "$failed" -eq 0 ]
