"""The page of exchange rates."""

from datetime import timedelta
from decimal import Decimal

import pytest

from arapp.ledger.models import Rate
from arapp.ledger.rates import enter
from arapp.lists.days import today
from arapp.people.models import Role


@pytest.fixture(autouse=True)
def euro(settings):
    settings.HOME_CURRENCY = "EUR"


def test_a_controller_enters_a_rate(signed_in):
    client = signed_in(Role.CONTROLLER)
    data = {"currency": "sek", "rate": "0,0883", "day": today().isoformat()}
    page = client.post("/rates/enter/", data, follow=True).content.decode()
    assert [str(rate.rate) for rate in Rate.objects.all()] == ["0.0883"]
    assert "1 SEK is worth 0.0883 EUR from" in page
    assert "in use" in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("currency", "kr", "at least 3 characters"),
        ("currency", "12!", "not a currency code"),
        ("currency", "EUR", "home currency itself"),
        ("rate", "zero", "is not a rate"),
        ("rate", "0", "more than zero"),
        ("day", "9998-12-31", "for today or a day before"),
        ("day", "31.2.2026", "is not a date"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(signed_in, field, value, sentence):
    data = {"currency": "SEK", "rate": "0.0883", "day": "2026-01-31"} | {field: value}
    answer = signed_in(Role.CONTROLLER).post("/rates/enter/", data)
    html = answer.content.decode()
    assert (answer.status_code, Rate.objects.count()) == (422, 0)
    assert sentence in html
    assert f'value="{value}"' in html


def test_others_see_the_rates_and_no_form(signed_in):
    enter("SEK", Decimal("0.0883"), today(), None)
    enter("SEK", Decimal("0.07"), today() - timedelta(days=3), None)
    html = signed_in(Role.VIEWER).get("/rates/").content.decode()
    assert ("0.0883" in html, "0.07" in html, html.count("in use"), "rate-form" in html) == (True, True, 1, False)


def test_entering_takes_a_post_a_login_and_a_controller(client, signed_in):
    assert client.get("/rates/").status_code == 302
    assert client.post("/rates/enter/").status_code == 302
    assert signed_in(Role.APPROVER).post("/rates/enter/").status_code == 403
    assert signed_in(Role.CONTROLLER).get("/rates/enter/").status_code == 405


def test_without_a_home_currency_the_page_says_what_to_do(signed_in, settings):
    settings.HOME_CURRENCY = ""
    client = signed_in(Role.CONTROLLER)
    assert "HOME_CURRENCY" in client.get("/rates/").content.decode()
    data = {"currency": "SEK", "rate": "1", "day": today().isoformat()}
    assert (client.post("/rates/enter/", data).status_code, Rate.objects.count()) == (422, 0)


def test_many_rates_cost_no_more_queries(signed_in, django_assert_max_num_queries):
    client = signed_in(Role.CONTROLLER)
    for n in range(30):
        enter(f"A{chr(65 + n % 26)}{chr(90 - n // 26)}", Decimal(n + 1), today() - timedelta(days=n), None)
    with django_assert_max_num_queries(8):
        client.get("/rates/")
