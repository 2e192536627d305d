"""Billomat's own words: enumerations (reference section 5) and the sentences it writes into comments."""

INVOICE_STATUS = ("DRAFT", "OPEN", "OVERDUE", "PAID", "CANCELED")
CREDIT_NOTE_STATUS = ("DRAFT", "OPEN", "PAID", "CANCELED")
INVOICE_PAYMENTS = (
    *("CREDIT_NOTE", "BANK_CARD", "BANK_TRANSFER", "DEBIT", "CASH", "CHECK", "PAYPAL", "CREDIT_CARD"),
    *("COUPON", "MISC", "INVOICE_CORRECTION"),
)
CREDIT_NOTE_PAYMENTS = ("CREDIT_NOTE", "BANK_TRANSFER", "DEBIT", "CASH", "PAYPAL", "CREDIT_CARD", "MISC")

ENUMERATIONS: dict[str, tuple[str, ...]] = {
    "NET_GROSS": ("NET", "GROSS"),
    "CLIENT_NET_GROSS": ("NET", "GROSS", "SETTINGS"),
    "TAX_RULE": ("TAX", "NO_TAX", "COUNTRY"),
    "TERM": ("SETTINGS", "ABSOLUTE", "RELATIVE"),
    "ITEM_TYPE": ("PRODUCT", "SERVICE"),
    "SUPPLY": ("SUPPLY_DATE", "DELIVERY_DATE", "SUPPLY_TEXT", "DELIVERY_TEXT"),
    "INVOICE_PAYMENT": INVOICE_PAYMENTS,
    "CREDIT_NOTE_PAYMENT": CREDIT_NOTE_PAYMENTS,
    "TEMPLATE_TYPE": (*("INVOICE", "OFFER", "CONFIRMATION", "REMINDER", "DELIVERY_NOTE", "CREDIT_NOTE", "LETTER"),),
    "PROPERTY_TYPE": ("TEXTFIELD", "TEXTAREA", "CHECKBOX"),
}

ACTION_KEYS = (
    *("COMMENT", "CREATE", "COPY", "CREATE_FROM_OFFER", "CREATE_FROM_INVOICE", "CREATE_FROM_RECURRING"),
    *("STATUS", "PAYMENT", "PAYMENT_ERROR", "DELETE_PAYMENT", "MAIL", "LETTER", "FAX", "SIGN", "SIGN_MAIL"),
    *("CANCEL", "ERROR_MAIL", "CREATE_CREDIT_NOTE", "REMINDER_CREATE", "REMINDER_STATUS", "REMINDER_MAIL"),
    *("REMINDER_ERROR_MAIL", "REMINDER_LETTER", "REMINDER_FAX", "REMINDER_SIGN", "REMINDER_SIGN_MAIL"),
    *("REMINDER_CANCEL", "REMINDER_DELETE"),
)

SENTENCES: dict[str, tuple[str, str]] = {
    "CREATE": ("{name} erstellt.", "{name} created."),
    "CREATE_FROM_INVOICE": ("{name} aus einer Rechnung erstellt.", "{name} created from an invoice."),
    "CREATE_FROM_OFFER": ("{name} aus einem Angebot erstellt.", "{name} created from an estimate."),
    "CREATE_FROM_RECURRING": ("{name} aus einer Abo-Rechnung erstellt.", "{name} created from a recurring."),
    "CREATE_CREDIT_NOTE": ("Gutschrift erstellt.", "Credit note created."),
    "STATUS": ("Status geändert in {status}.", "Status changed to {status}."),
    "PAYMENT": (
        "Zahlung über {amount} verbucht. Status: {status}.",
        "Payment of {amount}. Status: {status}.",
    ),
    "DELETE_PAYMENT": ("Zahlung über {amount} gelöscht.", "Payment of {amount} deleted."),
    "MAIL": ("{name} per E-Mail an {to} versendet.", "{name} sent by e-mail to {to}."),
    "ERROR_MAIL": (
        "{name} konnte nicht per E-Mail an {to} zugestellt werden.",
        "{name} could not be delivered by e-mail to {to}.",
    ),
    "LETTER": ("{name} per Post versendet.", "{name} sent by mail."),
    "SIGN": ("Signatur hochgeladen.", "Signature uploaded."),
    "CANCEL": ("{name} storniert.", "{name} canceled."),
    "REMINDER_CREATE": ("Mahnung erstellt.", "Reminder created."),
    "REMINDER_STATUS": ("Mahnung: Status geändert in {status}.", "Reminder: status changed to {status}."),
    "REMINDER_MAIL": ("Mahnung per E-Mail an {to} versendet.", "Reminder sent by e-mail to {to}."),
    "REMINDER_ERROR_MAIL": (
        "Mahnung konnte nicht per E-Mail an {to} zugestellt werden.",
        "Reminder could not be delivered by e-mail to {to}.",
    ),
    "REMINDER_LETTER": ("Mahnung per Post versendet.", "Reminder sent by mail."),
    "REMINDER_SIGN": ("Mahnung: Signatur hochgeladen.", "Reminder: signature uploaded."),
    "REMINDER_CANCEL": ("Mahnung storniert.", "Reminder canceled."),
    "REMINDER_DELETE": ("Mahnung gelöscht.", "Reminder deleted."),
}

STATUS_WORDS: dict[str, tuple[str, str]] = {
    "DRAFT": ("Entwurf", "draft"),
    "OPEN": ("offen", "open"),
    "OVERDUE": ("überfällig", "overdue"),
    "PAID": ("bezahlt", "paid"),
    "CANCELED": ("storniert", "canceled"),
}


def sentence(key: str, language: str, **facts: str) -> str:
    """The text of an automatic comment; ``language`` is what ``Accept-Language`` asked for."""
    at = 1 if language.lower().startswith("en") else 0
    if "status" in facts:
        facts["status"] = STATUS_WORDS[facts["status"]][at]
    return SENTENCES[key][at].format(**facts)
