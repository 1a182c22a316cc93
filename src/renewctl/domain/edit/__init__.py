"""From a portfolio and a request to a plan of what changes, for each command."""
