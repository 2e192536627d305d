"""Our words and Billogram's for the same fields (reference sections 4 to 6), and how each value is written."""

CUSTOMER = {
    "name": "name",
    "kind": "company_type",
    "org_no": "org_no",
    "vat_no": "vat_no",
    "language": "language",
    "note": "notes",
}
CONTACT = {"contact": "name", "email": "email", "phone": "phone"}
ADDRESS = {
    "street": "address_line_1",
    "street2": "address_line_2",
    "careof": "careof",
    "attention": "attention",
    "zip": "zipcode",
    "city": "city",
    "state": "administrative_area",
    "country": "country",
}
"""The spelling of today (section 4); ``street_address`` is only read."""
PLACES = {"address": ADDRESS, "delivery_address": {"name": "name", **ADDRESS}}

ITEM = {
    "title": "title",
    "description": "description",
    "unit": "unit",
    "unit_price": "price",
    "vat_rate": "vat",
}
LINE = {**ITEM, "item": "item_no", "quantity": "count", "discount": "discount"}

INVOICE = {
    "issue_date": "invoice_date",
    "due_date": "due_date",
    "due_days": "due_days",
    "currency": "currency",
    "invoice_fee": "invoice_fee",
    "reminder_fee": "reminder_fee",
    "interest_rate": "interest_rate",
    "automatic_reminders": "automatic_reminders",
}
INFO = {
    "reference": "your_reference",
    "our_reference": "our_reference",
    "order_no": "order_no",
    "order_date": "order_date",
    "delivery_date": "delivery_date",
    "note": "message",
}
REMINDER_STEP = {"days": "delay_days", "body": "message"}
COLLECTION = {"days": "delay_days", "amount": "amount"}

AMOUNTS = frozenset("unit_price vat_rate quantity discount invoice_fee reminder_fee interest_rate amount".split())
"""Exact numbers: money, percentages, counts."""
WHOLE = frozenset(("days", "due_days"))
YES_NO = frozenset(("automatic_reminders",))
DAYS = frozenset("issue_date due_date order_date delivery_date".split())
FREELY_SPACED = frozenset("zip org_no vat_no phone".split())
"""What the service may give back with or without spaces and hyphens (section 4: zip codes come back without)."""
CODES = frozenset(("country", "currency"))
"""What is written in capitals."""
SET_BY_SERVICE = frozenset("number kind language country unit".split())
"""What it fills in where nothing was sent."""
DEFAULTED = SET_BY_SERVICE | frozenset(
    "issue_date due_date due_days currency invoice_fee reminder_fee interest_rate".split()
)
"""What null resets to a default, which may be any value (section 1.2)."""
