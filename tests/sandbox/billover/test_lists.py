"""Envelopes, paging, filters and search."""

from datetime import UTC, datetime, timedelta

import pytest

ROW = {
    "hf_id", "uid", "total_price", "total_price_display", "currency", "invoice_date", "company", "category",
    "processing_status", "approvement_status", "permissions", "created_at", "workspace_user",
}  # fmt: skip


def uids(client, query="") -> list[str]:
    """Of all pages."""
    rows, number, pages = [], 1, 1
    while number <= pages:
        page = client.get(f"/invoices/?{query}&page={number}").json()
        rows, pages, number = rows + page["results"], page["page_count"], number + 1
    assert len(rows) == page["count"]
    return [row["uid"] for row in rows]


def test_sixteen_invoices_are_two_pages_in_an_envelope_without_links(client):
    first, second = (client.get("/invoices/", params={"page": page}).json() for page in (1, 2))
    assert (first["count"], first["page_count"], first["page_size"]) == (16, 2, 10)
    assert [len(page["results"]) for page in (first, second)] == [10, 6]
    assert set(first) == {"count", "page_count", "page_size", "results"}


def test_a_row_holds_exactly_the_list_fields_and_the_detail_ten_more(client):
    row = client.get("/invoices/").json()["results"][0]
    assert set(row) == ROW
    more = set(client.get(f"/invoices/{row['uid']}").json()) - ROW
    assert more == {
        "file", "items", "total_vat", "invoice_number", "language", "country", "card", "payment_type",
        "history", "vat_categories",
    }  # fmt: skip


def test_the_newest_come_first(standin, client):
    listed = [standin.find(uid).created_at for uid in uids(client)]
    assert listed == sorted(listed, reverse=True)
    newest = standin.add_invoice()
    assert uids(client)[0] == newest.uid


@pytest.mark.parametrize("page", ["3", "0", "-1", "x", "1" * 5000])
def test_a_page_that_is_not_there_is_not_found(client, page):
    answer = client.get("/invoices/", params={"page": page})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


def test_nothing_is_one_empty_page(make, connect):
    page = connect(make(invoices=0)).get("/invoices/").json()
    assert page == {"count": 0, "page_count": 1, "page_size": 10, "results": []}


def test_the_page_size_may_be_asked_for_or_the_question_ignored(standin, client):
    assert client.get("/invoices/?page_size=4").json()["page_count"] == 4
    assert client.get("/invoices/?page_size=x").json()["page_size"] == 10
    standin.max_page_size = 0
    assert client.get("/invoices/?page_size=4").json()["page_size"] == 10


def test_rows_shift_when_something_comes_in_between_two_pages(standin, client):
    last_of_first = client.get("/invoices/").json()["results"][-1]["uid"]
    standin.add_invoice()
    assert client.get("/invoices/?page=2").json()["results"][0]["uid"] == last_of_first


@pytest.mark.parametrize("kind", ["companies", "cards"])
def test_neighbours_are_listed_with_absolute_links(standin, client, kind):
    standin.page_size = 2
    seen, address = [], f"/{kind}/"
    while address:
        page = client.get(address).json()
        assert set(page) == {"count", "next", "previous", "results"}
        seen, address = seen + [row["uid"] for row in page["results"]], page["next"]
        assert address is None or address.startswith(f"http://stand-in/v1/{kind}/?page=")
    assert len(set(seen)) == len(seen) == page["count"]
    assert page["previous"].startswith("http://stand-in/v1/")


def test_links_keep_the_other_parameters_and_page_one_has_no_number(client):
    page = client.get("/companies/?query=0&page=2&page_size=1").json()
    assert page["previous"] == "http://stand-in/v1/companies/?query=0&page_size=1"


OF = {
    "company__uid": lambda invoice: invoice.company.uid if invoice.company else None,
    "workspace_user__uid": lambda invoice: invoice.owner.uid,
    "card__uid": lambda invoice: invoice.card.uid if invoice.card else None,
    "approvement_status": lambda invoice: invoice.approvement_status,
    "payment_type": lambda invoice: invoice.payment_type,
}
SPELLINGS = {
    "repeat": lambda name, values: "&".join(f"{name}={value}" for value in values),
    "comma": lambda name, values: f"{name}={','.join(values)}",
    "bracket": lambda name, values: "&".join(f"{name}[]={value}" for value in values),
}


def two_values(standin, name) -> list[str]:
    return sorted({OF[name](invoice) for invoice in standin.by_uid.values()} - {None})[:2]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", OF)
def test_an_array_filter_lets_any_of_its_values_through_however_it_is_written(standin, client, name, spelling):
    values = two_values(standin, name)
    expected = {invoice.uid for invoice in standin.by_uid.values() if OF[name](invoice) in values}
    assert len(values) == 2
    assert set(uids(client, SPELLINGS[spelling](name, values))) == expected
    standin.array_mode = spelling
    assert set(uids(client, SPELLINGS[spelling](name, values))) == expected


def test_the_wrong_spelling_finds_nothing_or_everything_or_only_the_last(standin, client):
    standin.array_mode = "repeat"
    assert uids(client, "approvement_status=waiting,approved") == []
    assert len(uids(client, "approvement_status[]=waiting")) == 16
    standin.array_mode = "comma"
    rejected = uids(client, "approvement_status=waiting&approvement_status=rejected")
    assert {standin.find(uid).approvement_status for uid in rejected} == {"rejected"}


def test_different_filters_all_apply_and_unknown_parameters_none(standin, client):
    found = uids(client, "approvement_status=approved&payment_type=cash&ordering=uid&status=paid")
    expected = {
        invoice.uid
        for invoice in standin.by_uid.values()
        if (invoice.approvement_status, invoice.payment_type) == ("approved", "cash")
    }
    assert set(found) == expected


def test_an_unknown_uid_is_an_empty_list_or_a_400(standin, client):
    assert uids(client, "company__uid=nobody") == []
    standin.strict_filters = True
    answer = client.get("/invoices/?company__uid=nobody")
    assert (answer.status_code, list(answer.json())) == (400, ["company__uid"])


DATES = [
    ("created_at_from_date", "created_at_to_date"), ("from_date", "to_date"),
    ("created_at_after", "created_at_before"), ("created_at__from_date", "created_at__to_date"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), DATES)
def test_dates_are_whole_days_at_plus_three_hours_with_both_ends(make, connect, first, last):
    standin = make(invoices=0)
    start = datetime(2026, 1, 9, 21, tzinfo=UTC)  # midnight of the tenth at +03:00
    moments = (start - timedelta(microseconds=1), start, start + timedelta(days=1, microseconds=-1))
    before, opening, closing = (standin.add_invoice(created_at=at).uid for at in moments)
    after = standin.add_invoice(created_at=start + timedelta(days=1)).uid
    client = connect(standin)
    assert uids(client, f"{first}=2026-01-10&{last}=2026-01-10") == [closing, opening]
    assert uids(client, f"{first}=2026-01-10") == [after, closing, opening]
    assert uids(client, f"{last}=2026-01-10") == [closing, opening, before]


def test_all_spellings_of_a_date_may_be_sent_at_once(standin, client):
    middle = standin.newest_first()[8].created_at.date()
    query = f"created_at_from_date={middle}&from_date={middle}&created_at_to_date=&to_date=9999-12-31"
    expected = [invoice.uid for invoice in standin.newest_first() if invoice.created_at.date() >= middle]
    assert uids(client, query) == expected


def test_the_date_filter_can_be_ignored_as_a_wrong_spelling_always_is(standin, client):
    assert len(uids(client, "created_at=2001-01-01&created_at_start=2030-01-01")) == 16
    assert uids(client, "to_date=2001-01-01") == []
    standin.ignore_dates = True
    assert len(uids(client, "to_date=2001-01-01")) == 16


def test_a_date_that_is_none_is_a_400(client):
    answer = client.get("/invoices/?from_date=tomorrow")
    assert (answer.status_code, answer.json()) == (400, {"created_at": ["Enter a valid date."]})


def test_search_looks_into_items_category_number_company_and_label(standin, client):
    invoice = standin.add_invoice(
        invoice_number="XQ-77",
        category={"uid": "c", "name": "Zeppelins"},
        items=[{"title": "Rope", "description": "hempen, zz9"}],
        company=next(iter(standin.companies.values())),
    )
    invoice.company.tax_number = "TN4242"
    for words in ("xq-77", "zeppelin", "ROPE", "zz9", "tn4242 rope", invoice.hf_id.lower()):
        assert invoice.uid in uids(client, f"query={words}")
    assert uids(client, "query=rope+nowhere") == []
