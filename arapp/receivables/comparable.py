"""What of two invoices is compared, as the index of it has it. Apart from the models, which name the index."""

from django.db.models import Q
from django.db.models.functions import Trim, Upper

NUMBER_COMPARED = Upper(Trim("number"))
"""Without spaces around it, whatever the case (SQLite knows the case of ASCII letters alone)."""

COMPARABLE = Q(gone_at=None, gross__isnull=False) & ~Q(number="") & ~Q(currency="")
"""Still there, with a number and an amount."""
