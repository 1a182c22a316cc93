"""Data for the tests of the page, and its pages."""

from datetime import date
from typing import Any

from portfolios import portfolio
from renewctl.domain.report import build_rows
from renewctl.render.page import render_page
from renewctl.render.who_report import Report

TODAY = date(2026, 11, 23)


def report_on(data: dict[str, Any]) -> Report:
    """Return the report of all dates."""
    store = portfolio(data)
    rows = build_rows(store, store.clients.values(), None, TODAY)
    return Report(rows, TODAY, None, {"path": "clients.toml"}, store)


def page_of(data: dict[str, Any]) -> str:
    """Return the page of a report of all dates."""
    report = report_on(data)
    return render_page(
        report, report.rows, lambda path: f"clients.toml:{len(path)}", "renewctl for ana on desk"
    )


def large_store(clients: int) -> dict[str, Any]:
    """Return data in which each client has three contacts and a renewal, and a quarter an override."""
    return {
        "defaults": {"owner": "hubspot", "notify": "ana@agency.example"},
        "users": {"ana@agency.example": {"name": "Ana Souza"}, "ines@agency.example": {}},
        "clients": {f"transportes-{number:03}.example": _client(number) for number in range(clients)},
    }


def _client(number: int) -> dict[str, Any]:
    domain, day = f"transportes-{number:03}.example", date(2027, 1 + number % 12, 1 + number % 28)
    names = {"jorge": "primary", "financeiro": "billing", "lucia": "decision-maker"}
    client: dict[str, Any] = {
        "name": f"Transportes Guimarães {number}",
        "contacts": [
            {"email": f"{name}@{domain}", "name": f"{name.title()} Reis", "roles": [role]}
            for name, role in names.items()
        ],
        "renewals": [{"date": day, "product": "Marketing Hub Professional"}],
    }
    if number % 4 == 0:
        client["override"] = {"owner": "partner", "notify": "ines@agency.example"}
    return client
