"""The glossary of the help page: words that are not the name of a state, a role or a button."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arapp.web.freshness import STALE_AFTER

MINUTE = timedelta(minutes=1)

GLOSSARY: Mapping[str, tuple[Promise, Promise]] = {
    "service": (_("Service"), _("What you bill with: Billogram, BillOver or Billomat.")),
    "source": (
        _("Source"),
        _("One account of yours at a service. Every customer and invoice is of one source."),
    ),
    "customer": (_("Customer"), _("Who an invoice is for, as one source knows them.")),
    "debtor": (
        _("Debtor"),
        _(
            "One company that several of your customers are. Customers with the same organisation, VAT or tax number"
            " are proposed as one; people join and split them, and nothing changes at the services."
        ),
    ),
    "item": (_("Item"), _("What you sell, in the catalogue of a service, with its price and VAT.")),
    "due": (
        _("Due date"),
        _("The day by which the customer has to pay; where the service has none, by the source's terms."),
    ),
    "amounts": (
        _("Net, VAT and gross"),
        _("Gross is net and VAT together. Amounts are as the service has them."),
    ),
    "open-amount": (_("Open amount"), _("What is not paid, credited or written off yet, as the service says.")),
    "owed": (
        _("Owed"),
        _("What is open on issued invoices, less that of credit notes, for each currency alone."),
    ),
    "overdue": (_("Overdue"), _("Owed on an invoice whose due date has passed.")),
    "payment-reference": (_("Payment reference"), _("What a customer writes on a payment so that it is recognised.")),
    "waiting": (_("Waits for you"), _("An invoice that nobody has decided on, and that somebody can decide on now.")),
    "withdraw": (
        _("Withdraw"),
        _("Takes a decision back before the service was told. Afterwards it is “Reopen”, where that is possible."),
    ),
    "second-person": (
        _("Second person"),
        _("Who created an invoice or changed it last does not approve it, credit it or write it off."),
    ),
    "alone": (_("By one person alone"), _("Prepared and approved by the same person, because the source allows it.")),
    "duplicate": (
        _("Possible duplicate"),
        _(
            "The same number, amount and kind in two sources. It is marked in lists and on the invoice, and"
            " approving it asks once more."
        ),
    ),
    "changed": (
        _("Changed since"),
        _(
            "A decision is about the content that was shown. When the document changes, the invoice waits again,"
            " with the old and the new values side by side."
        ),
    ),
    "on-its-way": (_("On its way"), _("Decided at the desk; the service has not taken it yet.")),
    "needs-person": (
        _("Did not arrive"),
        _("The service refused it, or the desk could not settle it. It stands on the dashboard until somebody does."),
    ),
    "fresh": (_("Fresh"), _("Read from the service without trouble, not long ago.")),
    "stale": (_("Not fresh"), _("The last reading failed, or is more than %(minutes)d minutes ago.")),
    "unreadable": (
        _("Could not be read"),
        _(
            "A document that the desk did not understand. It is kept as it came, with the reason, on the page of its"
            " source; everything else goes on."
        ),
    ),
    "gone": (_("Gone"), _("The service no longer has the document. The desk keeps it, marked.")),
    "not-delivered": (_("Not delivered"), _("The service could not deliver the invoice to the customer.")),
    "message": (_("Message waits"), _("The customer has written a message; it waits at the service for an answer.")),
    "finding": (
        _("Finding"),
        _("A sentence on an invoice whose figures do not add up. The figures stay as the service has them."),
    ),
    "note": (
        _("Note"),
        _("Never leaves the desk, whatever the service. A comment on a document of Billomat goes there."),
    ),
    "home-currency": (
        _("Home currency"),
        _(
            "The company's own. A total in it stands beside the others, with the rate and its date; where a rate is"
            " missing there is no total. Currencies are never added otherwise."
        ),
    ),
}
"""By the end of their anchors, in the order they are told."""
VALUES = {"stale": {"minutes": STALE_AFTER // MINUTE}}
