"""Indexes that only PostgreSQL has: trigrams for part matches, dates from the newest with none last, sums by id."""

from django.db import migrations

INDEXES = {
    "searchtext_trigrams": "receivables_searchtext USING gin (text gin_trgm_ops)",
    "customer_search_trigrams": "receivables_customer USING gin (search gin_trgm_ops)",
    "invoice_undecidable": "receivables_invoice (id) WHERE gone_at IS NOT NULL OR gross IS NULL OR state = 'unknown'",
    "invoice_issued_last": "receivables_invoice (issue_date DESC NULLS LAST, id DESC)",
    "invoice_due_last": "receivables_invoice (due_date DESC NULLS LAST, id DESC)",
    # Totals and order of a few thousand invoices found by id, out of the index alone.
    "invoice_sums": "receivables_invoice (id) INCLUDE (currency, gross, open, created_at)",
    # Django's icontains compares UPPER(column) with UPPER(value).
    "invoice_number_trigrams": "receivables_invoice USING gin (UPPER(number) gin_trgm_ops)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, what in INDEXES.items():
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {what}")


def drop(apps, schema_editor):
    """The extension stays: other databases' users may rely on it, and it does no harm."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in INDEXES:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("receivables", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
