import base64
import re


def content(answer):
    return base64.b64decode(answer.json()["data"]["content"], validate=True)


def test_a_fresh_pdf_is_not_there_yet(standin, client, draft):
    client.post(f"/billogram/{draft['id']}/command/send", json={"method": "Email"})
    early = client.get(f"/billogram/{draft['id']}.pdf")
    assert (early.status_code, early.json()["status"]) == (404, "NOT_AVAILABLE_YET")
    standin.clock.move(seconds=2)
    assert client.get(f"/billogram/{draft['id']}.pdf").status_code == 200


def test_the_pdf_is_whole_and_names_number_and_sum(standin, client, sent):
    standin.pdf_delay = 0
    document = content(client.get(f"/billogram/{sent['id']}.pdf"))
    assert document.startswith(b"%PDF-1.4")
    assert document.endswith(b"%%EOF\n")
    assert b"Invoice 1001" in document
    assert b"325.00 SEK" in document
    start = int(re.search(rb"startxref\n(\d+)", document)[1])
    assert document[start : start + 4] == b"xref"
    for number, offset in enumerate(re.findall(rb"(\d{10}) 00000 n", document), start=1):
        assert document[int(offset) :].startswith(b"%d 0 obj" % number)


def test_a_draft_has_a_pdf_without_a_number(client, draft):
    answer = client.get(f"/billogram/{draft['id']}.pdf")
    assert answer.json()["data"]["file_type"] == "application/pdf"
    assert f"Draft {draft['id']}".encode() in content(answer)


def test_a_letter_or_an_invoice_can_be_asked_for(standin, client, sent):
    standin.pdf_delay = 0
    credit = standin.command(sent["id"], "credit", mode="amount", amount=25)["events"][-1]["data"]
    for name in ("letter_id", "invoice_no"):
        answer = client.get(f"/billogram/{sent['id']}.pdf", params={name: credit[name]})
        assert b"Credit invoice 1002" in content(answer)
    unknown = client.get(f"/billogram/{sent['id']}.pdf", params={"letter_id": "1"})
    assert unknown.json()["status"] == "NOT_FOUND"
    assert client.get("/billogram/nobody1.pdf").json()["status"] == "NOT_FOUND"


def test_odd_names_do_not_break_the_document(standin, client):
    number = standin.add_customer(name="(Åsa) \\ ☕ \n شركة")["customer_no"]
    draft = standin.add_billogram(customer={"customer_no": number})
    document = content(client.get(f"/billogram/{draft['id']}.pdf"))
    assert rb"\(\xc5sa\) \\ ?".replace(rb"\xc5", b"\xc5") in document


def test_seeded_pdfs_are_there(full, reader):
    record = next(record for record in full.records if record["state"] == "Overdue")
    assert reader.get(f"/billogram/{record['id']}.pdf").status_code == 200
