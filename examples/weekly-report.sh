#!/bin/sh
# Write the weekly report as a web page: the renewals of the next 120 days, and who is notified about each.
# Made for cron. The exit status is 1 if nobody is notified about a renewal on the page, so that cron sends mail.
# The page is written in any case. On any other error, last week's page stays, and the exit status is renewctl's.
#   RENEWCTL_STORE=agency.toml sh weekly-report.sh renewals.html
#   0 7 * * 1  RENEWCTL_STORE=$HOME/agency.toml sh $HOME/weekly-report.sh $HOME/renewals.html   (line for crontab -e)

set -eu

page=${1:?name the page to write: sh weekly-report.sh renewals.html}

# cron searches /usr/bin and /bin only, and pipx and uv install into ~/.local/bin. For another place, set RENEWCTL.
PATH=$PATH:${HOME:-}/.local/bin:/usr/local/bin
renewctl=${RENEWCTL:-renewctl}
command -v "$renewctl" >/dev/null || {
  printf 'renewctl not found: set RENEWCTL=/path/to/renewctl\n' >&2
  exit 127
}

exec "$renewctl" who --within 120d -o html --out "$page" --quiet --require-recipient
