"""The data of an invoice that is made, changed or uploaded."""

from django.utils.translation import gettext_lazy as _

from arapp.actions.data.parties import UNITS
from arapp.actions.fields import BILLOGRAM, BILLOMAT, BILLOVER, Field
from arapp.receivables.models import ChoiceKind
from arapp.receivables.words import DELIVERY_METHODS

PAYMENT_METHODS = tuple("bank_transfer cash credit_card debit paypal bank_card check coupon credit_note misc".split())
"""Billomat's payment types (reference 5.3), in lower case."""
SUPPLY_TYPES = ("supply_date", "delivery_date", "supply_text", "delivery_text")
ISSUING = BILLOGRAM | BILLOMAT

LINE = (
    Field("item", _("Item"), "item"),
    Field("title", _("Title"), limit=100, services=BILLOGRAM),
    Field("title", _("Title"), services=BILLOMAT),
    Field("description", _("Description"), "long", limit=200, services=BILLOGRAM),
    Field("description", _("Description"), "long", limit=5_000, services=BILLOMAT),
    Field("quantity", _("Quantity"), "decimal", required=True),
    Field("unit", _("Unit"), "choice", choices=UNITS, services=BILLOGRAM),
    Field("unit", _("Unit"), limit=60, services=BILLOMAT),
    Field("unit_price", _("Unit price"), "decimal", places=2, services=BILLOGRAM),
    Field("unit_price", _("Unit price"), "decimal", services=BILLOMAT),
    Field("vat_rate", _("VAT %"), "percent", places=2),
    Field("vat_name", _("Name of the tax"), limit=100, services=BILLOMAT),
    Field("discount", _("Discount"), "amount", lowest=0, help=_("An amount, off the line."), services=BILLOGRAM),
    Field("discount", _("Discount"), "reduction", help=_("An amount or a percentage."), services=BILLOMAT),
)
_STEP = (
    Field("days", _("Days"), "integer", required=True, lowest=0),
    Field("body", _("Message"), "long", limit=2_000),
)
_COLLECTION = (
    Field("days", _("Days"), "integer", lowest=0),
    Field("amount", _("From this amount"), "amount", lowest=0),
)


def _choose(name: str, label: str, kind: str) -> Field:
    return Field(name, label, "option", of=kind, services=BILLOMAT)


_DATES = (
    Field("issue_date", _("Invoice date"), "day"),
    Field("due_date", _("Due date"), "day", services=ISSUING),
    Field("due_days", _("Days to pay"), "integer", lowest=0, services=ISSUING),
)
_REFERENCES = (
    Field("currency", _("Currency"), limit=3, help=_("Three letters, such as EUR.")),
    Field("currency_rate", _("Exchange rate"), "decimal", lowest=0, services=BILLOMAT),
    Field("reference", _("Customer's reference"), services=BILLOGRAM),
    Field("our_reference", _("Our reference"), services=BILLOGRAM),
    Field("order_no", _("Order number"), services=BILLOGRAM),
    Field("order_date", _("Order date"), "day", services=BILLOGRAM),
    Field("delivery_date", _("Delivery date"), "day", services=BILLOGRAM),
)
_TEXTS = (
    Field("title", _("Title"), services=BILLOMAT),
    Field("label", _("Label"), services=BILLOMAT),
    Field("intro", _("Intro"), "long", limit=5_000, services=BILLOMAT),
    Field("note", _("Text on the invoice"), "long", limit=5_000, services=ISSUING),
)
_TERMS = (
    Field("price_basis", _("Prices are"), "choice", choices=("net", "gross"), services=BILLOMAT),
    Field("reduction", _("Reduction"), "reduction", services=BILLOMAT),
    Field("cash_discount_rate", _("Cash discount in percent"), "percent", services=BILLOMAT),
    Field("cash_discount_days", _("Days of the cash discount"), "integer", lowest=0, services=BILLOMAT),
    Field("payment_types", _("Accepted ways to pay"), "texts", services=BILLOMAT, limit=40),
    Field("invoice_fee", _("Invoice fee"), "amount", lowest=0, services=BILLOGRAM),
    Field("reminder_fee", _("Reminder fee"), "amount", lowest=0, services=BILLOGRAM),
    Field("interest_rate", _("Interest in percent"), "percent", places=2, services=BILLOGRAM),
    Field("automatic_reminders", _("Automatic reminders"), "yes", services=BILLOGRAM),
    Field("reminder_steps", _("Steps of the reminders"), "rows", fields=_STEP, services=BILLOGRAM),
    Field("automatic_collection", _("Automatic collection"), "group", fields=_COLLECTION, services=BILLOGRAM),
)
_PRINTED = (
    _choose("contact", _("Contact"), ChoiceKind.CONTACT),
    _choose("free_text", _("Free text"), ChoiceKind.FREE_TEXT),
    _choose("template", _("Template"), ChoiceKind.TEMPLATE),
    Field("number_prefix", _("Number prefix"), limit=40, services=BILLOMAT),
    Field("number", _("Number"), "integer", lowest=1, services=BILLOMAT),
    Field("number_length", _("Number length"), "integer", lowest=0, services=BILLOMAT),
    Field("supply_date", _("Supplied"), limit=200, services=BILLOMAT),
    Field("supply_date_type", _("What that date is"), "choice", choices=SUPPLY_TYPES, services=BILLOMAT),
    Field("address", _("Address"), "long", limit=1_000, services=BILLOMAT),
    Field("corrects", _("Corrects the invoice"), limit=40, services=BILLOMAT),
)
EIGHT = (
    Field("gross", _("Gross"), "amount", lowest=0, services=BILLOVER),
    Field("vat", _("VAT"), "amount", lowest=0, services=BILLOVER),
    Field("number", _("Number"), limit=100, services=BILLOVER),
    Field("payment_type", _("Payment type"), limit=40, services=BILLOVER),
    Field("customer", _("Customer"), "customer", services=BILLOVER),
    Field("card", _("Card"), "option", of=ChoiceKind.CARD, services=BILLOVER),
)
"""With date and currency, the eight fields that BillOver takes (reference 6.2)."""

_ISSUED = (*_DATES, *_REFERENCES, *_TEXTS, *_TERMS, *_PRINTED)
NEW_INVOICE = (
    Field("customer", _("Customer"), "customer", required=True, services=ISSUING),
    Field("lines", _("Lines"), "rows", required=True, fields=LINE, services=ISSUING),
    *_ISSUED,
    Field("tags", _("Tags"), "texts", limit=100, services=BILLOMAT),
    Field("send", _("Send at once"), "yes", services=BILLOGRAM, help=_("Where one person may issue it alone.")),
    Field("method", _("Delivery"), "choice", choices=DELIVERY_METHODS, services=BILLOGRAM),
)
INVOICE = (
    Field("customer", _("Customer"), "customer", services=ISSUING),
    Field("lines", _("Lines"), "rows", fields=LINE, services=ISSUING),
    *_ISSUED,
    *EIGHT,
)
UPLOAD = (Field("file", _("File"), "file", required=True), _DATES[0], _REFERENCES[0], *EIGHT)
