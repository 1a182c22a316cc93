"""Plan the changes of an import to one client's renewals."""

from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches

from renewctl.command_line import command_line
from renewctl.domain.dates import shift_days
from renewctl.domain.edit.renewals import find_products, renewal_table
from renewctl.domain.edit.rows import BadRow, ImportOptions, ImportRow, place_of
from renewctl.domain.identifiers import name_key, tidy_name
from renewctl.errors import UsageError
from renewctl.model import Change, Client, Path, Policy, Renewal


class ListedRenewals:
    """The renewals of one client, as listed in its rows."""

    def __init__(
        self, client: Client, rows: Sequence[ImportRow], policy: Policy, options: ImportOptions
    ) -> None:
        self.client = client
        self.policy = policy
        self.options = options
        self.notes: list[str] = []
        """Notes for the user on the rows that were planned."""
        self.undated: list[str] = []
        """New products without a renewal date."""
        self._first_of: dict[str, tuple[ImportRow, Renewal]] = {}
        self._named: set[str] = set()
        self._added: list[Renewal] = []
        self._unnamed, self._new_name = self._find_unnamed(rows)

    @property
    def dated(self) -> bool:
        """Whether any planned row has a renewal date."""
        return bool(self._first_of)

    @property
    def unlisted(self) -> list[Renewal]:
        """The renewals in the file that no row has. Empty if no row has a renewal date."""
        renewals = self.client.renewals if self.dated else ()
        return [renewal for renewal in renewals if renewal.product not in self._named]

    def changes(self, row: ImportRow) -> Iterator[Change]:
        """Yield the changes of one row to a renewal.

        Raises:
            BadRow: If the renewal is ambiguous, another row has it with different dates, or its deadline
                is after its date.
        """
        day, deadline = self._dates(row)
        if day is None:
            if product := row.values.get("product", "").strip():
                known = find_products(self.client, product)
                self._named |= {renewal.product for renewal in known}
                self.undated += [] if known else [product]
            return
        old = self._find(row)
        product = old.product if old else row.values.get("product", "")
        new = Renewal(day, product, deadline)
        first, before = self._first_of.setdefault(product if old else name_key(product), (row, new))
        if first is not row:
            if (before.day, before.deadline) != (day, deadline):
                what = f"a renewal for {product!r}" if product else "a renewal without a product"
                message = f"{self.client.key} already has {what} in {place_of(first)}"
                hint = "give each renewal a unique product, or remove one of the rows"
                raise BadRow(row, "renewal", message, hint)
            return
        if old is None and self._unnamed and name_key(product) == name_key(self._new_name):
            old = self._unnamed
        kept = old.deadline if old and new.deadline is None and new.day != old.day else new.deadline
        try:
            table = renewal_table(new._replace(deadline=kept))
        except UsageError as error:
            raise BadRow(row, "deadline", error.message, error.hint) from None
        if old is None:
            self._added.append(new)
            yield Change(self._path(product), table)
            return
        self._named.add(old.product)
        path = self._path(old.product)
        if new.day != old.day:
            yield Change((*path, "date"), new.day)
            if old.deadline and new.deadline in {None, old.deadline}:
                what = repr(old.product) if old.product else "the renewal"
                note = f"{self.client.key}: {what} moves to {new.day} but keeps its deadline {old.deadline}"
                self.notes.append(note)
        if new.deadline and new.deadline != old.deadline:
            yield Change((*path, "deadline"), new.deadline)
        if product != old.product:
            yield Change(path, tidy_name(product), renamed=True)

    def removals(self) -> Iterator[Change]:
        """Yield the removals of renewals that no row has, with ``prune``."""
        if self.options.prune:
            yield from (Change(self._path(renewal.product), None) for renewal in self.unlisted)

    def describe_renamed(self) -> Iterator[str]:
        """Yield a note for each new renewal that is probably a renamed one.

        The known renewal is in no row, and has the same date or no product. Without the note, one contract
        could be in the file twice. With ``prune``, the known renewal is removed.
        """
        others, key = self.unlisted, self.client.key
        if not others:
            return
        for new in self._added:
            names = [old.product for old in others if old.day == new.day or not old.product]
            for name in get_close_matches(new.product, names, 1, 0):
                old = next(each for each in others if each.product == name)
                others = [each for each in others if each is not old]
                known = f"{name!r} ({old.day})" if name else f"the renewal without a product ({old.day})"
                if self.options.prune:
                    yield f"{key}: {new.product!r} ({new.day}) replaces {known}"
                    continue
                message = f"{key}: {new.product!r} ({new.day}) is added, but {known} is not listed"
                merge = _join_command(key, old, new)
                yield f"{message}; check whether they are the same renewal (to merge them: {merge})"

    def _find_unnamed(self, rows: Sequence[ImportRow]) -> tuple[Renewal | None, str]:
        """Return the renewal that gets its product from the rows, and the product.

        It is the client's only renewal without a product, every dated row has a product, and exactly one
        new product has its date. An earlier import without the product column leaves such renewals.
        """
        unnamed = [renewal for renewal in self.client.renewals if not name_key(renewal.product)]
        if len(unnamed) != 1:
            return None, ""
        dated = [(row.values.get("product", "").strip(), self._dates(row)[0]) for row in rows]
        dated = [(product, day) for product, day in dated if day]
        if not all(product for product, _ in dated):
            return None, ""
        new = {
            name_key(product): product
            for product, day in reversed(dated)
            if day == unnamed[0].day and not find_products(self.client, product)
        }
        return (unnamed[0], next(iter(new.values()))) if len(new) == 1 else (None, "")

    def _dates(self, row: ImportRow) -> tuple[date | None, date | None]:
        """Return the renewal date and the deadline of a row."""
        day, deadline = row.values.get("renewal"), row.values.get("deadline")
        if day is None and deadline is not None and self.options.renewal_from_deadline:
            return shift_days(deadline, self.policy.deadline_days), None
        return day, deadline

    def _path(self, product: str) -> Path:
        return ("clients", self.client.spelling, "renewals", product)

    def _find(self, row: ImportRow) -> Renewal | None:
        product = row.values.get("product", "").strip()
        renewals = self.client.renewals
        if not product and len(renewals) == 1:
            return renewals[0]
        alike = find_products(self.client, product)
        if len(alike) > 1:
            message = f"{self.client.key} has several renewals that look like {product!r}"
            raise BadRow(row, "product", message, "merge them in the data file")
        if alike:
            return alike[0]
        if not product and renewals:
            hint = f"add the product: {', '.join(repr(renewal.product) for renewal in renewals)}"
            raise BadRow(row, "product", f"{self.client.key} has several renewals", hint)
        return None


def _join_command(client: str, old: Renewal, new: Renewal) -> str:
    """Return the command that combines a known renewal and the added one.

    Its result is the same before and after the import.
    """
    same = new.day == old.day and new.deadline in {None, old.deadline}
    dates = [] if same else [str(new.day)]
    deadline = str(new.deadline) if dates and new.deadline else None
    return command_line(
        "client set-renewal", client, *dates, product=old.product, rename=new.product, deadline=deadline
    )
