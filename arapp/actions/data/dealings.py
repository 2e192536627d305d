"""The data of what is done with an invoice: issued, delivered, paid, credited, chased, given up."""

from django.utils.translation import gettext_lazy as _

from arapp.actions.data.invoices import PAYMENT_METHODS
from arapp.actions.fields import BILLOGRAM, BILLOMAT, BILLOVER, Field
from arapp.receivables.models import ChoiceKind
from arapp.receivables.words import DELIVERY_METHODS

AGAIN_METHODS = ("Email", "Letter", "SMS")
CREDIT_METHODS = ("Email", "Letter", "SMS", "Efaktura", "EDI", "DoNotNotify")
"""Billogram's words (reference 6.7)."""
PAPER_WEIGHTS = ("80", "90")

NOTE = (Field("note", _("Note"), "long", limit=2_000),)
REASON = (Field("note", _("Reason"), "long", required=True, limit=2_000),)
SEND = (Field("method", _("Delivery"), "choice", choices=DELIVERY_METHODS), *NOTE)
COMPLETE = (Field("template", _("Template"), "option", of=ChoiceKind.TEMPLATE), *NOTE)
RESEND = (Field("method", _("Delivery"), "choice", choices=AGAIN_METHODS),)

_ATTACHMENTS = Field("attachments", _("Attachments"), "files")
_TO = Field("to", _("To"), "emails", required=True)
_COPIES = (Field("cc", _("Copy to"), "emails"), Field("bcc", _("Blind copy to"), "emails"))
_LETTER = (Field("subject", _("Subject")), Field("body", _("Text"), "long", limit=10_000))
EMAIL = (
    _TO,
    *_COPIES,
    *_LETTER,
    Field("from", _("From"), "email"),
    Field("filename", _("Name of the file"), limit=100),
    Field("template", _("E-mail template"), "option", of=ChoiceKind.EMAIL_TEMPLATE),
    _ATTACHMENTS,
)
MAIL = (
    Field("color", _("In colour"), "yes"),
    Field("duplex", _("On both sides"), "yes"),
    Field("paper_weight", _("Paper in g/m²"), "choice", choices=PAPER_WEIGHTS),
    _ATTACHMENTS,
)
MESSAGE = (Field("body", _("Message"), "long", required=True, limit=2_000),)
FILE = (Field("file", _("File"), "file", required=True),)
PDF = (
    Field("type", _("Version"), "choice", choices=("print", "signed"), services=BILLOMAT),
    Field(
        "paper", _("Document"), limit=200, services=BILLOGRAM | BILLOMAT, help=_("One of the invoice's documents.")
    ),
)

PAYMENT = (
    Field("amount", _("Amount"), "amount", required=True),
    Field("date", _("Date"), "day", services=BILLOMAT | BILLOVER),
    Field("method", _("Method"), "choice", choices=PAYMENT_METHODS, services=BILLOMAT | BILLOVER),
    Field("note", _("Note"), "long", limit=2_000, services=BILLOMAT | BILLOVER),
    Field(
        "mark_as_paid",
        _("Mark as paid"),
        "yes",
        services=BILLOMAT,
        help=_("Nothing is owed afterwards, whatever is left."),
    ),
    Field("overpaid", _("More than what is open"), "yes", services=BILLOVER),
)
GONE_PAYMENT = (Field("payment", _("Payment"), required=True, limit=200),)

_POSITION = (
    Field("position", _("Line"), "integer", required=True, lowest=1),
    Field("quantity", _("Quantity"), "decimal", required=True),
)
CREDIT = (
    Field("mode", _("Credit"), "choice", required=True, choices=("full", "remaining", "amount", "items")),
    Field("amount", _("Amount"), "amount", help=_("Gross.")),
    Field("lines", _("Lines"), "rows", fields=_POSITION),
    Field("method", _("Delivery"), "choice", choices=CREDIT_METHODS, services=BILLOGRAM),
    Field("note", _("Note"), "long", limit=2_000, services=BILLOMAT),
)
CREDIT_PAYMENT = (
    Field("mode", _("Paid out"), "choice", required=True, choices=("remaining", "amount")),
    Field("amount", _("Amount"), "amount"),
)
REMIND = (
    Field("method", _("Delivery"), "choice", choices=AGAIN_METHODS, services=BILLOGRAM),
    Field("body", _("Message"), "long", limit=2_000, services=BILLOGRAM),
    Field("date", _("Date"), "day", services=BILLOMAT),
    Field("due_days", _("Days to pay"), "integer", lowest=0, services=BILLOMAT),
    Field("subject", _("Subject"), services=BILLOMAT),
    Field("intro", _("Intro"), "long", limit=5_000, services=BILLOMAT),
    Field("note", _("Closing text"), "long", limit=5_000, services=BILLOMAT),
    Field("to", _("E-mail it to"), "emails", services=BILLOMAT),
)
_REMINDER = Field("reminder", _("Reminder"), required=True, limit=200)
REMINDER_EMAIL = (_REMINDER, _TO, *_COPIES, *_LETTER)
GONE_REMINDER = (_REMINDER,)
RESPITE = (Field("date", _("Until"), "day", required=True),)
COMMENT = (Field("body", _("Comment"), "long", required=True, limit=5_000),)
TAGS = (Field("tags", _("Add"), "texts", limit=100), Field("remove", _("Remove"), "texts", limit=100))
REPORT = (
    Field("report", _("Report"), required=True, limit=200),
    Field(
        "by",
        _("By"),
        "words",
        limit=20,
        services=BILLOMAT,
        help=_("client, status, day, week, month or year; several with commas."),
    ),
    Field("from", _("From"), "day", services=BILLOMAT | BILLOVER),
    Field("to", _("To"), "day", services=BILLOMAT | BILLOVER),
    Field("format", _("Format"), limit=10, services=BILLOMAT),
)
