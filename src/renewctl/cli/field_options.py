"""Command parameters that expand to several options, such as a client's fields."""

from collections.abc import Iterable, Iterator, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from renewctl.cli.runtime import Run
from renewctl.command_line import option
from renewctl.domain.dates import parse_day
from renewctl.domain.identifiers import parse_address, unique_addresses
from renewctl.domain.values import FORMS
from renewctl.errors import BadInput, UsageError
from renewctl.fields import TABLES, Field, Kind
from renewctl.model import Value

_SET, _FILTER = "set", "filter"
FieldValues = Annotated[Mapping[str, Value | None], _SET]
"""New values of a client's fields, by key, for the options used. None removes a value."""
FieldFilters = Annotated[Mapping[str, Value | None], _FILTER]
"""Values that clients must have, by key. None selects clients without a value."""

_TYPES: Mapping[Kind, tuple[Any, Mapping[str, Any]]] = {
    Kind.TEXT: (str | None, {"metavar": "TEXT"}),
    Kind.NAME: (str | None, {"metavar": "TEXT"}),
    Kind.ADDRESS: (str | None, {"metavar": "EMAIL"}),
    Kind.ADDRESSES: (list[str] | None, {"metavar": "EMAIL"}),
    Kind.DATE: (str | None, {"metavar": "DATE"}),
    Kind.FLAG: (bool | None, {}),
    Kind.DAYS: (int | None, {"metavar": "NUMBER", "min": 0}),
    Kind.COUNT: (int | None, {"metavar": "NUMBER", "min": 0}),
    Kind.HUB_ID: (int | None, {"metavar": "NUMBER", "min": 1}),
}
"""The type and the arguments of an option for each kind of field."""

_Annotated: Any = Annotated  # mypy rejects types that are known only at run time.


def expand(parameters: Iterable[Parameter]) -> Iterator[Parameter]:
    """Yield the parameters of a command for Typer, one per option."""
    for parameter in parameters:
        purpose = _purpose(parameter)
        if hasattr(parameter.annotation, "_fields"):
            yield from signature(parameter.annotation).parameters.values()
        elif not purpose:
            yield parameter
        for field in _fields(purpose):
            kind, terms = _TYPES[field.kind]
            words = field.help or f"{field.doc[0].upper()}{field.doc[1:]}."
            if purpose == _FILTER:
                words = f"Show only clients with this {field.label[0].lower()}{field.label[1:]}."
            annotation = _Annotated[kind, typer.Option(field.option, help=words, **terms)]
            yield Parameter(field.key, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def collect(parameters: Iterable[Parameter], values: dict[str, Any], run: Run) -> dict[str, Any]:
    """Combine the options that Typer has parsed into the arguments of a command.

    Args:
        parameters: The parameters of the command.
        values: The values by option, as Typer has them.
        run: The run, with the date to which relative dates refer.

    Raises:
        UsageError: If a value is not valid for its field.
    """
    for parameter in parameters:
        if purpose := _purpose(parameter):
            fields = {}
            for field in _fields(purpose):
                value = values.pop(field.key)
                if value is not None:
                    fields[field.key] = _read(field, value, run)
            values[parameter.name] = fields
        elif options := getattr(parameter.annotation, "_fields", ()):
            values[parameter.name] = parameter.annotation(*map(values.pop, options))
    return values


def describe_filters(values: Mapping[str, Value | None]) -> list[str]:
    """Return the filters on fields as command-line options."""
    options: list[str] = []
    for key, value in values.items():
        positive, _, negative = TABLES["clients"][key].option.partition("/")
        name = (negative if value is False else positive).removeprefix("--")
        each_of = value if isinstance(value, list) else ["" if value is None else value]
        options += (option(name, True if isinstance(one, bool) else str(one)) for one in each_of)
    return options


def _purpose(parameter: Parameter) -> str:
    metadata = getattr(parameter.annotation, "__metadata__", ("",))
    return metadata[0] if metadata[0] in {_SET, _FILTER} else ""


def _fields(purpose: str) -> list[Field]:
    fields = TABLES["clients"].values() if purpose else ()
    return [field for field in fields if field.option and (field.filter or purpose == _SET)]


def _read(field: Field, value: Any, run: Run) -> Value | None:
    if value in ("", [""]):
        return None
    if field.kind is Kind.DATE:
        return parse_day(value, run.today, option=field.option)
    if field.kind is Kind.ADDRESS:
        return parse_address(value, field.option)
    if field.kind is Kind.ADDRESSES:
        return [*unique_addresses(parse_address(each, field.option) for each in value)]
    try:
        read: Value = FORMS[field.kind].read(value)
    except BadInput as bad:
        raise UsageError(f"{field.option} {bad.message}", hint=bad.hint) from None
    return read
