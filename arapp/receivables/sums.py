"""What an invoice comes to: one computation for the form as one types and for the check of a service's answer.

Pure and exact: Decimals in, Money out. ``blocks_of`` and ``line_of`` give the same not rounded to any currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

from django.utils.translation import gettext as _

from arapp.receivables.money import AmountError, Money, exact_decimal, exponent
from arapp.receivables.sum_rules import GROSS, NET, RULES, Rules

ZERO, HUNDRED = Decimal(0), Decimal(100)

DIGITS = 400
"""More than products of what is read here have: only quotients are cut, and what is cut is smaller than ``NOISE``."""
NOISE = Decimal(1).scaleb(-250)

HUNDREDTHS = 2
"""Decimals that services add up to, whatever the currency has (Billomat's reference 7; not found for Billogram)."""

Taxes = dict[tuple[Decimal, str], Decimal]
"""What the lines come to by rate and name of their tax, in the price basis."""


class NoSum(AmountError):
    """The service would come to no such sum as was written down. ``path``: the field of an invoice it lies in."""

    def __init__(self, sentence: str, path: str) -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True)
class SumLine:
    """``unit_price`` in whole units of the currency and in the invoice's price basis; ``vat_rate`` in percent."""

    quantity: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    discount: str = ""
    """``10``, in the price basis and off the whole line, or ``10%``."""
    vat_name: str = ""
    """Taxes of one rate with different names are different taxes."""


@dataclass(frozen=True)
class Terms:
    """What holds for the whole invoice; amounts in whole units of the currency, rates in percent."""

    price_basis: str = NET
    reduction: str = ""
    """``10``, in the price basis and shared by all lines, or ``10%``."""
    invoice_fee: Decimal = ZERO
    """Without VAT."""
    invoice_fee_vat: Decimal = ZERO
    cash_discount_rate: Decimal | None = None


@dataclass(frozen=True)
class Block:
    """One tax, not rounded to the currency: the rate in percent, net and VAT in whole units."""

    rate: Decimal
    name: str
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class VatSum:
    rate: Decimal
    net: Money
    vat: Money
    name: str = ""


@dataclass(frozen=True)
class LineSum:
    """A line less its own discount, rounded by itself: lines need not add up to the invoice."""

    net: Money
    gross: Money


@dataclass(frozen=True)
class Sums:
    """``net + vat + rounding`` is ``gross``; ``vat_rates`` add up to ``net`` and ``vat``."""

    net: Money
    vat: Money
    gross: Money
    rounding: Money
    vat_rates: tuple[VatSum, ...]
    lines: tuple[LineSum, ...]
    cash_discount: Money | None
    """What a customer who pays early may keep."""


def sums_of(service: str, lines: Sequence[SumLine], currency: str, terms: Terms) -> Sums:
    """The invoice's money in ``currency`` (ISO 4217) by the service's rules, half up.

    AmountError for a number that is not exact, an amount too large, and what the service has no place for; NoSum
    where more is taken off than there is, and where the service's sum is none in the currency.
    """
    rules = _rules(service)
    _check(terms, rules)
    with localcontext(prec=DIGITS):
        _demand_enough(lines, terms, rules)
        blocks = _blocks(lines, terms, rules)
        _demand_in_currency(blocks, currency, terms, rules)
        nets, vats = _parts(blocks, currency, terms, rules)
        net, vat = sum(nets, Money(0, currency)), sum(vats, Money(0, currency))
        gross = net + vat if rules.rounds_each_tax else _total(blocks, currency, rules)
        return Sums(
            net=net,
            vat=vat,
            gross=gross,
            rounding=gross - net - vat,
            vat_rates=tuple(VatSum(b.rate, one, two, b.name) for b, one, two in zip(blocks, nets, vats, strict=True)),
            lines=tuple(LineSum(*(_half_up(one, currency) for one in _line(line, terms, rules))) for line in lines),
            cash_discount=_cash_discount(gross, terms.cash_discount_rate),
        )


def blocks_of(service: str, lines: Iterable[SumLine], terms: Terms) -> tuple[Block, ...]:
    """Each tax in the order of the lines, the invoice fee last, to 28 digits. AmountError as ``sums_of``."""
    rules = _rules(service)
    _check(terms, rules)
    with localcontext(prec=DIGITS):
        blocks = _blocks(lines, terms, rules)
    return tuple(Block(block.rate, block.name, +block.net, +block.vat) for block in blocks)


def line_of(service: str, line: SumLine, price_basis: str = NET) -> tuple[Decimal, Decimal]:
    """Net and gross of a line less its own discount, to 28 digits. AmountError as ``sums_of``."""
    rules, terms = _rules(service), Terms(price_basis)
    _check(terms, rules)
    with localcontext(prec=DIGITS):
        net, gross = _line(line, terms, rules)
    return +net, +gross


def _rules(service: str) -> Rules:
    if service not in RULES:
        raise AmountError(_("Where gross and VAT are given, there are no lines to add up."))
    return RULES[service]


def _check(terms: Terms, rules: Rules) -> None:
    """AmountError for terms that the service has no place for."""
    if terms.price_basis not in ((NET, GROSS) if rules.gross_prices else (NET,)):
        raise AmountError(_("This service has no prices of the kind “%(kind)s”.") % {"kind": terms.price_basis})
    if terms.reduction and not rules.reduction:
        raise AmountError(_("This service takes discounts off lines alone, not off the whole invoice."))
    if terms.invoice_fee and not rules.invoice_fee:
        raise AmountError(_("This service has no invoice fee."))
    if terms.cash_discount_rate is not None and not rules.cash_discount:
        raise AmountError(_("This service has no cash discount."))


def _blocks(lines: Iterable[SumLine], terms: Terms, rules: Rules) -> list[Block]:
    values: Taxes = {}
    for line in lines:
        tax = (exact_decimal(line.vat_rate), line.vat_name)
        values[tax] = values.get(tax, ZERO) + _value(line, rules)
    values = _reduced(values, terms.reduction)
    if terms.invoice_fee:
        tax = (exact_decimal(terms.invoice_fee_vat), "")
        values[tax] = values.get(tax, ZERO) + exact_decimal(terms.invoice_fee)
    return [Block(rate, name, *_taxed(value, rate, terms)) for (rate, name), value in values.items()]


def _demand_enough(lines: Sequence[SumLine], terms: Terms, rules: Rules) -> None:
    """No reference says what becomes of an amount taken off that is larger than what it is taken off."""
    for number, line in enumerate(lines):
        if exact_decimal(line.quantity) * exact_decimal(line.unit_price) >= 0 > _value(line, rules):
            raise NoSum(_too_much_off(), path=f"lines.{number}.discount")
    whole = sum((_value(line, rules) for line in lines), ZERO)
    off, percent = _off(terms.reduction)
    if not percent and 0 < whole < off:
        raise NoSum(_too_much_off(), path="reduction")


def _too_much_off() -> str:
    return _("More is taken off than it comes to.")


def _demand_in_currency(blocks: Sequence[Block], currency: str, terms: Terms, rules: Rules) -> None:
    """A currency without hundredths cannot hold the service's sum; one with finer parts would promise another one."""
    told = _totals(blocks, terms, rules, HUNDREDTHS)
    if told != _totals(blocks, terms, rules, exponent(currency)):
        names = {"gross": f"{told[-1]:f}", "currency": currency}
        words = _(
            "The service adds up in hundredths and comes to %(gross)s %(currency)s; "
            "choose prices that come out even in %(currency)s."
        )
        raise NoSum(words % names, path="currency")


def _totals(blocks: Sequence[Block], terms: Terms, rules: Rules, places: int) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross to so many decimals, before whole units."""
    net, vat = (sum((getattr(block, part) for block in blocks), ZERO) for part in ("net", "vat"))
    gross = _to(net + vat, places)
    taxes = sum((_to(block.vat, places) for block in blocks), ZERO) if rules.rounds_each_tax else _to(vat, places)
    if terms.price_basis == GROSS:
        return gross - taxes, taxes, gross
    return _to(net, places), taxes, _to(net, places) + taxes if rules.rounds_each_tax else gross


def _to(value: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(NOISE).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _line(line: SumLine, terms: Terms, rules: Rules) -> tuple[Decimal, Decimal]:
    """Net and gross."""
    net, vat = _taxed(_value(line, rules), exact_decimal(line.vat_rate), terms)
    return net, net + vat


def _value(line: SumLine, rules: Rules) -> Decimal:
    """What a line comes to in the price basis, less its own discount."""
    full = exact_decimal(line.quantity) * exact_decimal(line.unit_price)
    off, percent = _off(line.discount)
    if percent and not rules.percentages:
        raise AmountError(_("This service takes an amount off a line, not a percentage."))
    return full * (1 - off / HUNDRED) if percent else full - off


def _off(discount: str) -> tuple[Decimal, bool]:
    """What is taken off, and whether it is a percentage."""
    plain = discount.strip()
    percent = plain.endswith("%")
    return exact_decimal(plain.removesuffix("%").rstrip()) if plain else ZERO, percent


def _reduced(values: Taxes, reduction: str) -> Taxes:
    """Less the reduction of the whole invoice, which each tax shares; of nothing, nothing is taken off."""
    full = sum(values.values(), ZERO)
    off, percent = _off(reduction)
    left = full * (1 - off / HUNDRED) if percent else full - off
    return {tax: value * left / full for tax, value in values.items()} if full else values


def _taxed(value: Decimal, rate: Decimal, terms: Terms) -> tuple[Decimal, Decimal]:
    """Net and VAT of a value in the price basis."""
    if terms.price_basis == NET:
        return value, value * rate / HUNDRED
    if rate <= -HUNDRED:
        raise AmountError(_("“%(value)s” is not a VAT rate.") % {"value": rate})
    vat = value * rate / (HUNDRED + rate)
    return value - vat, vat


def _parts(blocks: Sequence[Block], currency: str, terms: Terms, rules: Rules) -> tuple[list[Money], list[Money]]:
    """Net and VAT of each tax: rounded so that they add up to the invoice's."""
    exact = [block.vat for block in blocks]
    vats = [_half_up(vat, currency) for vat in exact] if rules.rounds_each_tax else _shared(exact, currency)
    if terms.price_basis == NET:
        return _shared([block.net for block in blocks], currency), vats
    grosses = _shared([block.net + block.vat for block in blocks], currency)
    return [gross - vat for gross, vat in zip(grosses, vats, strict=True)], vats


def _total(blocks: Sequence[Block], currency: str, rules: Rules) -> Money:
    exact = sum((block.net + block.vat for block in blocks), ZERO)
    return _half_up(exact, currency, 0 if currency in rules.whole else None)


def _cash_discount(gross: Money, rate: Decimal | None) -> Money | None:
    return None if rate is None else _half_up(gross.amount * exact_decimal(rate) / HUNDRED, gross.currency)


def _half_up(value: Decimal, currency: str, places: int | None = None) -> Money:
    """Rounded to the currency's decimals or to fewer places, a half away from zero."""
    return Money.parse(_to(value, exponent(currency) if places is None else places), currency)


def _shared(values: Sequence[Decimal], currency: str) -> list[Money]:
    """The values rounded so that they add up to their rounded sum: what is cut off most is rounded up first."""
    unit = Decimal(1).scaleb(-exponent(currency))
    settled = [value.quantize(NOISE) for value in values]
    floors = [value.quantize(unit, ROUND_FLOOR) for value in settled]
    parts = [Money.parse(floor, currency) for floor in floors]
    missing = _half_up(sum(values, ZERO), currency) - sum(parts, Money(0, currency))
    by_rest = sorted(range(len(values)), key=lambda at: floors[at] - settled[at])
    for at in by_rest[: missing.minor]:
        parts[at] += Money(1, currency)
    return parts
