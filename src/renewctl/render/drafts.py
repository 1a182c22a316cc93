"""Draft messages (RFC 5322) that mail programs open; nothing is sent."""

from collections.abc import Mapping
from datetime import date

from renewctl.domain.identifiers import parse_address
from renewctl.domain.report import Digest, ReportRow
from renewctl.files import digest as hash_content
from renewctl.render.page import open_templates
from renewctl.render.who_by_recipient import (
    build_message,
    describe_recipient,
    describe_source,
    list_deliveries,
)
from renewctl.render.who_report import Report
from renewctl.render.wording import in_days, name_client
from renewctl.text import showable

_PUNCTUATION = '()<>[]:;@\\,."=?'
"""The characters with a meaning in headers (RFC 5322, 3.2.3; RFC 2047, 2)."""
_LONGEST_NAME = 60
"""The most characters of a name in a header: a line can have 998 (RFC 5322, 2.1.1)."""
_WITHOUT_PUNCTUATION = str.maketrans(_PUNCTUATION, " " * len(_PUNCTUATION))


def build_draft(digest: Digest, report: Report) -> bytes:
    """Return a draft message to a recipient as text and as HTML.

    It has no sender, date and Message-ID, which the mail program adds. The same report gives the same bytes.

    Raises:
        UsageError: If the recipient's address is not valid.
        MissingExtra: If Jinja2 is not installed.
    """
    # Lazy imports: no other format needs them.
    from email import policy
    from email.headerregistry import Address
    from email.message import EmailMessage

    address = parse_address(digest.email, "recipient")
    local_part, _, domain = address.rpartition("@")
    subject = f"HubSpot renewals, as of {report.as_of}"
    text = f"{build_message(digest, report.as_of)}\n{describe_source(report)}\n"
    page = _build_page(digest, report, subject)
    # An address that is not ASCII needs a header in UTF-8 (RFC 6532): only names can be encoded words.
    message = EmailMessage(policy=policy.SMTP if address.isascii() else policy.SMTPUTF8)
    message["X-Unsent"] = "1"  # With this header, Outlook opens the file as a draft.
    message["To"] = Address(_header_name(digest.name), local_part, domain)
    message["Subject"] = subject
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    # The default boundary is random. Quoted-printable text never contains "=_".
    message.set_boundary(f"=_{hash_content((text + page).encode())[:32]}")
    # The library can lose or add spaces where it folds a name.
    return message.as_bytes(policy=message.policy.clone(max_line_length=None))


def _build_page(digest: Digest, report: Report, subject: str) -> str:
    """Return the message as HTML without styles, which mail programs remove."""
    today = report.as_of
    deliveries = [
        (delivery.write_sentence(digest), [_page_cells(row, today) for row in delivery.rows])
        for delivery in list_deliveries(digest, today)
    ]
    template = open_templates().get_template("mail.html.j2")
    return template.render(
        subject=subject, who=describe_recipient(digest), deliveries=deliveries, source=describe_source(report)
    )


def _page_cells(row: ReportRow, today: date) -> Mapping[str, str]:
    client, renewal, deadline = row.client, row.renewal, row.deadline
    cells = {"client": name_client(client), "domain": client.key if client.name else ""}
    if renewal is None or deadline is None:
        return {**cells, "deadline": "–", "renewal": "no date", "product": ""}
    past = f" ({in_days((renewal.day - today).days)})" if row.is_past(today) else ""
    return {
        **cells,
        "deadline": f"{deadline} ({in_days((deadline - today).days)})",
        "renewal": f"{renewal.day}{past}",
        "product": renewal.product,
    }


def _header_name(name: str) -> str:
    """Return a recipient's name without the punctuation that has a meaning in headers.

    Python 3.11 loses the quotes around a name that it encodes or folds (CPython issues 80222 and 121284), so
    that a comma in the name would begin another recipient.
    """
    return " ".join(showable(name).translate(_WITHOUT_PUNCTUATION).split())[:_LONGEST_NAME].strip()
