#!/bin/sh
# The Monday report, as Markdown on standard output: renewals of the next 120 days, those whose
# terms can be altered for 30 days or less, and the clients where nobody would hear anything.
# Meant for cron: the report is always printed whole, then the exit status is 1 if somebody would
# hear nothing, so that the job's own alarm goes off. Any other failure ends it with renewctl's status.
#   RENEWCTL_STORE=agency.toml sh weekly-report.sh > report.md
#   0 7 * * 1  RENEWCTL_STORE=$HOME/agency.toml sh $HOME/weekly-report.sh       (a line of crontab)

set -eu

# cron looks in /usr/bin and /bin only; pipx and uv put renewctl into ~/.local/bin. Elsewhere, name it in RENEWCTL.
PATH=$PATH:${HOME:-}/.local/bin:/usr/local/bin
renewctl=${RENEWCTL:-renewctl}
command -v "$renewctl" >/dev/null || {
  printf 'renewctl is not found: name it, RENEWCTL=/path/to/renewctl\n' >&2
  exit 127
}

printf '# Renewals, %s\n\n' "${RENEWCTL_AS_OF:-$(date +%Y-%m-%d)}"

printf '## Next 120 days\n\n'
"$renewctl" who --within 120d -o markdown

printf '\n## Deadline within 30 days\n\n'
"$renewctl" who --deadline-within 30d -o markdown

printf '\n## Nobody notified\n\n'
status=0
message=$("$renewctl" who --all --require-recipient -o names 2>&1 >/dev/null) || status=$?
case $status in
  0) printf 'None: every client has a recipient.\n' ;;
  1) printf '%s\n' "$message" | sed 's/^/    /' ;;
  *) printf '%s\n' "$message" >&2 ;;
esac
exit "$status"
