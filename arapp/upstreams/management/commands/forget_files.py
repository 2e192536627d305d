"""``manage.py forget_files``: removes uploads that no action came to name, a day after they came."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from arapp.documents.files import forget, names_in
from arapp.documents.models import StoredFile
from arapp.outbox.models import Intent

STILL_WANTED = timedelta(days=1)
"""So long a form that was sent with a mistake may still be sent again."""


class Command(BaseCommand):
    help = "Remove uploaded files that no action names, a day after they came."

    def handle(self, *args: Any, **options: Any) -> None:
        found = Intent.objects.filter(data__has_any_keys=["file", "attachments"]).values_list("data", flat=True)
        named = {name for data in found.iterator() for name in names_in(data)}
        old = StoredFile.objects.filter(invoicedocument=None, created_at__lt=timezone.now() - STILL_WANTED)
        unnamed = [file for file in old if file.name not in named]
        for file in unnamed:
            forget(file)
        self.stdout.write(f"Files removed: {len(unnamed)}")
