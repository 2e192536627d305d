"""What an invoice comes to: as recorded at the services, and as a second computation in fractions has it."""

import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arapp.receivables.money import AmountError, Money, exponent
from arapp.receivables.sums import GROSS, NET, Block, NoSum, SumLine, Sums, Terms, blocks_of, line_of, sums_of

RATES = ("0", "6", "7", "12", "19", "25", "8.1", "7.7")
CURRENCIES = ("SEK", "EUR", "JPY", "KWD", "CLF")


def of(quantity: str, price: str, rate: str, discount: str = "", name: str = "") -> SumLine:
    return SumLine(Decimal(quantity), Decimal(price), Decimal(rate), discount, name)


def told(sums: Sums) -> list[str]:
    return [money.plain() for money in (sums.net, sums.vat, sums.gross, sums.rounding)]


# As recorded


@pytest.mark.parametrize(
    ("lines", "fee", "expected"),
    [
        ([of("5", "12", "12")], "0", ["60.00", "7.20", "67.00", "-0.20"]),
        ([of("5", "12", "12"), of("2", "12", "25", "1")], "0", ["83.00", "12.95", "96.00", "0.05"]),
        ([of("2", "12", "12", "1")], "0", ["23.00", "2.76", "26.00", "0.24"]),
        ([of("1", "300", "25")], "29", ["329.00", "82.25", "411.00", "-0.25"]),
    ],
)
def test_billogram_adds_up_as_it_was_recorded(lines: list[SumLine], fee: str, expected: list[str]) -> None:
    terms = Terms(invoice_fee=Decimal(fee), invoice_fee_vat=Decimal(25))
    assert told(sums_of("billogram", lines, "SEK", terms)) == expected


def test_half_a_krona_goes_up_and_other_currencies_keep_their_decimals() -> None:
    line = [of("1", "2.5", "0")]
    assert sums_of("billogram", line, "SEK", Terms()).gross == Money(300, "SEK")
    assert sums_of("billogram", line, "EUR", Terms()).gross == Money(250, "EUR")
    assert sums_of("billogram", [of("-1", "2.5", "0")], "SEK", Terms()).gross == Money(-300, "SEK")


def test_billomat_takes_the_vat_out_of_gross_prices() -> None:
    sums = sums_of("billomat", [of("1", "10", "19")], "EUR", Terms(GROSS))
    assert told(sums) == ["8.40", "1.60", "10.00", "0.00"]
    (block,) = blocks_of("billomat", [of("1", "10", "19")], Terms(GROSS))
    assert round(block.net, 4) == Decimal("8.4034")


def test_billomat_takes_the_reduction_of_the_document_off() -> None:
    lines = [of("1", "120", "19")]
    for reduction in ("5%", "5 %", "6"):
        assert sums_of("billomat", lines, "EUR", Terms(GROSS, reduction)).gross == Money(11_400, "EUR")


def test_billomat_lets_who_pays_early_keep_a_share_of_the_gross() -> None:
    sums = sums_of("billomat", [of("1", "4615.5", "0")], "EUR", Terms(cash_discount_rate=Decimal(2)))
    assert sums.cash_discount == Money(9_231, "EUR")
    assert sums_of("billomat", [of("1", "1", "0")], "EUR", Terms()).cash_discount is None


def test_billomat_rounds_each_tax_by_itself() -> None:
    lines = [of("1", "0.5", "1", name="a"), of("1", "0.5", "1", name="b")]
    sums = sums_of("billomat", lines, "EUR", Terms())
    assert [(rate.name, rate.net.minor, rate.vat.minor) for rate in sums.vat_rates] == [("a", 50, 1), ("b", 50, 1)]
    assert told(sums) == ["1.00", "0.02", "1.02", "0.00"]
    assert told(sums_of("billogram", lines, "EUR", Terms())) == ["1.00", "0.01", "1.01", "0.00"]


def test_the_rates_add_up_to_the_whole_where_cents_were_cut() -> None:
    sums = sums_of("billogram", [of("1", "0.334", rate) for rate in ("0", "6", "12")], "EUR", Terms())
    assert sums.net == Money(100, "EUR")
    assert sorted(rate.net.minor for rate in sums.vat_rates) == [33, 33, 34]


def test_lines_are_shown_less_their_own_discount_alone() -> None:
    sums = sums_of("billomat", [of("3", "10", "19", "10%")], "EUR", Terms(NET, "50%"))
    assert [(line.net, line.gross) for line in sums.lines] == [(Money(2_700, "EUR"), Money(3_213, "EUR"))]
    assert sums.net == Money(1_350, "EUR")


def test_a_reduction_that_leaves_an_exact_half_rounds_it_up_although_thirds_are_never_exact() -> None:
    lines = [of("1", "2", "0", name=name) for name in "abc"]
    assert sums_of("billomat", lines, "EUR", Terms(NET, "0.995")).gross == Money(501, "EUR")


def test_nothing_adds_up_to_nothing() -> None:
    assert told(sums_of("billomat", [], "EUR", Terms(NET, "10"))) == ["0.00", "0.00", "0.00", "0.00"]
    assert told(sums_of("billogram", [], "JPY", Terms())) == ["0", "0", "0", "0"]


def test_what_is_unrounded_stays_exact() -> None:
    assert line_of("billogram", of("0.5", "0.333333", "25", "0.1")) == (Decimal("0.0666665"), Decimal("0.083333125"))
    terms = Terms(invoice_fee=Decimal(29), invoice_fee_vat=Decimal("25.0"))
    blocks = blocks_of("billogram", [of("1", "300", "25"), of("1", "0.001", "6")], terms)
    assert blocks == (
        Block(Decimal(25), "", Decimal(329), Decimal("82.25")),
        Block(Decimal(6), "", Decimal("0.001"), Decimal("0.00006")),
    )


# What cannot be


@pytest.mark.parametrize(
    ("service", "line", "terms", "words"),
    [
        ("billover", of("1", "1", "0"), Terms(), "no lines to add up"),
        ("billogram", of("1", "1", "0"), Terms(GROSS), "no prices of the kind “gross”"),
        ("billomat", of("1", "1", "0"), Terms("settings"), "no prices of the kind “settings”"),
        ("billogram", of("1", "1", "0", "10%"), Terms(), "not a percentage"),
        ("billogram", of("1", "1", "0"), Terms(reduction="5"), "not off the whole invoice"),
        ("billogram", of("1", "1", "0"), Terms(cash_discount_rate=Decimal(2)), "no cash discount"),
        ("billomat", of("1", "1", "0"), Terms(invoice_fee=Decimal(29)), "no invoice fee"),
        ("billomat", of("1", "1", "0", "a bit"), Terms(), "“a bit” is not an amount"),
        ("billomat", of("1", "1", "0", "5,5%"), Terms(), "“5,5” is not an amount"),
        ("billomat", of("1", "1", "0"), Terms(reduction="%"), "is not an amount"),
        ("billomat", of("1", "1", "-100"), Terms(GROSS), "“-100” is not a VAT rate"),
        ("billomat", of("1", "NaN", "0"), Terms(), "not a finite amount"),
        ("billomat", of("3", "0", "19", "1"), Terms(), "More is taken off than it comes to"),
        ("billogram", of("3", "1", "19", "3.01"), Terms(), "More is taken off than it comes to"),
        ("billomat", of("3", "1", "19"), Terms(reduction="3.01"), "More is taken off than it comes to"),
        ("billomat", of("1000000000", "1000000000", "0"), Terms(), "too large"),
        ("billomat", SumLine(1.5, Decimal(1), Decimal(0)), Terms(), "not an exact amount"),
    ],
)
def test_what_cannot_be_is_said(service: str, line: SumLine, terms: Terms, words: str) -> None:
    with pytest.raises(AmountError, match=words):
        sums_of(service, [line], "EUR", terms)


@pytest.mark.parametrize("service", ["billogram", "billomat"])
def test_a_sum_that_is_none_in_the_currency_is_refused_with_the_services_own(service: str) -> None:
    thirds = of("3", "33.33", "19")
    for currency, told in (("JPY", "118.99 JPY"), ("KWD", "118.99 KWD"), ("CLF", "118.99 CLF")):
        with pytest.raises(NoSum, match=rf"hundredths and comes to {told}") as caught:
            sums_of(service, [thirds], currency, Terms())
        assert caught.value.path == "currency"
    assert sums_of(service, [of("2", "50", "19")], "JPY", Terms()).gross == Money(119, "JPY")
    assert sums_of(service, [of("1", "5", "10"), of("1", "5", "10")], "JPY", Terms()).gross == Money(11, "JPY")


def test_what_is_taken_off_too_much_is_named_by_its_place() -> None:
    with pytest.raises(NoSum) as caught:
        sums_of("billomat", [of("1", "1", "0"), of("1", "1", "0", "2")], "EUR", Terms())
    assert caught.value.path == "lines.1.discount"
    with pytest.raises(NoSum) as caught:
        sums_of("billomat", [of("1", "1", "0")], "EUR", Terms(reduction="2"))
    assert caught.value.path == "reduction"


def test_what_was_recorded_with_more_off_than_a_line_comes_to_is_still_read() -> None:
    assert line_of("billogram", of("1", "1", "25", "2")) == (Decimal(-1), Decimal("-1.25"))


# A second computation, in fractions


def half_up(value: Fraction, places: int) -> Fraction:
    scaled = abs(value) * 10**places
    whole = floor(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**places)


def less(value: Fraction, off: str) -> Fraction:
    if off.endswith("%"):
        return value - value * Fraction(off[:-1]) / 100
    return value - Fraction(off or "0")


def taken(lines: Sequence[SumLine]) -> dict[tuple[str, Fraction], Fraction]:
    """What the lines come to by tax, in their own price basis."""
    found: dict[tuple[str, Fraction], Fraction] = {}
    for line in lines:
        tax = line.vat_name, Fraction(line.vat_rate)
        found[tax] = found.get(tax, Fraction(0)) + less(
            Fraction(line.quantity) * Fraction(line.unit_price), line.discount
        )
    return found


def billogram(lines: Sequence[SumLine], places: int, currency: str, terms: Terms) -> tuple[Fraction, ...]:
    taxes = [(rate, value) for (_, rate), value in taken(lines).items()]
    taxes.append((Fraction(terms.invoice_fee_vat), Fraction(terms.invoice_fee)))
    net, vat = sum(value for _, value in taxes), sum(value * rate / 100 for rate, value in taxes)
    return half_up(net, places), half_up(vat, places), half_up(net + vat, 0 if currency == "SEK" else places)


def billomat(lines: Sequence[SumLine], places: int, currency: str, terms: Terms) -> tuple[Fraction, ...]:
    taxes = taken(lines)
    full = sum(taxes.values())
    left = less(full, terms.reduction) if full else full
    share = left / full if full else Fraction(1)
    whole = half_up(left, places)
    if terms.price_basis == NET:
        vat = sum(half_up(value * share * rate / 100, places) for (_, rate), value in taxes.items())
        return whole, vat, whole + vat
    vat = sum(half_up(value * share * (1 - 1 / (1 + rate / 100)), places) for (_, rate), value in taxes.items())
    return whole - vat, vat, whole


SECOND = {"billogram": billogram, "billomat": billomat}


def takes_too_much(lines: Sequence[SumLine], terms: Terms) -> bool:
    """From a line, or from all of them where they come to anything."""
    fulls = [(Fraction(line.quantity) * Fraction(line.unit_price), line.discount) for line in lines]
    whole = sum(taken(lines).values())
    return any(full >= 0 > less(full, off) for full, off in fulls) or whole > 0 > less(whole, terms.reduction)


def agree(service: str, lines: Sequence[SumLine], currency: str, terms: Terms) -> None:
    expected, in_cents = (SECOND[service](lines, places, currency, terms) for places in (exponent(currency), 2))
    if takes_too_much(lines, terms) or expected != in_cents:
        with pytest.raises(NoSum):
            sums_of(service, lines, currency, terms)
        return
    sums = sums_of(service, lines, currency, terms)
    assert tuple(Fraction(m.amount) for m in (sums.net, sums.vat, sums.gross)) == expected
    assert sums.net + sums.vat + sums.rounding == sums.gross
    nothing = Money(0, currency)
    assert sum((rate.net for rate in sums.vat_rates), nothing) == sums.net
    assert sum((rate.vat for rate in sums.vat_rates), nothing) == sums.vat
    near(sums, blocks_of(service, lines, terms))


def near(sums: Sums, blocks: Sequence[Block]) -> None:
    """No rate is further from its exact amounts than whole units that were handed out: one, and one for each VAT."""
    for shown, block in zip(sums.vat_rates, blocks, strict=True):
        unit = Money(1, sums.net.currency).amount
        assert (shown.rate, shown.name) == (block.rate, block.name)
        assert abs(shown.vat.amount - block.vat) < unit
        assert abs(shown.net.amount - block.net) < 2 * unit


def drawn(draw: random.Random) -> tuple[str, list[SumLine], str, Terms]:
    service = draw.choice(sorted(SECOND))
    free = service == "billomat"
    lines = [any_line(draw, free) for _ in range(draw.randrange(6))]
    if not free:
        fee = Decimal(draw.choice(["0", "29", "19.5"]))
        return service, lines, draw.choice(CURRENCIES), Terms(invoice_fee=fee, invoice_fee_vat=Decimal(25))
    reduction = draw.choice(["", "", "10", "0.995", "5%", "33.33%"])
    return service, lines, draw.choice(CURRENCIES), Terms(draw.choice([NET, GROSS]), reduction)


def any_line(draw: random.Random, free: bool) -> SumLine:
    quantity = Decimal(draw.randrange(-300, 3_000)).scaleb(-draw.randrange(4))
    price = Decimal(draw.randrange(10**6)).scaleb(-draw.randrange(7))
    discounts = ["", "", "1", "0.05", *(["10%", "2.5%"] if free else [])]
    name = draw.choice(["", "reduced"]) if free else ""
    return SumLine(quantity, price, Decimal(draw.choice(RATES)), draw.choice(discounts), name)


@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_random_invoices_come_to_the_same_in_fractions(seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(1_000):
        agree(*drawn(draw))


def decimals(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)


LINES = st.lists(
    st.builds(
        SumLine,
        decimals("-1000", "1000", 6),
        decimals("-10000", "10000", 6),
        st.sampled_from(RATES).map(Decimal),
        st.sampled_from(["", "0.5", "12.345678"]),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from(CURRENCIES), st.sampled_from(["", "7", "12.5%"]), st.sampled_from([NET, GROSS]))
def test_whatever_is_typed_comes_to_the_same_in_fractions(
    lines: list[SumLine], currency: str, reduction: str, basis: str
) -> None:
    agree("billomat", lines, currency, Terms(basis, reduction))
    agree("billogram", lines, currency, Terms())
