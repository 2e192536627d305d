"""Rows of a billogram and its VAT per rate, as they are kept: exact, without padding, and no longer than a column."""

from decimal import Decimal

from arapp.receivables.records import VatRecord
from arapp.upstreams.billogram.lines import line, vat_rates


def row(**fields: object) -> dict[str, object]:
    return {"title": "Tea", "count": Decimal(2), "price": Decimal(130), "vat": Decimal(25)} | fields


def test_amounts_are_kept_without_padding() -> None:
    plain = line(1, row(), "SEK")
    assert [f"{plain.net:f}", f"{plain.gross:f}"] == ["260", "325"]
    less = line(1, row(discount=Decimal("0.5")), "SEK")
    assert [f"{less.net:f}", f"{less.gross:f}"] == ["259.5", "324.375"]


def test_the_longest_numbers_still_fit_where_they_are_kept() -> None:
    long = line(1, row(count="12345.123456789012", price="12345.123456789012", vat="25.123456789012"), "SEK")
    assert len(f"{long.gross:f}") <= 40


def test_a_row_without_a_rate_has_a_net_amount_alone() -> None:
    bare = line(1, row(vat=None), "SEK")
    assert (bare.net, bare.gross) == (260, None)
    assert (line(1, row(count=None), "SEK").net, line(1, row(price=""), "SEK").gross) == (None, None)


def test_what_has_no_rate_stands_last_and_without_vat() -> None:
    payload = {"items": [row(vat=None), row(), row(count=None)], "invoice_fee": Decimal(29)}
    assert vat_rates(payload) == (
        VatRecord(rate=Decimal(25), net=Decimal(260), vat=Decimal(65)),
        VatRecord(rate=None, net=Decimal(289)),
    )
    charged = payload | {"invoice_fee_vat": Decimal(25)}
    assert vat_rates(charged) == (
        VatRecord(rate=Decimal(25), net=Decimal(289), vat=Decimal("72.25")),
        VatRecord(rate=None, net=Decimal(260)),
    )
