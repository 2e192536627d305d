"""The view behind the list of payments. A later migration that rebuilds one of its two tables drops the view before
and makes it again after: SQLite refuses to rename a table that a view reads.
"""

from django.conf import settings
from django.db import migrations, models

VIEW = """
CREATE VIEW lists_moved AS
SELECT id, invoice_id, kind, date, amount, currency, method, text, external_id, NULL AS person_id, NULL AS deleted_at
FROM receivables_movement
UNION ALL
SELECT -id, invoice_id, 'payment', date, amount, currency, method, note, '', person_id, deleted_at
FROM kept_keptpayment
"""
INDEXES = {
    # Django's icontains compares UPPER(column) with UPPER(value).
    "movement_text_trigrams": "receivables_movement USING gin (UPPER(text) gin_trgm_ops)",
    "kept_payment_note_trigrams": "kept_keptpayment USING gin (UPPER(note) gin_trgm_ops)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, what in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("lists", "0001_desk"),
        ("receivables", "0004_forms"),
        ("kept", "0001_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "movement",
                "verbose_name_plural": "movements",
                "db_table": "lists_moved",
                "ordering": ["-date", "-id"],
                "managed": False,
            },
        ),
        migrations.RunSQL(VIEW, "DROP VIEW lists_moved"),
        migrations.RunPython(create, drop),
    ]
