"""The command that writes the list to a file: what it writes, says and refuses, and with which exit code."""

import errno
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from arapp.lists.management.commands import export_invoices
from tests.conftest import make_invoice, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def some():
    source = make_source("Nord")
    make_invoice(source, external_id="a")
    make_invoice(source, external_id="b", state="paid", open="0")


def export(output: object, form: str = "csv", query: str = "") -> str:
    out = io.StringIO()
    call_command("export_invoices", format=form, output=str(output), filter=query, stdout=out)
    return out.getvalue()


def refused(code: int, *args: object) -> str:
    with pytest.raises(CommandError) as error:
        export(*args)
    assert error.value.returncode == code
    return str(error.value)


def test_it_writes_the_filtered_rows_and_says_how_many_and_how_much(some, tmp_path):
    said = export(tmp_path / "x.csv", "csv", "?state=paid&page=7")
    assert said == "1 row written.\nEUR: gross 119.00, open 0.00 (1)\n"
    text = (tmp_path / "x.csv").read_bytes().decode()
    assert text.count("\r\n") == 2
    assert ",paid," in text


def test_it_writes_xlsx(some, tmp_path):
    assert export(tmp_path / "x.xlsx", "xlsx").startswith("2 rows written.")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").active.max_row == 3


def test_it_replaces_what_was_there(some, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("old")
    export(file)
    assert file.read_text().startswith("source,")
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_a_link_stays_a_link(some, tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    export(tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("source,")


@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), DatabaseError("gone"), KeyboardInterrupt()]
)
def test_a_run_cut_off_leaves_what_was_there_and_nothing_beside_it(some, tmp_path, monkeypatch, failure):
    def lines(*_args):
        yield b"half"
        raise failure

    monkeypatch.setattr(export_invoices, "csv_lines", lines)
    file = tmp_path / "x.csv"
    file.write_text("old")
    if isinstance(failure, KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            export(file)
    else:
        assert refused(1, file)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


@pytest.mark.parametrize(
    ("form", "query", "words"),
    [
        ("pdf", "", "pdf"),
        ("csv", "state=opne", "opne"),
        ("csv", "stat=open", "stat"),
        ("csv", "amount_min=abc", "amount_min"),
        ("csv", "sort=colour", "colour"),
        ("csv", "q=%00", "q:"),
        ("csv", "q=\udcff", "q:"),
        ("csv", "&".join(f"q={n}" for n in range(7_000)), "too many"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_and_writes_nothing(some, tmp_path, form, query, words):
    assert words in refused(2, tmp_path / "x.csv", form, query)
    assert not list(tmp_path.iterdir())


def test_more_rows_than_a_sheet_takes_are_refused(some, tmp_path, monkeypatch):
    monkeypatch.setattr("arapp.lists.xlsx.MOST_ROWS", 1)
    assert "2 rows do not fit" in refused(2, tmp_path / "x.xlsx", "xlsx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["missing/x.csv", "."])
def test_a_place_that_cannot_be_written_fails_with_a_sentence(some, tmp_path, place):
    assert "Cannot write" in refused(1, tmp_path / place)


def test_a_device_is_written_to_and_stays(some):
    export(os.devnull)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_dash_writes_to_the_standard_output(some, capfdbinary):
    call_command("export_invoices", format="csv", output="-")
    said = capfdbinary.readouterr()
    assert said.out.startswith(b"source,service,")
    assert b"2 rows written." in said.err


def test_an_empty_list_is_written_with_its_header(db, tmp_path):
    assert export(tmp_path / "x.csv") == "0 rows written.\n"
    assert (tmp_path / "x.csv").read_text().startswith("source,")


def run(tmp_path: Path, *arguments: str, **streams: object) -> subprocess.CompletedProcess:
    """As a process of its own: what Python says while it ends belongs to what the person sees."""
    url = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    clean = {
        name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    }
    streams.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=Path(__file__).resolve().parents[2],
        env=clean | {"ARAPP_DATA": str(tmp_path), "DATABASE_URL": url},
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        **streams,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    assert run(folder, "migrate", "--verbosity", "0").returncode == 0
    return folder


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_full_disk_gets_one_sentence(form, place):
    done = run(place, "export_invoices", "--format", form, "--output", "/dev/full")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "Cannot write" in done.stderr


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_full_disk_behind_the_standard_output_gets_one_sentence(form, place):
    with open("/dev/full", "wb") as full:
        done = run(place, "export_invoices", "--format", form, "--output", "-", stdout=full)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "Cannot write" in done.stderr


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_reader_that_went_away_gets_one_sentence(form, place):
    read, write = os.pipe()
    os.close(read)
    try:
        done = run(place, "export_invoices", "--format", form, "--output", "-", stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "Cannot write" in done.stderr


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_disk_that_is_full_in_the_end_leaves_what_was_there(form, some, tmp_path, monkeypatch):
    """Some file systems say so only when the file is forced onto the disk."""

    def full(_number):
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / f"x.{form}"
    file.write_text("old")
    monkeypatch.setattr(export_invoices.os, "fsync", full)
    assert "No space left" in refused(1, file, form)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
