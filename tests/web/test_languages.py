"""English, German and Swedish: whose language a page has, and how amounts, counts and dates are written in it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money
from arapp.upstreams import details
from arapp.upstreams.secrets import SecretLost
from arapp.web import shown
from arapp.web.said import event_said, said
from tests.conftest import NOW, make_invoice, make_source, make_user

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def language_of_the_tests() -> Iterator[None]:
    """A request leaves its language behind in the thread."""
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def speaking(client: Client, db: None):
    """``speaking("de")``: the test client of a controller who has chosen a language."""

    def sign_in(language: str, role: str = "controller") -> Client:
        client.force_login(make_user(role=role, language=language))
        return client

    return sign_in


def page_of(client: Client, path: str = "/invoices/", **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


# Whose language


@pytest.mark.parametrize(("language", "word"), [("en", "Invoices"), ("de", "Rechnungen"), ("sv", "Fakturor")])
def test_a_page_has_the_language_that_the_person_has_chosen(speaking, language: str, word: str):
    response = speaking(language).get("/invoices/", headers={"Accept-Language": "fr, sv;q=0.5"})
    page = response.content.decode()
    assert f'<html lang="{language}"' in page
    assert word in page
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]
    assert "Cookie" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("asked", "language"), [("de-AT,de;q=0.9", "de"), ("sv", "sv"), ("fr", "en"), ("", "en"), ("en-GB", "en")]
)
def test_without_a_choice_the_browser_is_heard(speaking, asked: str, language: str):
    assert f'<html lang="{language}"' in page_of(speaking(""), **{"Accept-Language": asked})


def test_a_language_that_is_none_of_ours_is_as_no_choice(speaking):
    assert '<html lang="sv"' in page_of(speaking("xx"), **{"Accept-Language": "sv"})


@pytest.mark.django_db
def test_signing_in_and_errors_speak_the_language_of_the_browser(client: Client):
    page = page_of(client, "/accounts/login/", **{"Accept-Language": "de"})
    assert '<html lang="de"' in page
    assert "Anmelden" in page
    client.raise_request_exception = False
    broken = Client(enforce_csrf_checks=True).post("/accounts/login/", headers={"Accept-Language": "sv"})
    assert broken.status_code == 403
    assert '<html lang="sv"' in broken.content.decode()


def test_what_is_not_found_is_said_in_the_language_of_the_person(speaking):
    page = page_of(speaking("sv"), "/nothing-here/", **{"Accept-Language": "de"})
    assert '<html lang="sv"' in page
    assert "Hittades inte" in page


def test_a_part_that_htmx_asks_for_has_the_language_too(speaking):
    make_invoice(make_source())
    part = page_of(speaking("de"), **{"HX-Request": "true", "HX-Target": "results"})
    assert "1 Rechnung" in part


def test_the_choice_costs_no_query_of_its_own(speaking, django_assert_num_queries, client: Client):
    speaking("de")
    with django_assert_num_queries(4):  # session, person, and the two of the sign of life
        assert client.get("/healthz").content.decode().startswith("ok\nno worker")
    client.logout()
    with django_assert_num_queries(0):
        client.get("/accounts/login/")


# How things are written


@pytest.mark.parametrize(
    ("language", "amount", "count", "day", "moment"),
    [
        ("en", "−1,234,567.80 EUR", "12,345", "2026-11-20", "2026-11-20 09:00"),
        ("de", "−1.234.567,80 EUR", "12.345", "20.11.2026", "20.11.2026 09:00"),
        ("sv", f"−1{NBSP}234{NBSP}567,80 EUR", f"12{NBSP}345", "2026-11-20", "2026-11-20 09:00"),
    ],
)
def test_each_language_writes_in_its_own_form(language: str, amount: str, count: str, day: str, moment: str):
    with translation.override(language):
        assert str(Money(-123456780, "EUR")) == shown.amount_text(-123456780, "EUR") == amount
        assert shown.whole(12345) == count
        assert shown.date_text(NOW.date()) == shown.day_text("2026-11-20") == day
        assert shown.moment_text(NOW) == moment
        assert shown.exact_moment(NOW) == f"{moment}:00 UTC"
        assert f'datetime="2026-11-20">{day}<' in shown.date_html(NOW.date())


@pytest.mark.parametrize(
    ("language", "price", "rate", "late", "ago"),
    [
        ("en", "−1,234.5678", "8.5 %", "1,200 days late", "3 min ago"),
        ("de", "−1.234,5678", "8,5 %", "1.200 Tage zu spät", "vor 3 Min."),
        ("sv", f"−1{NBSP}234,5678", "8,5 %", f"1{NBSP}200 dagar över", "3 min sedan"),
    ],
)
def test_prices_rates_and_times_too(language: str, price: str, rate: str, late: str, ago: str):
    with translation.override(language):
        assert shown.exact_html("-1234.56780", "EUR") == price
        assert shown.percent("8.50") == rate
        assert shown.days_late(1200) == late
        assert shown.ago(NOW - timedelta(minutes=3), NOW) == ago


@pytest.mark.parametrize(
    ("language", "gross", "due", "signs"),
    [
        ("en", "1,234.50 ", ">2026-01-31<", 'data-group="," data-point="."'),
        ("de", "1.234,50 ", ">31.01.2026<", 'data-group="." data-point=","'),
        ("sv", f"1{NBSP}234,50 ", ">2026-01-31<", f'data-group="{NBSP}" data-point=","'),
    ],
)
def test_the_list_and_the_page_of_an_invoice_are_written_so(
    speaking, language: str, gross: str, due: str, signs: str
):
    amounts = {"net": "1234.50", "vat": "0", "gross": "1234.50", "open": "1234.50"}
    invoice = make_invoice(make_source(), state="open", due_date=date(2026, 1, 31), **amounts)
    client = speaking(language)
    for path in ("/invoices/", f"/invoices/{invoice.pk}/"):
        page = page_of(client, path)
        assert gross in page, path
        assert due in re.sub(r"<td[^>]*>", ">", page), path
        assert signs in page, path


def test_a_program_reads_the_same_in_every_language(speaking):
    make_invoice(make_source(), number="RE1")
    english = speaking("en").get("/invoices/export.csv").getvalue()
    german = speaking("de").get("/invoices/export.csv").getvalue()
    assert german.splitlines()[1:] == english.splitlines()[1:]
    assert b"119.00" in german


def test_times_of_a_page_are_told_to_programs_as_before(speaking):
    make_invoice(make_source(), issue_date=date(2026, 11, 1))
    assert not re.search(r'datetime="\d\d\.', page_of(speaking("de")))


# What is typed


@pytest.mark.parametrize("typed", ["25,50", "25.50"])
def test_an_amount_is_typed_with_the_readers_decimal_sign_or_with_a_point(speaking, typed: str):
    source = make_source(service="billover")
    invoice = make_invoice(source, state="open", service_decision="approved")
    path = f"/invoices/{invoice.pk}/act/payment.create/"
    will = f"Erfasst im Desk eine Zahlung von 25,50 EUR auf {invoice}."
    form = {"amount": typed, "date": "2026-11-20", "digest": invoice.digest}
    client = speaking("de")
    assert f'name="confirmed" value="{will}"' in client.post(path, form).content.decode()
    assert client.post(path, form | {"confirmed": will}).status_code == 302
    assert Intent.objects.get().data["amount"] == "25.50"


def test_an_amount_of_two_meanings_is_refused_and_nothing_typed_is_lost(speaking):
    source = make_source(service="billover")
    invoice = make_invoice(source, state="open", service_decision="approved")
    form = {"amount": "1.234", "date": "2026-11-20", "digest": invoice.digest}
    response = speaking("de").post(f"/invoices/{invoice.pk}/act/payment.create/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert "„1.234“ lässt sich auf zwei Arten lesen; schreiben Sie 1234 oder 1,234." in page
    assert 'value="1.234"' in page
    assert not Intent.objects.exists()


def test_a_form_opens_with_the_readers_decimal_sign(speaking):
    invoice = make_invoice(make_source(service="billover"), state="open", service_decision="approved")
    assert 'value="119,00"' in page_of(speaking("sv"), f"/invoices/{invoice.pk}/act/payment.create/")


@pytest.mark.parametrize("typed", ["100,50", "100.50"])
def test_a_filter_takes_both_signs(speaking, typed: str):
    make_invoice(make_source(), number="RE-120")
    client = speaking("de")
    assert "RE-120" in page_of(client, f"/invoices/?amount_min={typed}")
    assert "RE-120" not in page_of(client, f"/invoices/?amount_max={typed}")


# What was stored when nobody read along


@pytest.mark.parametrize(
    ("stored", "german"),
    [
        ("The service asks to wait.", "Der Dienst bittet zu warten."),
        (
            "The lines add up to 1,234.50 EUR, the service says −1,300.00 EUR.",
            "Die Positionen ergeben zusammen 1.234,50 EUR, der Dienst sagt −1.300,00 EUR.",
        ),
        (
            "Accepted, but not read back yet: Billomat no longer has this document.",
            "Angenommen, aber noch nicht zurückgelesen: Billomat hat dieses Dokument nicht mehr.",
        ),
        (
            "There is 1 difference. Another run took over; this comparison stopped.",
            "Es gibt 1 Abweichung. Ein anderer Lauf hat übernommen; dieser Vergleich hat aufgehört.",
        ),
        (
            "2 of 10 invoices are missing, and those asked for are not found any more. Nothing was marked as gone; "
            "if that is right, run: sync Alfa --accept-gone",
            "2 von 10 (Rechnungen) fehlen, und was verlangt wurde, wird nicht mehr gefunden. Es wurde nichts als "
            "nicht mehr vorhanden markiert; wenn das stimmt, führen Sie aus: sync Alfa --accept-gone",
        ),
        (
            "Billomat has no tax of 19 %. Some words of a service.",
            "Billomat hat keine Steuer von 19 %. Some words of a service.",
        ),
        ("total_sum: “x” is not an amount.", "total_sum: „x“ ist kein Betrag."),
    ],
)
def test_a_stored_sentence_is_said_in_the_language_of_who_reads_it(stored: str, german: str):
    with translation.override("de"):
        assert said(stored) == german
    with translation.override("en"):
        assert said(stored) == stored


@pytest.mark.parametrize(
    "words", ["Some words of a service.", "Ungültiger Wert: 1 of 2", "3 of 4", "", "%(n)s", "100%"]
)
def test_words_of_a_service_stay_as_they_are(words: str):
    with translation.override("sv"):
        assert said(words) == words


@pytest.mark.parametrize(
    ("text", "service", "german"),
    [
        ("Invoice 1042, by Email.", "billogram", "Rechnung 1042, per E-Mail."),
        ("Fee 60.00 SEK, by Letter. Betala nu.", "billogram", "Gebühr 60,00 SEK, per Brief. Betala nu."),
        ("83,142.53 SEK, from Granbarr Te AB.", "billogram", "83.142,53 SEK, von Granbarr Te AB."),
        (
            "Fee 60.00 SEK, until 2026-11-20, registered by hand.",
            "billogram",
            "Gebühr 60,00 SEK, bis 20.11.2026, von Hand erfasst.",
        ),
        (
            "Rechnung per E-Mail an a@example.org versendet.",
            "billomat",
            "Rechnung per E-Mail an a@example.org versendet.",
        ),
        ("Status: open, on hold.", "billomat", "Status: open, on hold."),
        ("Call back, please. [desk-12]", "billogram", "Call back, please."),
    ],
)
def test_what_a_service_tells_of_an_event_is_said_part_by_part(text: str, service: str, german: str):
    with translation.override("de"):
        assert event_said(text, service) == german
    with translation.override("en"):
        assert event_said(text, service) == text.replace(" [desk-12]", "")


@pytest.mark.parametrize(
    ("word", "english", "swedish"),
    [
        ("BillogramCreated", "Billogram created", "Billogram skapat"),
        ("bank_transfer", "Bank transfer", "Banköverföring"),
        ("CASH,CREDIT_CARD", "Cash, Credit card", "Kontant, Kreditkort"),
        ("SomethingNew", "Something new", "Something new"),
        ("", "", ""),
    ],
)
def test_words_of_services_that_we_know_are_translated(word: str, english: str, swedish: str):
    for language, words in (("en", english), ("sv", swedish)):
        with translation.override(language):
            assert shown.spoken(word) == words


def test_what_was_stored_in_one_language_is_said_in_another():
    with translation.override("sv"):
        assert said("Billomat hat dieses Dokument nicht mehr.") == "Billomat har inte längre det här dokumentet."
    with translation.override("en"):
        assert said("Billomat hat dieses Dokument nicht mehr.") == "Billomat no longer has this document."


def test_pages_show_stored_sentences_in_the_readers_language(speaking):
    invoice = make_invoice(make_source(), state="open", service_decision="approved")
    Invoice.objects.filter(pk=invoice.pk).update(finding="The lines add up to 1.00 EUR, the service says 2.00 EUR.")
    Intent.objects.create(
        source=invoice.source,
        invoice=invoice,
        kind="approve",
        state=IntentState.NEEDS_PERSON,
        error="The answer was lost, and nothing we can read shows whether it arrived. Look at it at Billomat.",
    )
    page = page_of(speaking("sv"), f"/invoices/{invoice.pk}/")
    assert "Raderna blir tillsammans 1,00 EUR, tjänsten säger 2,00 EUR." in page
    assert "Behöver en person: Svaret försvann" in page


def test_reading_a_document_for_a_person_writes_the_mirror_in_english(monkeypatch, source):
    spoken = []

    def opened(*_args: object, **_more: object) -> None:
        spoken.append(translation.get_language())
        raise SecretLost("It does not open.")

    monkeypatch.setattr(details, "open_source", opened)
    with translation.override("de"):
        assert details.read_now(make_invoice(source)) == "It does not open."
    assert spoken == ["en"]


def test_a_moment_of_today_is_a_time_and_any_other_a_date():
    with translation.override("de"):
        assert re.fullmatch(r"\d\d:\d\d", shown.clock(timezone.now()))
        assert shown.clock(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "02.01.2026 03:04"
