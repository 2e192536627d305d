"""Invoices that only their id names are found by it, those read before as well."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat

from arapp.receivables.references import is_drawn

CHUNK = 2_000


def add_ids(apps, schema_editor):
    texts = apps.get_model("receivables", "SearchText").objects
    numberless = apps.get_model("receivables", "Invoice").objects.filter(number="").order_by("pk")
    last = 0
    while rows := list(numberless.filter(pk__gt=last).values_list("pk", "short_id", "external_id")[:CHUNK]):
        for last, short_id, external_id in rows:
            if not short_id or is_drawn(short_id):
                id = external_id.casefold()
                text = Concat(F("text"), Value(f"\n{id}"))
                texts.filter(invoice=last).exclude(text__contains=id).update(text=text)


class Migration(migrations.Migration):
    dependencies = [("receivables", "0008_claims_by_amount")]

    operations = [migrations.RunPython(add_ids, migrations.RunPython.noop, elidable=True)]
