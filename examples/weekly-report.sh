#!/bin/sh
# Write the Monday report, a page to send: the renewals of the next 120 days and who is notified about each.
# Made for cron. The exit status is 1 if nobody is notified about a renewal on the page, so that the job's own
# alarm goes off; the page is complete then, too. On any other failure, the page of last week stays as it was,
# and the exit status is that of renewctl.
#   RENEWCTL_STORE=agency.toml sh weekly-report.sh renewals.html
#   0 7 * * 1  RENEWCTL_STORE=$HOME/agency.toml sh $HOME/weekly-report.sh $HOME/renewals.html   (a line of crontab)

set -eu

page=${1:?name the page to write: sh weekly-report.sh renewals.html}

# cron looks in /usr/bin and /bin only; pipx and uv put renewctl into ~/.local/bin. Elsewhere, name it in RENEWCTL.
PATH=$PATH:${HOME:-}/.local/bin:/usr/local/bin
renewctl=${RENEWCTL:-renewctl}
command -v "$renewctl" >/dev/null || {
  printf 'renewctl not found: set RENEWCTL=/path/to/renewctl\n' >&2
  exit 127
}

umask 077
status=0
"$renewctl" who --within 120d -o html --require-recipient >"$page.new" || status=$?
case $status in
  0 | 1) mv -f "$page.new" "$page" ;;
  *) rm -f "$page.new" ;;
esac
exit "$status"
