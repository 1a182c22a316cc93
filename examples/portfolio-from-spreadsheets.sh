#!/bin/sh
# Create a file from two spreadsheets: a list of companies exported from HubSpot in English, and a list kept in
# Excel in Portuguese (semicolons, Windows-1252, day first), whose owner column becomes overrides.
# Run it again with newer lists: only what differs is changed.
#   RENEWCTL_STORE=portfolio.toml sh portfolio-from-spreadsheets.sh hubspot-export.csv excel-pt.csv

set -eu

[ "$#" -eq 2 ] || { printf 'usage: portfolio-from-spreadsheets.sh EXPORT.csv EXCEL.csv\n' >&2; exit 2; }

if [ ! -e "${RENEWCTL_STORE:?set RENEWCTL_STORE to the file to create}" ]; then
  renewctl init --owner hubspot --notify ana@agency.example -q
  renewctl user add ines@agency.example --name 'Inês Carvalho' -q
fi

renewctl import "$1" --dry-run
renewctl import "$1" -q
renewctl import "$2" --encoding cp1252 --with-overrides

renewctl who --require-recipient -o names >/dev/null || status=$?
exit "${status:-0}"
