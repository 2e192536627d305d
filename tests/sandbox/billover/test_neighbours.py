"""Companies, cards, documents and exports."""

import csv
import io
import re
from decimal import Decimal

import httpx
import pytest
from openpyxl import load_workbook

BLANK = {"address": "", "tax_number": "", "tax_office": "", "phone": ""}


def test_a_company_is_made_changed_and_deleted(standin, client):
    answer = client.post("/companies/", json=BLANK | {"name": "  Nordhafen Neu GmbH "})
    made = answer.json()
    assert answer.status_code == 201
    assert set(made) == {"uid", "hf_id", "name", *BLANK, "permissions", "created_at", "updated_at"}
    assert (made["name"], made["permissions"]) == (
        "Nordhafen Neu GmbH",
        {"can_update": True, "can_delete": True},
    )
    assert re.fullmatch(r"2026-03-10T09:30:15\.250000Z", made["created_at"])
    standin.clock.move(hours=1)
    changed = client.put(f"/companies/{made['uid']}", json=BLANK | {"name": "Neu", "phone": "+49 555 0100"}).json()
    assert (changed["name"], changed["updated_at"]) == ("Neu", "2026-03-10T10:30:15.250000Z")
    assert client.get(f"/companies/{made['uid']}").json() == changed
    assert client.delete(f"/companies/{made['uid']}").status_code == 204
    assert client.get(f"/companies/{made['uid']}").status_code == 404


def test_a_company_needs_all_five_keys_and_a_name(client):
    answer = client.post("/companies/", json={"name": " "})
    assert answer.status_code == 400
    assert answer.json() == {"name": ["This field may not be blank."]} | {
        name: ["This field is required."] for name in BLANK
    }


def test_a_company_named_by_an_invoice_cannot_be_deleted(standin, client):
    uid = standin.add_invoice().company.uid
    assert client.get(f"/companies/{uid}").json()["permissions"]["can_delete"] is False
    assert client.delete(f"/companies/{uid}").status_code == 403


def test_companies_are_searched_by_each_of_their_words(standin, client):
    company = client.post("/companies/", json=BLANK | {"name": "Quixotic", "tax_office": "Örnekköy VD"}).json()
    for words in ("quixotic", "QUIX örnekköy", f"{company['hf_id']} quixotic"):
        assert [row["uid"] for row in client.get("/companies/", params={"query": words}).json()["results"]] == [
            company["uid"]
        ]


def test_the_same_card_again_gives_back_the_card_there_is(standin, client):
    digits = {"first_four_digits": "4000", "last_four_digits": "0042"}
    first, second = client.post("/cards/", json=digits), client.post("/cards/", json=digits)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert set(first.json()) == {"uid", "hf_id", "created_at", *digits}
    assert [row["uid"] for row in client.get("/cards/?query=0042").json()["results"]] == [first.json()["uid"]]


def test_a_card_is_read_and_changed(standin, client):
    uid = next(iter(standin.cards))
    assert client.put(f"/cards/{uid}", json={"last_four_digits": "1111"}).json()["first_four_digits"] == ""
    read = client.get(f"/cards/{uid}").json()
    assert (read["last_four_digits"], set(read["permissions"])) == ("1111", {"can_update", "can_delete"})
    assert client.get("/cards/nobody").json()["error"]["code"] == "not_found"


@pytest.fixture
def anybody(standin) -> httpx.Client:
    return httpx.Client(transport=httpx.WSGITransport(app=standin))


def test_a_document_is_a_page_with_number_and_sum_and_needs_no_key(standin, client, anybody):
    uid = standin.add_invoice(invoice_number="N(1)", total_price="1190.00").uid
    address = client.get(f"/invoices/{uid}").json()["file"]
    answer = anybody.get(address)
    assert re.fullmatch(r"http://stand-in/files/[\w.-]+\.pdf", address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-1.4")
    assert rb"(Invoice N\(1\))" in answer.content
    assert b"(1,190.00 EUR)" in answer.content


def test_the_parts_of_a_document_are_where_its_table_says(standin, client, anybody):
    content = anybody.get(client.get(f"/invoices/{standin.add_invoice().uid}").json()["file"]).content
    table = int(re.search(rb"startxref\n(\d+)", content)[1])
    assert content[table:].startswith(b"xref\n0 6")
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", content), 1):
        assert content[int(offset) :].startswith(b"%d 0 obj" % number)
    length = int(re.search(rb"/Length (\d+)", content)[1])
    assert content.split(b"stream\n")[1][length:].startswith(b"\nend")


def test_an_address_runs_out_and_a_fresh_one_works(standin, client, anybody):
    uid = standin.add_invoice().uid
    first = client.get(f"/invoices/{uid}").json()["file"]
    standin.clock.move(seconds=301)
    assert (anybody.get(first).status_code, anybody.get(first).json()["error"]["code"]) == (403, "forbidden")
    second = client.get(f"/invoices/{uid}").json()["file"]
    assert second != first
    assert anybody.get(second).status_code == 200
    standin.file_lifetime = None
    assert anybody.get(first).status_code == 200


@pytest.mark.parametrize("token", ["", "x.pdf", "x.y.pdf", "ÄÖ.ä.pdf", "a/b/"])
def test_an_invented_address_of_a_document_is_forbidden(anybody, token):
    assert anybody.get(f"http://stand-in/files/{token}").status_code == 403


def test_an_uploaded_document_comes_back_byte_for_byte(standin, client, anybody):
    content = bytes(range(256)) * 40 + b"\r\n--x\r\n\n\r"
    name = 'Rechnung "ä" 7.png'
    created = client.post("/invoices/", files={"file": (name, content, "image/png")}).json()
    answer = anybody.get(created["file"])
    assert (answer.content, answer.headers["Content-Type"]) == (content, "image/png")
    assert standin.find(created["uid"]).document.name in (name, name.replace('"', "%22"))


def test_the_document_of_a_deleted_invoice_is_not_found(standin, client, anybody):
    uid = standin.add_invoice().uid
    address = client.get(f"/invoices/{uid}").json()["file"]
    standin.remove(uid)
    assert anybody.get(address).status_code == 404


def test_the_csv_holds_every_invoice(standin, client):
    answer = client.post("/invoices/export-csv", json={})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="invoices.csv"' in answer.headers["Content-Disposition"]
    assert [row["hf_id"] for row in rows] == [invoice.hf_id for invoice in standin.newest_first()]
    gross = sum(Decimal(row["total_price"]) for row in rows if row["total_price"])
    assert gross == sum(of["gross"] for of in standin.totals().values())


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?approvement_status=rejected&approvement_status=waiting", {}),
        ("", {"approvement_status": ["rejected", "waiting"], "query": None}),
        ("?approvement_status=rejected", {"approvement_status": ["waiting", "rejected"]}),
    ],
)
def test_an_export_is_filtered_by_its_query_and_by_its_body(standin, client, query, body):
    rows = list(csv.DictReader(io.StringIO(client.post(f"/invoices/export-csv{query}", json=body).text)))
    assert {row["approvement_status"] for row in rows} == {"rejected", "waiting"}


def test_the_excel_file_keeps_text_that_looks_like_a_formula(standin, client):
    next(iter(standin.companies.values())).name = "=1+1 \x07 Ltd"
    invoice = standin.add_invoice()
    answer = client.post("/invoices/export-xlsx?query=" + invoice.hf_id, json={})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    row = next(dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[0] == invoice.hf_id)
    assert (row["company"], row["total_price"]) == ("=1+1  Ltd", "119.00")
