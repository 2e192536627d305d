"""Amounts of all currencies on one scale, so that lists are ordered as they are read. For sorting alone."""

from django.db.models import BigIntegerField, Case, F, Value, When

from arapp.receivables.money import FOUR_DECIMALS, THREE_DECIMALS, ZERO_DECIMALS

SORTABLE = 9 * 10**14
"""Amounts beyond this many smallest units are sorted as if equal: scaled up they would not fit 64 bits."""


def whole_units(field: str, currency: str = "currency") -> Case:
    """The amount in 1/10,000 of a whole unit, so that amounts of all currencies are ordered as they are read."""
    capped = Case(
        When(**{f"{field}__gt": SORTABLE}, then=Value(SORTABLE)),
        When(**{f"{field}__lt": -SORTABLE}, then=Value(-SORTABLE)),
        default=F(field),
        output_field=BigIntegerField(),
    )
    factors = ((ZERO_DECIMALS, 10_000), (THREE_DECIMALS, 10), (FOUR_DECIMALS, 1))
    cases = [When(**{f"{currency}__in": sorted(codes)}, then=capped * Value(factor)) for codes, factor in factors]
    unknown = When(**{currency: ""}, then=Value(None))
    return Case(unknown, *cases, default=capped * Value(100), output_field=BigIntegerField())
