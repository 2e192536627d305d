"""The two forms of a CSV file: what it holds is the same; a person chooses, programs get the plain one."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from arapp.lists.columns import Column, Holds
from arapp.lists.csv import BYTE_ORDER_MARK, Form, csv_lines
from arapp.people.models import CsvForm, Role
from arapp.receivables.records import CustomerRecord
from tests.conftest import TODAY, make_invoice, make_source, make_user

ROW = {
    "text": "Müller; Söhne",
    "formula": "=1+1",
    "day": date(2026, 1, 31),
    "gross": Decimal("-1190.50"),
    "whole": Decimal(1500),
    "owed": "119.00 EUR; 20.5 SEK",
    "late": 1200,
}
COLUMNS = [
    Column("text", "", lambda row, _today: row["text"]),
    Column("formula", "", lambda row, _today: row["formula"]),
    Column("day", "", lambda row, _today: row["day"], Holds.DATE),
    Column("gross", "", lambda row, _today: row["gross"], Holds.MONEY),
    Column("whole", "", lambda row, _today: row["whole"], Holds.MONEY),
    Column("owed", "", lambda row, _today: row["owed"], Holds.AMOUNTS),
    Column("late", "", lambda row, _today: row["late"], Holds.INTEGER),
]
LISTS = ["/invoices/", "/invoices/grouped/", "/customers/", "/items/"]


def written(form: Form) -> str:
    return b"".join(csv_lines([ROW], COLUMNS, TODAY, form)).decode()


def test_the_plain_form_has_commas_and_points_and_nothing_in_front() -> None:
    assert written(Form.PLAIN) == (
        "text,formula,day,gross,whole,owed,late\r\n"
        "Müller; Söhne,'=1+1,2026-01-31,-1190.50,1500,119.00 EUR; 20.5 SEK,1200\r\n"
    )


def test_the_sheet_form_has_semicolons_decimal_commas_a_mark_in_front_and_the_same_guard() -> None:
    text = written(Form.SHEET)
    assert text == (
        "\ufefftext;formula;day;gross;whole;owed;late\r\n"
        '"Müller; Söhne";\'=1+1;2026-01-31;-1190,50;1500;"119,00 EUR; 20,5 SEK";1200\r\n'
    )
    assert text.encode().startswith(b"\xef\xbb\xbf")


def test_both_forms_read_back_to_the_same_cells() -> None:
    plain = list(csv.reader(io.StringIO(written(Form.PLAIN))))
    sheet = list(csv.reader(io.StringIO(written(Form.SHEET).removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    assert [[cell.replace(",", ".") for cell in row] for row in sheet] == plain


def test_every_form_that_a_person_can_choose_is_one_of_files_and_nonsense_is_the_plain_one() -> None:
    assert {form.value for form in Form} == set(CsvForm.values)
    assert Form("odd") is Form.PLAIN


@pytest.mark.parametrize("path", LISTS)
def test_each_download_follows_the_person(path, client, db) -> None:
    person = make_user(role=Role.VIEWER)
    client.force_login(person)
    make_invoice(make_source(), gross="1190", customer=CustomerRecord(external_id="1", name="A; B"))
    plain = b"".join(client.get(f"{path}export.csv").streaming_content)
    person.csv_form = CsvForm.SHEET
    person.save()
    sheet = b"".join(client.get(f"{path}export.csv").streaming_content)
    assert sheet.startswith(b"\xef\xbb\xbf")
    assert not plain.startswith(b"\xef\xbb\xbf")
    headers = sheet.decode("utf-8-sig").splitlines()[0]
    assert headers.split(";") == plain.decode().splitlines()[0].split(",")


def test_amounts_of_the_invoices_have_the_decimal_comma_and_dates_stay(client, db) -> None:
    client.force_login(make_user(role=Role.VIEWER, csv_form=CsvForm.SHEET))
    make_invoice(make_source("Main"), gross="1190", number="RE1")
    text = b"".join(client.get("/invoices/export.csv").streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["gross"], row["issue_date"], row["source"]) == ("1190,00", "2026-11-01", "Main")


def test_the_command_writes_the_plain_form_unless_told(tmp_path, db) -> None:
    make_invoice(make_source(), gross="1190")
    plain, sheet = tmp_path / "plain.csv", tmp_path / "sheet.csv"
    call_command("export_invoices", format="csv", output=str(plain), stdout=io.StringIO())
    call_command("export_invoices", format="csv", csv_form="sheet", output=str(sheet), stdout=io.StringIO())
    assert b"1190.00" in plain.read_bytes()
    assert sheet.read_bytes().startswith(b"\xef\xbb\xbf")
    assert b";1190,00;" in sheet.read_bytes()


def test_the_command_refuses_a_form_it_does_not_know(tmp_path, db) -> None:
    with pytest.raises(CommandError, match="“odd” is not a form of CSV"):
        call_command("export_invoices", format="csv", csv_form="odd", output=str(tmp_path / "x"))
    assert not list(tmp_path.iterdir())
