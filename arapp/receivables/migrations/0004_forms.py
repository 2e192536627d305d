from django.db import migrations


def read_anew(apps, schema_editor):
    """What fills in the new columns is in the payloads: customers with their next walk, drafts with their details."""
    apps.get_model("receivables", "Customer").objects.update(row_digest="")
    drafts = apps.get_model("receivables", "Invoice").objects.filter(state="draft")
    drafts.update(detail_due=True, detail_digest="")


class Migration(migrations.Migration):
    dependencies = [("receivables", "0003_life")]
    operations = [migrations.RunPython(read_anew, migrations.RunPython.noop)]
