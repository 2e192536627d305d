"""The numbers by which customers are known to be one company, as they are compared and as their index has them."""

from django.db.models import Case, Index, Q, Value, When
from django.db.models.functions import Length, Replace, Substr, Upper
from django.db.models.lookups import Exact

BETWEEN = (" ", "\u00a0", "-", "\u2013", ".", "/")
"""What people write between the parts of a number."""

NUMBERS = ("org_no", "vat_no")
"""The fields of a customer that hold one."""


def compared(field: str) -> Case:
    """A number without what stands between its parts, in capitals.

    A Swedish VAT number (SE, ten digits, 01) is the organisation number in it, and so is one behind its century 16.
    """
    bare = Upper(field)
    for mark in BETWEEN:
        bare = Replace(bare, Value(mark))
    vat = Q(Exact(Length(bare), 14)) & Q(Exact(Substr(bare, 1, 2), "SE")) & Q(Exact(Substr(bare, 13, 2), "01"))
    century = Q(Exact(Length(bare), 12)) & Q(Exact(Substr(bare, 1, 2), "16"))
    return Case(When(vat | century, then=Substr(bare, 3, 10)), default=bare)


def numbered(field: str) -> Q:
    """Still there, with this number."""
    return Q(gone_at=None) & ~Q(**{field: ""})


def index_of(field: str) -> Index:
    return Index(compared(field), include=["id", field], condition=numbered(field), name=f"customer_by_{field}")
