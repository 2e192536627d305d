import re
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from arapp.kept import keeping
from arapp.ledger.ageing import ageing
from arapp.ledger.models import Rate
from arapp.lists.filters import InvoiceFilter
from arapp.lists.moved import Moved
from arapp.lists.payment_filters import PaymentFilter
from arapp.lists.payments import payment_totals
from arapp.lists.totals import list_totals
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.receivables.records import MovementRecord, NamedRecord
from arapp.upstreams.models import PullRun, Quarantined, Worker
from arapp.web.glance import came_in
from arapp.web.views.dashboard import owed_chart, paid_charts
from tests.conftest import TODAY, make_invoice, make_source


def claim(source, days=0, amount="119", **fields):
    """An issued claim that is so many days late (negative: not due yet)."""
    due = fields.pop("today", TODAY) - timedelta(days=days)
    values = {"state": "open", "service_state": "OPEN", "service_decision": "approved", "due_date": due}
    return make_invoice(source, open=amount, gross=amount, **(values | fields))


def page(client):
    answer = client.get("/")
    assert answer.status_code == 200
    return answer, answer.content.decode()


def test_who_is_not_signed_in_goes_to_login(client, db):
    assert client.get("/").headers["Location"] == f"{reverse('login')}?next=/"


def test_nothing_is_posted_to_it(signed_in):
    assert signed_in().post("/").status_code == 405


@pytest.mark.parametrize("role", Role.values)
def test_every_role_sees_it(role, signed_in, source):
    assert signed_in(role).get("/").status_code == 200


def test_a_role_we_do_not_know_sees_nothing(client, person):
    person.role = "stranger"
    person.save()
    client.force_login(person)
    assert client.get("/").status_code == 403


def test_with_nothing_connected_it_says_how_to_connect(signed_in):
    _answer, text = page(signed_in())
    assert "manage.py connect" in text


def test_those_that_wait_longest_are_listed_with_their_amount(signed_in, source):
    for number in range(10):
        make_invoice(source, external_id=f"w{number}")
    answer, text = page(signed_in(Role.APPROVER))
    assert "Waiting for you" in text
    assert [row["invoice"].external_id for row in answer.context["waiting"]] == [f"w{number}" for number in range(8)]
    assert "?approval=waiting&amp;decidable=1&amp;sort=created" in text
    assert "119.00" in text


def test_a_viewer_is_told_that_an_approver_decides(signed_in, invoice):
    assert "Waiting for an approver" in page(signed_in(Role.VIEWER))[1]


def test_what_the_reader_has_prepared_comes_after_what_they_may_decide(client, source, person):
    owner = NamedRecord(external_id="o", name="Me", email=person.email)
    make_invoice(source, external_id="mine", owner=owner)
    for number in range(3):
        make_invoice(source, external_id=f"w{number}")
    client.force_login(person)
    answer, text = page(client)
    assert [row["invoice"].external_id for row in answer.context["waiting"]] == ["w0", "w1", "w2", "mine"]
    assert text.count("You created this invoice at Billomat; somebody else has to do this.") == 1


def charts():
    return {one.currency: owed_chart(one) for one in ageing(Invoice.objects.all(), TODAY)}


def rows_behind(bar):
    """The list that a figure leads to, as the filter set of its page."""
    return InvoiceFilter(QueryDict(bar.url.partition("?")[2]), Invoice.objects.all(), today=TODAY)


def test_owed_and_overdue_are_per_currency_and_count_issued_claims_only(source):
    other = make_source(counts_as="other")
    claim(source, days=10, amount="100")
    claim(source, days=-10, amount="50")
    claim(source, days=40, amount="30", kind="credit_note")
    claim(source, days=95, amount="7", currency="SEK")
    claim(other, days=10, amount="1000")
    make_invoice(source, open="500")
    claim(source, days=10, amount="800", state="paid")
    found = {code: [(bar.money, bar.count) for bar in chart.sums] for code, chart in charts().items()}
    assert found == {
        "EUR": [(Money(12000, "EUR"), 3), (Money(10000, "EUR"), 1)],
        "SEK": [(Money(700, "SEK"), 1), (Money(700, "SEK"), 1)],
    }


def test_each_figure_leads_to_exactly_its_rows_and_their_totals_say_the_same(source):
    for days in (1, 5, 30, 31, 60, 61, 90, 91, 120, 121, 400, 0, -3):
        claim(source, days=days, amount=str(days + 10))
        claim(source, days=days, amount="1", currency="USD")
    claim(source, days=50, amount="3.33", kind="credit_note")
    claim(source, days=50, amount="-4.44", kind="credit_note", currency="USD")
    for code, chart in charts().items():
        assert sum(bar.money.minor for bar in chart.bars) == chart.sums[0].money.minor
        for bar in (*chart.sums, *chart.bars):
            found = rows_behind(bar)
            assert not found.problems
            (total,) = list_totals(found)
            assert (total.currency, total.rows) == (code, bar.count)
            assert (total.owed or total.open) == bar.money
    assert [bar.count for bar in charts()["EUR"].bars] == [3, 3, 2, 2, 2, 2]


def test_the_strip_under_the_list_says_what_is_owed_as_the_dashboard_does(signed_in, source):
    claim(source, days=5, amount="50", today=timezone.localdate())
    claim(source, amount="20", kind="credit_note", today=timezone.localdate())
    strip = signed_in().get("/invoices/?owed=1").content.decode().split('<div class="totals"')[1].split("</div>")[0]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", strip))
    assert "owed 30.00 EUR" in words
    assert "gross 70.00 EUR" in words
    every = signed_in().get("/invoices/").content.decode().split('<div class="totals"')[1].split("</div>")[0]
    assert "owed" not in every


def test_a_currency_in_which_nothing_is_left_is_still_exact(source):
    claim(source, days=5, amount="10")
    claim(source, days=5, amount="10", kind="credit_note")
    owed, overdue = charts()["EUR"].sums
    assert (owed.money, overdue.money) == (Money(0, "EUR"), Money(1000, "EUR"))
    assert [bar.money.minor for bar in charts()["EUR"].bars][:2] == [-1000, 1000]


def test_the_home_currency_comes_first_then_the_one_with_the_most_documents(signed_in, source, settings):
    for currency, many in (("EUR", 1), ("SEK", 3), ("USD", 2)):
        for _number in range(many):
            claim(source, currency=currency)

    def order():
        return [chart.currency for chart in page(signed_in())[0].context["owed"]]

    assert order() == ["SEK", "USD", "EUR"]
    settings.HOME_CURRENCY = "USD"
    assert order() == ["USD", "SEK", "EUR"]


def test_a_claim_without_a_currency_makes_no_chart_that_leads_to_other_rows(signed_in, source, settings):
    settings.HOME_CURRENCY = "EUR"
    claim(source, amount="100")
    claim(source, amount="7")
    Invoice.objects.filter(gross=700).update(currency="")
    answer, text = page(signed_in())
    assert "currency=&" not in text
    assert 'currency="' not in text
    assert answer.context["together"] is None


def test_a_total_in_home_currency_stands_beside_the_others_with_its_rate(signed_in, source, settings):
    claim(source, amount="100")
    claim(source, amount="1000", currency="SEK")
    assert page(signed_in())[0].context["together"] is None
    settings.HOME_CURRENCY = "EUR"
    assert "No total in EUR: there is no rate for SEK." in page(signed_in())[1]
    Rate.objects.create(currency="SEK", home="EUR", rate="0.0883", day=date(2026, 11, 1))
    answer, text = page(signed_in())
    assert answer.context["together"].total == Money(18830, "EUR")
    assert '<a href="/invoices/?owed=1"><span class="money">188.30' in answer.content.decode()
    assert "1 SEK = 0.0883 EUR" in text
    assert "2026-11-01" in text


def paid(source, day, amount, currency="EUR", kind="payment"):
    moved = MovementRecord(external_id="m", kind=kind, amount=Money.parse(amount, currency), date=day)
    return make_invoice(source, currency=currency, movements=(moved,))


MONDAY = TODAY - timedelta(days=TODAY.weekday())


def test_what_came_in_this_week_is_told_by_day_and_currency_beside_last_week(source, person):
    one = paid(source, MONDAY, "10")
    paid(source, MONDAY, "5")
    paid(source, TODAY, "7", "SEK")
    paid(source, MONDAY - timedelta(days=1), "100")
    paid(source, MONDAY - timedelta(days=8), "1000")
    paid(source, TODAY, "99", kind="credit")
    keeping.pay(one, Money(250, "EUR"), TODAY, "cash", "", person)
    wrong = keeping.pay(one, Money(9900, "EUR"), TODAY, "cash", "", person)
    keeping.take_back(wrong.pk, one, person)
    euro, krona = sorted(paid_charts(TODAY), key=lambda chart: chart.currency)
    assert [bar.money for bar in euro.sums] == [Money(1750, "EUR"), Money(10000, "EUR")]
    assert [bar.money.minor for bar in euro.bars] == [1500, 0, 0, 0, 250]
    assert [bar.count for bar in euro.bars] == [2, 0, 0, 0, 1]
    assert [bar.money for bar in krona.sums] == [Money(700, "SEK"), Money(0, "SEK")]


def test_each_sum_of_payments_leads_to_exactly_those_payments(source, person):
    one = paid(source, MONDAY, "10")
    paid(source, TODAY, "-3")
    paid(source, MONDAY - timedelta(days=7), "1")
    keeping.pay(one, Money(250, "EUR"), TODAY, "cash", "", person)
    (chart,) = paid_charts(TODAY)
    for bar in (*chart.sums, *chart.bars):
        found = PaymentFilter(QueryDict(bar.url.partition("?")[2]), Moved.objects.all(), today=TODAY)
        assert not found.problems
        sums = [(kind.rows, kind.amount) for _currency, kinds in payment_totals(found) for kind in kinds]
        assert sums == ([(bar.count, bar.money)] if bar.count else [])


def test_where_nothing_came_in_the_page_says_so_and_a_quiet_week_shows_no_empty_bars(signed_in, source):
    assert "No payment has come in this week or last week." in page(signed_in())[1]
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    paid(source, monday - timedelta(days=3), "12")
    answer, text = page(signed_in())
    (chart,) = answer.context["paid"]
    assert chart.bars == ()
    assert "12.00" in text


def test_a_payment_dated_later_this_week_is_not_lost(source):
    paid(source, TODAY + timedelta(days=2), "12")
    (chart,) = paid_charts(TODAY)
    assert [bar.count for bar in chart.bars] == [0, 0, 0, 0, 0, 0, 1]
    assert came_in(MONDAY, TODAY) == {}


def test_the_oldest_and_the_largest_overdue_are_named(signed_in, source):
    today = timezone.localdate()
    for number in range(8):
        claim(source, days=number + 1, amount=str(100 - number), external_id=f"e{number}", today=today)
    claim(source, days=2, amount="1", currency="JPY", external_id="j", today=today)
    answer, text = page(signed_in())
    assert [row["invoice"].external_id for row in answer.context["oldest"]] == ["e7", "e6", "e5", "e4", "e3"]
    assert [row["invoice"].external_id for row in answer.context["largest"]] == ["e0", "e1", "j"]
    assert "8 days late" in text


def test_each_source_says_how_it_is_and_what_to_do(signed_in, source):
    source.connection.read_at = timezone.now() - timedelta(minutes=2)
    source.connection.save()
    PullRun.objects.create(source=source, status="ok")
    bad = make_source("broken")
    PullRun.objects.create(source=bad, status="failed", error="The service refused the credentials.")
    text = page(signed_in())[1]
    assert all(words in text for words in ("Fresh", "2 min ago", "Last reading failed", "refused the credentials"))
    assert "No worker is running" in text
    Worker.objects.create(name="w")
    assert "No worker is running" not in page(signed_in())[1]


def test_the_conditions_of_a_source_are_told_apart(signed_in, source):
    connection = source.connection
    now = timezone.now()

    def words(**fields):
        type(connection).objects.update(
            **({"lease_until": None, "wanted_at": None, "postponed_until": None, "read_at": None} | fields)
        )
        return page(signed_in())[0].context["sources"][0][1].words

    assert words() == "Not read yet"
    assert words(read_at=now) == "Fresh"
    assert words(read_at=now - timedelta(hours=2)) == "Not fresh"
    assert words(wanted_at=now) == "Reading asked for"
    assert words(lease_until=now + timedelta(seconds=30)) == "Being read now"
    assert words(postponed_until=now + timedelta(hours=1)).startswith("Waits until")
    PullRun.objects.create(source=source, status="partial")
    Quarantined.objects.create(source=source, stream="invoices", external_id="1", payload="", reason="")
    assert words(read_at=now) == "Fresh, but not complete"
    assert "1 document could not be read." in page(signed_in())[1]


def test_a_source_without_a_connection_breaks_nothing(signed_in, source):
    source.connection.delete()
    assert "Not connected" in page(signed_in())[1]


@pytest.mark.parametrize("state", [IntentState.REFUSED, IntentState.UNKNOWN, IntentState.NEEDS_PERSON])
def test_what_did_not_arrive_is_shown_with_the_words_of_the_service(state, signed_in, invoice):
    Intent.objects.create(source=invoice.source, invoice=invoice, kind="complete", state=state, error="No way <b>")
    answer, text = page(signed_in())
    assert answer.context["stuck"][0].intent.total == 1
    assert f"Issue {invoice}" in text
    assert "No way <b>" not in text
    if state != IntentState.UNKNOWN:
        assert "No way &lt;b&gt;" in text


def test_no_word_of_ours_reaches_the_page(signed_in, invoice):
    Intent.objects.create(source=invoice.source, invoice=invoice, kind="complete", state="refused")
    text = re.sub(r"<[^>]*>", " ", page(signed_in(Role.ADMINISTRATOR))[1]).lower()
    assert not any(word in text for word in ("intent", "mirror", "needs_person", " pull"))


def test_queries_are_the_same_at_50_and_2000_rows_and_at_most_12(signed_in, source, django_assert_max_num_queries):
    client = signed_in(Role.ADMINISTRATOR)
    first = make_invoice(source)

    def fill(many):
        Invoice.objects.exclude(pk=first.pk).filter(approval=None).delete()
        rows = [
            Invoice(
                source=source,
                external_id=f"b{number}",
                created_at=timezone.now(),
                state="open",
                currency=("EUR", "USD", "SEK", "JPY")[number % 4],
                open=number,
                gross=number,
                due_date=date(2020, 1, 1) + timedelta(days=number),
            )
            for number in range(many)
        ]
        Invoice.objects.bulk_create(rows)
        found = Invoice.objects.filter(approval=None)
        Intent.objects.filter(invoice__in=found).delete()

    fill(50)
    Intent.objects.create(source=source, invoice=first, kind="complete", state="refused")
    Intent.objects.create(source=source, invoice=first, kind="invoice.cancel", state="unknown")
    with django_assert_max_num_queries(12) as few:
        client.get("/")
    fill(2000)
    for number in range(5):
        more = make_source(f"more{number}")
        PullRun.objects.create(source=more, status="ok")
        Intent.objects.create(source=more, kind="complete", state="unknown")
    with django_assert_max_num_queries(12) as many:
        client.get("/")
    assert len(many) == len(few)
