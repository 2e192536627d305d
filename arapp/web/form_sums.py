"""What an invoice comes to while it is written: as far as its lines are complete, by the service's own rules."""

from dataclasses import dataclass, field
from typing import Any

from arapp.actions.stakes import currency_for, terms_of
from arapp.actions.wishes import Subject
from arapp.receivables.models import Source
from arapp.receivables.money import AmountError, Money, exact_decimal, typed_number
from arapp.receivables.sums import GROSS, SumLine, Sums, sums_of
from arapp.web.typed import Typed


@dataclass
class Shown:
    sums: Sums | None = None
    problem: str = ""
    """Why nothing can be added up, in a sentence."""
    incomplete: int = 0
    """Lines without a quantity, a price or a rate yet; they add nothing."""
    amounts: dict[int, Money] = field(default_factory=dict)
    """Of each complete line by its number from 0, in the price basis."""


def sums_shown(source: Source, subject: Subject, typed: Typed) -> Shown:
    """``typed`` is what stands in the form of an invoice."""
    lines = {number: line for number, row in enumerate(typed["lines"]) if (line := _line(row))}
    shown = Shown(incomplete=len(typed["lines"]) - len(lines))
    try:
        told = {name: _plain(value) for name, value in typed.items() if value}
        terms = terms_of(told)
        shown.sums = sums_of(source.service, list(lines.values()), currency_for(source, subject, told), terms)
    except (AmountError, ArithmeticError) as error:
        shown.problem = str(error) if isinstance(error, AmountError) else ""
        return shown
    amounts = (line.gross if terms.price_basis == GROSS else line.net for line in shown.sums.lines)
    shown.amounts = dict(zip(lines, amounts, strict=True))
    return shown


def _line(row: Typed) -> SumLine | None:
    try:
        amounts = (exact_decimal(typed_number(row[name])) for name in ("quantity", "unit_price", "vat_rate"))
        return SumLine(*amounts, _plain(row.get("discount", "")), row.get("vat_name", ""))
    except AmountError:
        return None


def _plain(value: Any) -> Any:
    """A number or percentage with a decimal point; anything else as it is. AmountError for one of two meanings."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if not isinstance(value, str):
        return value
    return f"{typed_number(value[:-1])}%" if value.endswith("%") else typed_number(value)
