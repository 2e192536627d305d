"""Uploads that nothing names are removed, and no others."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from arapp.documents.files import keep
from arapp.documents.models import StoredFile
from arapp.documents.versions import store_version
from arapp.outbox.models import Intent

PDF = b"%PDF-1.7 a paper"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_only_old_files_that_nothing_names_are_removed(source, invoice, capsys):
    sent, attached, left, fresh = (keep(PDF, f"{name}.pdf") for name in "abcd")
    shown = store_version(invoice, "", "v1", PDF, "RE1.pdf")
    Intent.objects.create(source=source, kind="invoice.upload", data={"file": sent.name})
    Intent.objects.create(source=source, kind="invoice.email", data={"attachments": [attached.name]})
    Intent.objects.create(source=source, kind="payment.create", data={"amount": "1.00"})
    StoredFile.objects.exclude(pk=fresh.pk).update(created_at=timezone.now() - timedelta(days=2))
    call_command("forget_files")
    assert capsys.readouterr().out == "Files removed: 1\n"
    assert set(StoredFile.objects.all()) == {sent, attached, fresh, shown}
    on_disk = {path.name for path in (Path(settings.DATA_DIR) / "files").iterdir()}
    assert on_disk == {file.name for file in (sent, attached, fresh, shown)}
    assert left.name not in on_disk
