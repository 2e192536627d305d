"""The columns of the invoice list that a person chose: which, in what order, how wide."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arapp.approvals.models import Approval
from arapp.lists.order import INVOICE_ORDERS
from arapp.people.models import Role, User
from arapp.people.preferences import keep_layout, layout_of
from arapp.receivables import mirror
from arapp.receivables.records import CustomerRecord, NamedRecord
from arapp.web.screen_columns import CUSTOMERS, INVOICES, LISTS, layout
from tests.conftest import NOW, invoice_record, make_invoice, make_source, make_user

LIST, FORM = "/invoices/", "/preferences/columns/invoices/"
HTMX = {"HX-Request": "true"}
EVERY = list(LISTS[INVOICES])
USUAL = "number customer source issued due gross open state approval".split()


@pytest.fixture
def person(db, client) -> User:
    person = make_user(role=Role.APPROVER)
    client.force_login(person)
    return person


def text(response) -> str:
    return response.content.decode()


def headings(page: str) -> list[str]:
    return re.findall(r'<th scope="col" class="[^"]*"(?: aria-sort="\w+")? aria-label="([^"]+)"', page)


def choose(person: User, *names: str) -> None:
    keep_layout(person, INVOICES, [(name, None) for name in names])


def many(count: int, source=None) -> None:
    source = source or make_source()
    facts = {"title": "Work", "payment_reference": "RF18", "category": "A", "label": "x", "reference": "PO 7"}
    decider = make_user()
    records = [
        invoice_record(
            f"{source.pk}-{n}",
            customer=CustomerRecord(external_id=f"c{n}", name=f"Name {n}", number=f"K{n}"),
            owner=NamedRecord(external_id=f"o{n}", name=f"Owner {n}"),
            **facts,
        )
        for n in range(count)
    ]
    mirror.write_invoices(source, records, NOW)
    Approval.objects.catch_up(source=source)
    for approval in Approval.objects.filter(invoice__source=source):
        approval.approve(decider, approval.invoice.digest)


def test_the_usual_columns_are_those_of_the_look(client, person, invoice):
    assert layout(person, INVOICES).names == USUAL
    page = text(client.get(LIST))
    assert headings(page) == "Number Customer Source Issued Due Gross Open State Approval".split()
    assert '<col class="c-box"><col class="c-number">' in page
    assert "width=" not in page.split("<colgroup>")[1].split("</colgroup>")[0]


def test_chosen_columns_stand_in_their_order_with_their_widths(client, person, invoice):
    keep_layout(person, INVOICES, [("state", None), ("number", 150), ("net", None), ("customer", None)])
    page = text(client.get(LIST))
    assert headings(page) == ["State", "Number", "Net", "Customer"]
    assert '<col class="k-number" width="150">' in page
    assert '<col class="k-customer">' in page
    row = page.split(f'<tr id="row-{invoice.pk}"')[1].split("</tr>")[0]
    places = [row.index(mark) for mark in ('class="stately"', '<th scope="row">', "100.00", "Muster AG")]
    assert places == sorted(places)


def test_each_column_shows_its_value(client, person):
    source = make_source("Main account")
    shown = make_invoice(
        source,
        number="RE7",
        state="open",
        service_state="OPEN",
        service_decision="approved",
        due_date=date(2020, 1, 1),
        paid="0",
        title="Roof repair",
        label="Urgent",
        category="Work",
        reference="PO-77",
        payment_reference="RF18539007547034",
        owner=NamedRecord(external_id="o1", name="Olga Owner"),
        customer=CustomerRecord(external_id="c", name="Muster AG", number="K-4711"),
        created_at=datetime(2020, 1, 2, 8, 0, tzinfo=UTC),
        decided_at=datetime(2020, 1, 3, 8, 0, tzinfo=UTC),
    )
    choose(person, *EVERY)
    page = text(client.get(LIST))
    row = page.split(f'<tr id="row-{shown.pk}"')[1].split("</tr>")[0]
    values = (
        "RE7|Muster AG|Main account|119.00|100.00|19.00|Roof repair|Urgent|Work|PO-77|RF18539007547034|Olga Owner"
    )
    further = "K-4711|OPEN|Invoice|Billomat|EUR|2020-01-02|2020-01-03"
    for value in f"{values}|{further}".split("|"):
        assert value in row, value


def test_every_column_sorts_by_an_order_there_is_and_nothing_else_fits_the_table(client, person, invoice):
    for column in LISTS[INVOICES].values():
        assert not column.sort or column.sort in INVOICE_ORDERS
    choose(person, *EVERY)
    page = text(client.get(LIST))
    table = page.split("<colgroup>")[1]
    assert table.split("</colgroup>")[0].count("<col ") == len(EVERY) + 2
    assert table.split("</thead>")[0].count('<th scope="col"') == len(EVERY) + 1
    assert f'colspan="{len(EVERY) + 2}"' in page
    assert len(re.findall(r"<t[dh][ >]", page.split("<tbody")[1].split("</tr>")[0])) == len(EVERY) + 2


@pytest.mark.parametrize(
    "names", [USUAL, EVERY, ["number", "decided_by", "decided_at"], ["number", "owner", "title"]]
)
def test_queries_do_not_grow_with_rows_whatever_columns_are_chosen(names, client, person):
    choose(person, *names)
    many(2)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    many(12)
    with CaptureQueriesContext(connection) as more:
        assert client.get(LIST).status_code == 200
    assert len(more) == len(few)


def test_rows_that_come_alone_have_the_same_cells(client, person, invoice):
    choose(person, "number", "title", "net")
    page = text(client.get(LIST))
    alone = text(client.get(f"{LIST}{invoice.pk}/row/"))
    cells = page.split(f'<tr id="row-{invoice.pk}"')[1].split('<td class="ends">')[0]
    assert cells in alone


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        {"invoices": "number"},
        {"invoices": {"name": "net"}},
        {"invoices": [1, None, "net", {"width": 4}, {"name": 7}, {"name": "no-such-column"}]},
        {"customers": [{"name": "net"}]},
    ],
)
def test_nonsense_in_what_is_stored_gives_the_usual_columns(stored, client, person, invoice):
    User.objects.filter(pk=person.pk).update(layouts=stored if stored is not None else {})
    assert len(headings(text(client.get(LIST)))) == len(USUAL)


def test_what_makes_sense_of_what_is_stored_is_taken(person):
    person.layouts = {
        "invoices": [{"name": "net", "width": -4}, {"name": "net", "width": 90}, {"name": "open", "width": True}]
    }
    person.layouts["invoices"] += [{"name": "vat", "width": 120}, {"name": "odd"}]
    assert layout_of(person, INVOICES) == [("net", None), ("open", None), ("vat", 120), ("odd", None)]
    assert layout(person, INVOICES).names == ["number", "net", "open", "vat"]


def test_a_list_keeps_its_columns_when_those_of_another_are_kept(person):
    choose(person, "number", "net")
    stale = User.objects.get(pk=person.pk)
    keep_layout(person, CUSTOMERS, [("name", None)])
    stale.layouts = {}
    keep_layout(stale, "decisions", [("when", 90)])
    person.refresh_from_db()
    assert set(person.layouts) == {INVOICES, CUSTOMERS, "decisions"}


def test_the_form_has_every_column_the_chosen_ones_first(client, person):
    choose(person, "net", "number")
    page = text(client.get(FORM))
    assert re.findall(r'name="order" value="(\w+)"', page)[:3] == ["net", "number", "customer"]
    assert len(re.findall(r'name="order"', page)) == len(EVERY)
    assert len(re.findall(r'name="on" value="\w+" checked', page)) == 2
    assert "<html" in page
    assert "<html" not in text(client.get(FORM, headers=HTMX))


def sent(order, on, **further):
    return {"order": order, "on": on} | further


def test_the_form_keeps_order_ticks_and_widths_and_leads_back(client, person):
    form = sent(["net", "number", "gross"], ["net", "gross"], **{"width-net": "200", "next": "/invoices/?state=open"})
    response = client.post(FORM, form)
    assert (response.status_code, response.headers["Location"]) == (302, "/invoices/?state=open")
    person.refresh_from_db()
    assert person.layouts[INVOICES] == [{"name": "net", "width": 200}, {"name": "number"}, {"name": "gross"}]


def test_the_column_that_names_the_row_always_stays(client, person):
    client.post(FORM, sent(["gross"], ["gross"]))
    person.refresh_from_db()
    assert {"name": "number"} in person.layouts[INVOICES]


@pytest.mark.parametrize(("word", "name"), [("up", "net"), ("down", "number")])
def test_a_button_moves_a_column_by_one_place_and_the_form_opens_again(word, name, client, person):
    response = client.post(FORM, sent(["number", "net"], ["number", "net"], **{word: name, "next": LIST}))
    assert response.headers["Location"] == f"{FORM}?next=%2Finvoices%2F#of-{name}"
    person.refresh_from_db()
    assert [one["name"] for one in person.layouts[INVOICES]] == ["net", "number"]


@pytest.mark.parametrize(("word", "name"), [("up", "number"), ("down", "net"), ("up", "odd")])
def test_what_cannot_move_further_stays(word, name, client, person):
    client.post(FORM, sent(["number", "net"], ["number", "net"], **{word: name}))
    person.refresh_from_db()
    assert [one["name"] for one in person.layouts[INVOICES]][:1] == ["number"]


def test_a_width_alone_changes_no_other_column(client, person):
    choose(person, "net", "number", "gross")
    assert client.post(FORM, {"width-gross": "180"}, headers=HTMX).status_code == 200
    person.refresh_from_db()
    assert person.layouts[INVOICES] == [{"name": "net"}, {"name": "number"}, {"name": "gross", "width": 180}]
    client.post(FORM, {"width-gross": ""}, headers=HTMX)
    person.refresh_from_db()
    assert person.layouts[INVOICES][2] == {"name": "gross"}


def test_a_width_of_the_usual_columns_makes_them_the_persons_own(client, person):
    client.post(FORM, {"width-due": "99"}, headers=HTMX)
    person.refresh_from_db()
    assert layout(person, INVOICES).names == USUAL
    assert layout(person, INVOICES).chosen


def test_the_default_comes_back(client, person):
    choose(person, "net", "number")
    client.post(FORM, sent(["net"], ["net"], default="1"))
    person.refresh_from_db()
    assert person.layouts == {}


@pytest.mark.parametrize("width", ["x", "39", "901", "-50", "4.5", "٤٥", "9" * 40, "<i>"])
def test_a_width_that_is_none_gets_a_sentence_and_nothing_typed_is_lost(width, client, person):
    response = client.post(FORM, sent(["net", "number"], ["net"], **{"width-net": width}))
    page = text(response)
    assert response.status_code == 422
    assert "is no width for “Net”: write whole pixels from 40 to 900" in page
    assert re.findall(r'name="order" value="(\w+)"', page)[:2] == ["net", "number"]
    assert 'aria-invalid="true"' in page
    assert "<i>" not in page
    person.refresh_from_db()
    assert person.layouts == {}


def test_a_column_that_there_is_not_gets_a_sentence(client, person):
    response = client.post(FORM, sent(["net", "odd<i>"], ["net", "strange"]))
    assert response.status_code == 422
    assert "This list has no column “odd&lt;i&gt;”." in text(response)
    assert "“strange”" in text(response)


def test_a_list_without_columns_to_choose_is_not_there(client, person):
    assert client.get("/preferences/columns/odd/").status_code == 404
    assert client.post("/preferences/columns/odd/", {}).status_code == 404


def test_other_methods_and_people_without_a_right_are_refused(client, person):
    assert client.put(FORM).status_code == 405
    User.objects.filter(pk=person.pk).update(role="nobody", is_superuser=False)
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {}).status_code == 403


def test_the_form_leads_to_no_other_site(client, person):
    response = client.post(FORM, sent(["net"], ["net"], next="//evil.example/"))
    assert response.headers["Location"] == LIST


def test_who_prepares_nothing_has_neither_box_nor_actions(client, invoice):
    viewer = make_user(role=Role.VIEWER)
    client.force_login(viewer)
    choose(viewer, "number", "net")
    page = text(client.get(LIST))
    assert 'colspan="2"' in page
    assert page.split("<colgroup>")[1].split("</colgroup>")[0].count("<col ") == 2


def test_rows_name_what_keys_and_the_panel_look_for(client, person, invoice):
    page = text(client.get(LIST))
    assert re.search(r'<th scope="row"><a href="/invoices/\d+/" [^>]*data-panel', page)
    assert 'data-act="approve"' in page
    assert 'data-act="reject"' in page


def test_a_possible_duplicate_is_marked_and_the_other_one_named(client, person):
    one = make_invoice(make_source("First"), number="RE9", gross="119")
    make_invoice(make_source("Second"), number="re9", gross="119")
    page = text(client.get(LIST))
    assert page.count("possible duplicate") == 2
    assert re.search(r'class="flag" title="re9 at Second[^"]*">possible duplicate', page)
    assert "possible duplicate" in text(client.get(f"{LIST}{one.pk}/row/"))


def test_names_of_either_direction_stand_on_their_own(client, person):
    make_invoice(customer=CustomerRecord(external_id="1", name="شركة الشاي"), title="عنوان")
    choose(person, "number", "customer", "title")
    page = text(client.get(LIST))
    assert re.search(r'<a href="/customers/\d+/" title="شركة الشاي" dir="auto">', page)
    assert '<span class="whole" dir="auto" title="عنوان">عنوان</span>' in page


def test_what_people_wrote_is_escaped_in_every_column(client, person):
    nasty = '<script>alert(1)</script>"{x}'
    make_invoice(
        make_source(nasty),
        title=nasty,
        label=nasty,
        category=nasty,
        payment_reference=nasty,
        owner=NamedRecord(external_id="1", name=nasty),
        customer=CustomerRecord(external_id="1", name=nasty, number=nasty),
    )
    choose(person, *EVERY)
    assert "<script>alert" not in text(client.get(LIST))


# Customers


def test_the_customers_have_columns_of_their_own(client, person):
    company = CustomerRecord(external_id="1", name="Muster AG", country="DE", vat_no="DE123456789", kind="company")
    make_invoice(customer=company)
    usual = text(client.get("/customers/"))
    assert headings(usual) == "Name Number Source E-mail Invoices Owed Overdue".split()
    client.post("/preferences/columns/customers/", sent(["country", "name", "owed"], ["country", "owed"]))
    page = text(client.get("/customers/"))
    assert headings(page) == ["Country", "Name", "Owed"]
    row = page.split("<tbody>")[1].split("</tr>")[0]
    assert row.index(">DE<") < row.index("Muster AG")
    assert headings(text(client.get(LIST))) == "Number Customer Source Issued Due Gross Open State Approval".split()


def test_every_column_of_the_customers_is_shown_in_as_many_queries_and_numbers_of_persons_stay_masked(client, person):
    keep_layout(person, CUSTOMERS, [(name, None) for name in LISTS[CUSTOMERS]])
    source = make_source()
    private = CustomerRecord(external_id="p", name="Eva", kind="individual", org_no="19800101-1234")
    make_invoice(source, customer=private)
    client.get("/customers/")
    with CaptureQueriesContext(connection) as few:
        page = text(client.get("/customers/"))
    assert "19800101-1234" not in page
    many(9)
    with CaptureQueriesContext(connection) as more:
        page = text(client.get("/customers/"))
    assert len(few) == len(more)
    assert len(re.findall(r"<t[dh][ >]", page.split("<tbody>")[1].split("</tr>")[0])) == len(LISTS[CUSTOMERS])


def test_an_amount_with_many_digits_is_written_smaller_and_whole(client, person):
    make_invoice(gross="-9876543210.98", open="5")
    row = text(client.get(LIST)).split("<tbody")[1].split("</tr>")[0]
    assert 'class="num gross long"' in row
    assert 'class="num openly"' in row
    assert "−9,876,543,210.98" in row
