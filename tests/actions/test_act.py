"""``manage.py act``: the same path as a page, one line of answer, and an exit code that says how it ended."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from arapp.actions.running import ON_ITS_WAY, code_of
from arapp.approvals.models import Approval
from arapp.documents.models import StoredFile
from arapp.outbox.models import Intent
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Answer, Fault, StandIn
from arapp.sandbox.billomat import Billomat
from arapp.sandbox.server import Served
from arapp.upstreams.models import Connection
from tests.actions.conftest import Read
from tests.conftest import make_source, make_user

LINE = {"title": "Consulting", "quantity": 10, "unit": "hour", "unit_price": "100.00", "vat_rate": "25"}
Act = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def act(capsys: pytest.CaptureFixture[str], db: None) -> Act:
    """``act("payment.create", source, "id", amount="25.00")``: the exit code and the printed object."""

    def run(action: str, source: Source | str, external_id: str = "", *options: str, **data: Any) -> tuple[int, Any]:
        capsys.readouterr()
        where = [str(source), *([external_id] if external_id else [])]
        command = [action, *where, "--data", json.dumps(data), "--json", "--patience", "5", *options]
        code = 0
        try:
            call_command("act", *command)
        except SystemExit as ended:
            code = int(str(ended.code))
        return code, json.loads(capsys.readouterr().out)

    return run


def draft_of(source: Source, act: Act) -> Invoice:
    """A customer and a draft, made by the command."""
    _code, customer = act("customer.create", source, name="Nordic Tea", email="siv@example.org")
    code, made = act("invoice.create", source, customer=customer["external_id"], lines=[LINE])
    assert (code, made["state"]) == (0, "done"), made
    return Invoice.objects.get(source=source, external_id=made["external_id"])


def writes(stand_in: StandIn, end: str) -> int:
    return sum(entry.status < 300 for entry in stand_in.journal if entry.path.endswith(end))


# done


@pytest.mark.parametrize(("service", "issue"), [("billogram", "invoice.send"), ("billomat", "invoice.complete")])
def test_a_customer_an_invoice_and_its_payment_from_the_command_line(read: Read, act: Act, service: str, issue: str):
    source, _stand_in = read(service, invoices=2)
    draft = draft_of(source, act)
    assert draft.money("gross").plain() == "1250.00"
    code, sent = act(issue, source, draft.external_id)
    assert (code, sent) == (
        0,
        {"intent": sent["intent"], "state": "done", "external_id": draft.external_id, "error": ""},
    )
    assert Approval.objects.get(pk=draft.pk).decisions.get().alone is True
    code, paid = act("payment.create", source, draft.external_id, amount="250.00")
    assert (code, paid["state"]) == (0, "done")
    draft.refresh_from_db()
    assert (draft.state, draft.money("open").plain()) == ("open", "1000.00")
    code, _credited = act("invoice.credit", source, draft.external_id, mode="remaining")
    assert code == 0
    draft.refresh_from_db()
    assert draft.open == 0


def test_what_billover_has_no_place_for_is_done_at_the_desk(read: Read, act: Act):
    source, stand_in = read("billover", invoices=16)
    invoice = Invoice.objects.filter(source=source, state="open").first()
    before = len(stand_in.journal)
    code, paid = act("payment.create", source, invoice.external_id, amount="0.50", method="cash")
    assert (code, paid["state"], paid["error"]) == (0, "done", "")
    assert act("payment.delete", source, invoice.external_id, payment=paid["external_id"])[0] == 0
    assert act("invoice.comment", source, invoice.external_id, body="ask again")[0] == 0
    assert len(stand_in.journal) == before


def test_the_person_is_named_by_as(read: Read, act: Act):
    source, _stand_in = read("billomat", invoices=30)
    clerk = make_user("anna", role="clerk")
    code, made = act("customer.create", source, "", "--as", "anna", name="Nordic Tea")
    assert code == 0
    assert Intent.objects.get(pk=made["intent"]).person == clerk
    code, refused = act("invoice.cancel", source, _open(source).external_id, "--as", "anna")
    assert (code, refused["state"]) == (1, "refused")
    assert refused["error"].startswith("Your role may not do this")


def _open(source: Source) -> Invoice:
    return Invoice.objects.filter(source=source, kind="invoice", service_state="OPEN").first()


@pytest.mark.parametrize("lost", [False, True])
def test_who_recorded_a_payment_does_not_delete_it_also_when_the_answer_was_lost(read: Read, act: Act, lost: bool):
    source, stand_in = read("billomat", invoices=30, second_person="always")
    invoice = _open(source)
    make_user("anna")
    make_user("ben")
    if lost:
        stand_in.faults.append(Fault(method="POST", path="/invoice-payments", after=True, drop=True))
    code, paid = act("payment.create", source, invoice.external_id, "--as", "anna", amount="0.50")
    assert (code, paid["state"]) == (0, "done")
    payment = invoice.movements.get(amount=50).external_id
    code, own = act("payment.delete", source, invoice.external_id, "--as", "anna", payment=payment)
    assert (code, own["error"]) == (1, "You recorded this payment; somebody else has to delete it.")
    assert act("payment.delete", source, invoice.external_id, "--as", "ben", payment=payment)[0] == 0


def test_the_same_own_reference_finds_what_was_made_first(read: Read, act: Act):
    source, _stand_in = read("billomat", invoices=2)
    first = act("customer.create", source, name="Nordic Tea", own_reference="shop-17")
    assert act("customer.create", source, name="Nordic Tea", own_reference="shop-17") == first
    assert first[0] == 0
    assert Customer.objects.filter(source=source, name="Nordic Tea").count() == 1


def test_what_was_made_before_the_answer_was_lost_is_found_by_the_reference(read: Read, act: Act):
    source, stand_in = read("billomat", invoices=2)
    stand_in.faults.append(Fault(method="POST", path="/clients", after=True, drop=True))
    code, made = act("customer.create", source, name="Nordic Tea", own_reference="shop-17")
    assert (code, made["state"]) == (0, "done")
    assert Customer.objects.filter(source=source, name="Nordic Tea").count() == 1


# refused, failed, invalid


def refusing(path: str, body: bytes) -> Fault:
    return Fault(Answer(400, body, (("Content-Type", "application/json"),)), method="POST", path=path)


def test_invalid_data_ends_with_one_and_names_the_field(read: Read, act: Act):
    source, stand_in = read("billomat", invoices=2)
    before = len(stand_in.journal)
    code, answer = act("customer.create", source, name="Nordic Tea", email="siv@", colour="red")
    assert (code, answer["intent"], answer["state"]) == (1, None, "invalid")
    assert "email: “siv@” is not an e-mail address." in answer["error"]
    assert "colour: There is no field of that name." in answer["error"]
    assert len(stand_in.journal) == before
    assert not Intent.objects.exists()


def test_what_the_service_refuses_ends_with_one_and_its_words(read: Read, act: Act):
    source, stand_in = read("billomat", invoices=2)
    stand_in.faults.append(refusing("/clients", b'{"errors": {"error": "no capacity"}}'))
    code, answer = act("customer.create", source, name="Nordic Tea")
    assert (code, answer["state"]) == (1, "refused")
    assert "no capacity" in answer["error"]


def test_a_state_that_forbids_it_ends_with_one(read: Read, act: Act):
    source, _stand_in = read("billomat", invoices=2)
    draft = draft_of(source, act)
    code, answer = act("invoice.cancel", source, draft.external_id)
    assert (code, answer["state"], answer["error"]) == (1, "refused", "It has not been issued yet.")


def test_where_two_people_are_asked_for_nobody_is_not_the_second(read: Read, act: Act):
    source, _stand_in = read("billomat", invoices=2, second_person="always")
    draft = draft_of(source, act)
    code, answer = act("invoice.complete", source, draft.external_id)
    assert (code, answer["error"]) == (1, "This takes a second person; say who does it.")
    make_user("anna", role="approver")
    assert act("invoice.complete", source, draft.external_id, "--as", "anna")[0] == 0


def test_what_the_desk_has_never_read_ends_with_one(read: Read, act: Act):
    source, _stand_in = read("billomat", invoices=2)
    code, answer = act("invoice.cancel", source, "987654")
    assert (code, answer["state"]) == (1, "refused")
    assert answer["error"].startswith("The desk knows no “987654”")


def test_an_invoice_and_a_credit_note_of_one_id_are_told_apart(read: Read, act: Act):
    source, _stand_in = read("billomat", invoices=40)
    note = Invoice.objects.filter(source=source, kind="credit_note").first()
    assert act("invoice.comment", source, note.external_id, "--document", "credit_note", body="x")[0] == 0
    assert act("invoice.comment", source, note.external_id, body="x")[0] == 1


# unknown, still on its way


def test_a_lost_answer_without_effect_ends_with_three(read: Read, act: Act):
    source, stand_in = read("billomat", invoices=2)
    stand_in.faults.append(Fault(method="POST", path="/clients", drop=True))
    code, answer = act("customer.create", source, name="Nordic Tea")
    assert (code, answer["state"]) == (3, "unknown")


def test_a_paused_source_ends_with_three_at_once(read: Read, act: Act):
    source, stand_in = read("billomat", invoices=2)
    Connection.objects.filter(pk=source.pk).update(paused=True)
    before = len(stand_in.journal)
    code, answer = act("customer.create", source, name="Nordic Tea")
    assert (code, answer["state"]) == (3, "pending")
    assert len(stand_in.journal) == before


def test_what_needs_a_person_after_a_write_is_unknown_and_not_failed():
    assert code_of(Intent(state="needs_person", written_at=timezone.now())) == ON_ITS_WAY
    assert [code_of(Intent(state=state)) for state in ("needs_person", "superseded", "refused", "done")] == [
        1,
        1,
        1,
        0,
    ]


# what makes no sense


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["invoice.fly", "here"], "There is no action named invoice.fly"),
        ([], "Name an action"),
        (["customer.create", "nowhere"], "There is no source named nowhere"),
        (["customer.create", "here", "12"], "customer.create concerns nothing that has an id yet"),
        (["invoice.cancel", "here"], "invoice.cancel concerns invoice; name it by its id"),
        (["customer.create", "here", "--as", "nobody"], "There is no user named nobody"),
        (["customer.create", "here", "--patience", "nan"], "Patience is between"),
        (["customer.create", "here", "--data", "{name: x}"], "The data is not JSON"),
        (["customer.create", "here", "--data", '{"a": NaN}'], "NaN is not a number"),
        (["customer.create", "here", "--data", "[" * 100_000], "The data is not JSON"),
        (["customer.create", "here", "--data", '"\udcff"'], "not valid UTF-8"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_two(db: None, arguments: list[str], sentence: str):
    make_source("here")
    with pytest.raises(CommandError, match=sentence) as caught:
        call_command("act", *arguments)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("data", ["[]", "5", "null", '"x"'])
def test_json_that_is_no_object_is_invalid_data(db: None, capsys: pytest.CaptureFixture[str], data: str):
    make_source("here")
    with pytest.raises(SystemExit, match="1"):
        call_command("act", "customer.create", "here", "--data", data)
    assert capsys.readouterr().out.strip() == "- invalid - This must be an object with named values."


# files


def test_a_file_is_a_path_or_its_content(read: Read, act: Act, settings: Any, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    source, _stand_in = read("billogram", invoices=2)
    draft = draft_of(source, act)
    (tmp_path / "terms.pdf").write_bytes(b"%PDF-1.4 terms")
    assert act("invoice.attach", source, draft.external_id, file=str(tmp_path / "terms.pdf"))[0] == 0
    content = base64.b64encode(b"%PDF-1.4 other").decode()
    assert act("invoice.attach", source, draft.external_id, file={"filename": "b.pdf", "content": content})[0] == 0
    assert sorted(StoredFile.objects.values_list("filename", flat=True)) == ["b.pdf", "terms.pdf"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("/no/such/file.pdf", "file: The file cannot be read: No such file or directory."),
        ({"filename": "a.pdf", "content": "*"}, "file: The content is not base64."),
        ({"filename": "a.pdf", "content": "TVo="}, "file: This is neither a PDF nor a PNG or JPEG picture"),
        ({"filename": "a.pdf"}, "file: This must be text."),
        ("/dev/zero", "file: The file is larger than 10 MB."),
        ("", "file: This is needed."),
        (7, "file: This must be text."),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(
    read: Read, act: Act, settings: Any, tmp_path: Path, file, sentence: str
):
    settings.DATA_DIR = tmp_path
    source, _stand_in = read("billover", invoices=2)
    code, answer = act("invoice.upload", source, file=file)
    assert code == 1
    assert answer["error"].startswith(sentence)


def test_a_pdf_is_written_and_takes_the_place_of_no_other(
    read: Read, act: Act, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.chdir(tmp_path)
    source, _stand_in = read("billomat", invoices=30)
    invoice = _open(source)
    names = [act("invoice.pdf", source, invoice.external_id) for _ in range(2)]
    assert [code for code, _answer in names] == [0, 0]
    written = [Path(answer["file"]) for _code, answer in names]
    assert written[0] != written[1]
    assert all(path.read_bytes().startswith(b"%PDF") for path in written)
    code, answer = act("invoice.pdf", source, invoice.external_id, "--output", str(tmp_path / "mine.pdf"))
    assert (code, answer["file"]) == (0, str(tmp_path / "mine.pdf"))
    assert act("invoice.pdf", source, invoice.external_id, "--output", "/no/such/place.pdf")[0] == 1


def test_a_pdf_that_is_still_being_made_ends_with_three(read: Read, act: Act, settings: Any, tmp_path: Path):
    settings.DATA_DIR = tmp_path
    source, _stand_in = read("billogram", invoices=2)
    draft = draft_of(source, act)
    assert act("invoice.send", source, draft.external_id, method="Email")[0] == 0
    code, answer = act("invoice.pdf", source, draft.external_id, "--patience", "0")
    assert (code, answer["state"]) == (3, "pending")


# what is printed


def test_personal_numbers_are_masked_in_what_is_printed(read: Read, act: Act):
    source, stand_in = read("billogram", invoices=2)
    words = b'{"status": "INVALID_PARAMETER", "data": {"message": "org_no 811218-9876 is taken"}}'
    stand_in.faults.append(refusing("/customer", words))
    code, answer = act("customer.create", source, name="Siv", kind="individual", org_no="811218-9876")
    assert code == 1
    assert "811218-****" in answer["error"]
    assert "9876" not in answer["error"]


def test_without_json_it_prints_one_line(read: Read, capsys: pytest.CaptureFixture[str]):
    source, _stand_in = read("billomat", invoices=2)
    capsys.readouterr()
    call_command("act", "customer.create", source.name, "--data", '{"name": "Nordic Tea"}')
    intent = Intent.objects.get()
    assert capsys.readouterr().out == f"{intent.pk} done {intent.result_id}\n"


def test_the_list_names_every_action(db: None, capsys: pytest.CaptureFixture[str]):
    call_command("act", "--list", "--json")
    rows = {row["action"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["payment.create"]["services"] == ["billogram", "billomat", "billover"]
    call_command("act", "--list")
    assert "invoice.send: billogram; approver (cannot be undone)" in capsys.readouterr().out


def test_it_runs_as_a_process_of_its_own(tmp_path: Path):
    """Against a stand-in on a port of this machine, from an empty database on."""
    with closing(Served(Billomat(invoices=2, rate_limit=None), 0)) as served:
        key = served.stand_in.credentials()
        where = {
            "ARAPP_DATA": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
            "KEY": key["secret"],
        }

        def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, str(django_settings.BASE_DIR / "manage.py"), *arguments]
            ran = {"env": os.environ | where, "capture_output": True, "text": True, "check": False, "cwd": tmp_path}
            return subprocess.run(command, **ran)

        assert manage("migrate", "-v", "0").returncode == 0
        login = ["--base-url", served.base_url, "--user", key["user"], "--secret-env", "KEY"]
        assert manage("connect", "here", "billomat", *login).returncode == 0
        made = manage("act", "customer.create", "here", "--data", '{"name": "Nordic Tea"}', "--json")
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["state"] == "done"
        assert (
            manage("act", "customer.create", "here", "--data", '{"name": ""}').stdout
            == "- invalid - name: This is needed.\n"
        )
        nonsense = manage("act", "invoice.fly", "here")
    assert nonsense.returncode == 2
    assert "Traceback" not in nonsense.stderr
    assert sum(write.path.endswith("/clients") for write in served.stand_in.journal) == 1
