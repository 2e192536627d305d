"""Words of the services that people meet every day, so that they are translated; all others are shown as they come.

English is what ``shown.spoken`` makes of the service's own word. What ``upstreams.billogram.activity.sentence`` makes
of an event's data is put together of the fragments here.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as known

WORDS = frozenset(
    (
        # What happened: Billogram
        known("Billogram created"),
        known("Billogram sent"),
        known("Billogram ended"),
        known("Billogram sold"),
        known("Deleted"),
        known("Data change"),
        known("Invoice sent"),
        known("Resent"),
        known("Delivery accepted"),
        known("Delivery failed"),
        known("Email not accepted"),
        known("Letter sent"),
        known("Delivery sms failed"),
        known("Sms not accepted"),
        known("Efaktura sent"),
        known("Efaktura failed"),
        known("Payment"),
        known("Credit"),
        known("Overpayment adjustment"),
        known("Overpayment customer liability"),
        known("Writeoff"),
        known("Writedown"),
        known("Revert writedown"),
        known("Payment recalled"),
        known("Overdue"),
        known("Reminder sent"),
        known("Interest started"),
        known("Respite"),
        known("Respite removed"),
        known("Collection"),
        known("Collector payment"),
        known("Collection ended"),
        known("Collection cancelled"),
        known("Collection status update"),
        known("Factoring request"),
        known("Factoring denied"),
        known("Factoring credit request"),
        known("Factoring credit request denied"),
        known("Customer message"),
        known("Creditor message"),
        known("Sale accepted"),
        # Billomat and BillOver
        known("Create"),
        known("Create from invoice"),
        known("Create from offer"),
        known("Create from recurring"),
        known("Create credit note"),
        known("Status"),
        known("Mail"),
        known("Error mail"),
        known("Cancel"),
        known("Comment"),
        known("Delete payment"),
        known("Sign"),
        known("Reminder create"),
        known("Reminder status"),
        known("Reminder mail"),
        known("Reminder letter"),
        known("Reminder cancel"),
        known("Reminder delete"),
        known("Created"),
        known("Processed"),
        known("Approved"),
        known("Rejected"),
        known("Failed"),
        known("Uploaded"),
        # Ways to pay
        known("Bank transfer"),
        known("Cash"),
        known("Credit card"),
        known("Debit"),
        known("Bank card"),
        known("Check"),
        known("Coupon"),
        known("Credit note"),
        known("Misc"),
        known("By hand"),
        known("Collector"),
        # Ways to deliver
        known("Email"),
        known("Letter"),
        known("Do not notify"),
        # Kinds and choices
        known("Business"),
        known("Individual"),
        known("Foreign business"),
        known("Foreign individual"),
        known("Product"),
        known("Service"),
        known("Net"),
        known("Gross"),
        known("Print"),
        known("Signed"),
        known("Supply date"),
        known("Delivery date"),
        known("Supply text"),
        known("Delivery text"),
        known("Unit"),
        known("Hour"),
        known("Day"),
        known("Month"),
    )
)

FRAGMENTS = (
    known("%(x)s taken back"),
    known("fee %(x)s"),
    known("sold for %(x)s"),
    known("invoice %(x)s"),
    known("instead of %(x)s"),
    known("the collector's reference %(x)s"),
    known("the partner's reference %(x)s"),
    known("registered by hand"),
    known("from %(x)s"),
    known("by %(x)s"),
    known("to %(x)s"),
    known("until %(x)s"),
    known("on %(x)s"),
)
_PATTERNS = [(re.compile(re.escape(text).replace(re.escape("%(x)s"), "(.+)")), text) for text in FRAGMENTS]


def in_words(text: str) -> str:
    """A word of a service as a person would write it, translated where it is one that we know."""
    return _(text) if text in WORDS else text


def fragments_in(sentence: str) -> list[tuple[str, str]]:
    """A sentence about an event's data as texts of ours, each with its value; a value alone where it is none."""
    parts = sentence.removesuffix(".").split(", ")
    parts[0] = parts[0][:1].lower() + parts[0][1:]
    return [_fragment(part) for part in parts]


def _fragment(part: str) -> tuple[str, str]:
    matches = ((text, pattern.fullmatch(part)) for pattern, text in _PATTERNS)
    return next(((text, found[1] if found.groups() else "") for text, found in matches if found), ("", part))
