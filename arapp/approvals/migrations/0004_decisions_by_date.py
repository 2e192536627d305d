"""The order of the list of decisions; on PostgreSQL trigrams for what people wrote."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

NOTES = "CREATE INDEX IF NOT EXISTS decision_note_trigrams ON approvals_decision USING gin (UPPER(note) gin_trgm_ops)"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NOTES)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS decision_note_trigrams")


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_desk"), ("receivables", "0002_postgresql")]
    operations = [
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(Coalesce("at", "recorded_at").desc(), models.F("id").desc(), name="decision_newest"),
        ),
        migrations.RunPython(create, drop),
    ]
