import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arapp.lists.filters import InvoiceFilter
from arapp.outbox.models import Intent, IntentState
from arapp.people.models import Role
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.upstreams.models import PullRun, Quarantined, Worker
from arapp.web.views.dashboard import AGES, positions
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
    for number in range(7):
        make_invoice(source, external_id=f"w{number}")
    answer, text = page(signed_in(Role.APPROVER))
    assert "Waiting for you" in text
    assert [row["invoice"].external_id for row in answer.context["waiting"]] == ["w0", "w1", "w2", "w3", "w4"]
    assert "?approval=waiting&amp;decidable=1&amp;sort=created" in text
    assert "119.00" in text


def test_a_viewer_is_told_that_an_approver_decides(signed_in, invoice):
    assert "Waiting for an approver" in page(signed_in(Role.VIEWER))[1]


def test_owed_and_overdue_are_per_currency_and_count_issued_claims_only(source):
    other = make_source(counts_as="other")
    claim(source, days=10, amount="100")
    claim(source, days=-10, amount="50")
    claim(source, days=40, amount="30", kind="credit_note")
    claim(source, days=95, amount="7", currency="SEK")
    claim(other, days=10, amount="1000")
    make_invoice(source, open="500")
    claim(source, days=10, amount="800", state="paid")
    euro, krona = positions(TODAY)
    assert (euro.currency, euro.owed, euro.overdue, euro.count) == (
        "EUR",
        Money(12000, "EUR"),
        Money(10000, "EUR"),
        1,
    )
    assert (krona.currency, krona.owed, krona.overdue, krona.count) == (
        "SEK",
        Money(700, "SEK"),
        Money(700, "SEK"),
        1,
    )


def rows_behind(url):
    from django.http import QueryDict

    return InvoiceFilter(QueryDict(url.partition("?")[2]), Invoice.objects.all(), today=TODAY).qs


def test_each_number_links_to_exactly_its_rows_and_the_shares_add_up(source):
    for days in (1, 5, 30, 31, 60, 61, 90, 91, 400, 0, -3):
        claim(source, days=days, amount=str(days + 10))
        claim(source, days=days, amount="1", currency="USD")
    for position in positions(TODAY):
        assert rows_behind(position.url).count() == position.count == 9
        assert sum(share.money.minor for share in position.shares) == position.overdue.minor
        for share in position.shares:
            rows = rows_behind(share.url)
            assert rows.count() == share.count
            assert sum(row.open for row in rows) == share.money.minor
            assert {row.currency for row in rows} == {position.currency}
    assert [share.count for share in positions(TODAY)[0].shares] == [3, 2, 2, 2]
    assert len(AGES) == 4


def test_a_currency_in_which_nothing_is_left_is_still_exact(source):
    claim(source, days=5, amount="10")
    claim(source, days=5, amount="10", kind="credit_note")
    (euro,) = positions(TODAY)
    assert euro.owed == Money(0, "EUR")
    assert euro.overdue == Money(1000, "EUR")


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
