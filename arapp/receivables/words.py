"""The words of the mirror's columns, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from arapp.receivables import records


class Service(models.TextChoices):
    BILLOGRAM = "billogram", "Billogram"
    BILLOVER = "billover", "BillOver"
    BILLOMAT = "billomat", "Billomat"


class CountsAs(models.TextChoices):
    RECEIVABLE = "receivable", _("Receivables")
    OTHER = "other", _("Other documents")


class SecondPerson(models.TextChoices):
    """Whether a draft may be issued, and an invoice credited or written off, by who prepared it."""

    ALWAYS = "always", _("Always")
    ABOVE = "above", _("Above an amount")
    NEVER = "never", _("Never")


class Kind(models.TextChoices):
    INVOICE = records.INVOICE, _("Invoice")
    CREDIT_NOTE = records.CREDIT_NOTE, _("Credit note")


class State(models.TextChoices):
    DRAFT = records.DRAFT, _("Draft")
    OPEN = records.OPEN, _("Open")
    COLLECTION = records.COLLECTION, _("In collection")
    PAID = records.PAID, _("Paid")
    CREDITED = records.CREDITED, _("Credited")
    CANCELLED = records.CANCELLED, _("Cancelled")
    SOLD = records.SOLD, _("Sold")
    CLOSED = records.CLOSED, _("Closed")
    UNKNOWN = records.UNKNOWN, _("Unknown")


class MovementKind(models.TextChoices):
    PAYMENT = "payment", _("Payment")
    CREDIT = "credit", _("Credit")
    FEE = "fee", _("Fee")
    INTEREST = "interest", _("Interest")
    DISCOUNT = "discount", _("Discount")
    WRITE_OFF = "write_off", _("Write-off")
    RECALL = "recall", _("Recall")


class PaperKind(models.TextChoices):
    DEBIT = "debit", _("Invoice")
    CREDIT = "credit", _("Credit invoice")
    REMINDER = "reminder", _("Reminder")
    LETTER = "letter", _("Letter")


DELIVERY_METHODS = ("Email", "Letter", "SMS", "Email+Letter", "SMS+Letter", "Efaktura", "Einvoice", "EDI")
"""Billogram's words for how an ordinary invoice is sent (reference 6.7)."""
