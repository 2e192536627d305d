"""What exactly an action does, to whom and for how much: for buttons, confirmations and previews."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.actions import stakes, states
from arapp.actions.allowed import DECIDED_AS
from arapp.actions.wishes import Wish
from arapp.approvals.effects import APPROVE
from arapp.receivables.duplicates import possible_duplicates
from arapp.receivables.models import Customer, Invoice


def effect(wish: Wish) -> str:
    """A sentence such as “Records a payment of 25.00 EUR on RE12.”, and what the person is warned of."""
    return " ".join([SENTENCES.get(wish.action.name, _plain)(wish), *warnings(wish)])


def warnings(wish: Wish) -> list[str]:
    """What should be looked at before, a sentence each: the invoices that the approved one may be a duplicate of."""
    if DECIDED_AS.get(wish.action.name) != APPROVE or not isinstance(wish.subject, Invoice):
        return []
    doubles = possible_duplicates([wish.subject.pk])
    return [double.sentence for double in doubles.get(wish.subject.pk, ())]


def _facts(wish: Wish) -> dict[str, Any]:
    return {
        "what": wish.subject or "",
        "action": wish.action.label,
        "service": wish.source.get_service_display(),
        "source": wish.source,
        "amount": wish.amount or _("an amount not known yet"),
        "customer": _customer(wish),
        "to": _receivers(wish.data),
        "date": wish.data.get("date", ""),
    }


def _receivers(data: Mapping[str, Any]) -> str:
    """Everybody who gets an e-mail, as “a@example.org, copy to b@example.org”."""
    words = {"to": "%(to)s", "cc": _("copy to %(to)s"), "bcc": _("blind copy to %(to)s")}
    return ", ".join(words[name] % {"to": ", ".join(data[name])} for name in words if data.get(name))


def _customer(wish: Wish) -> str:
    if isinstance(wish.subject, Customer):
        return str(wish.subject)
    if isinstance(wish.subject, Invoice):
        known = wish.subject.customer
    else:
        known = Customer.objects.filter(source=wish.source, external_id=wish.data.get("customer", "")).first()
    return str(known) if known else _("the customer")


def _plain(wish: Wish) -> str:
    words = _("%(action)s: %(what)s at %(service)s.") if wish.subject else _("%(action)s at %(service)s.")
    return words % _facts(wish)


def _saying(words: Callable[[], str]) -> Callable[[Wish], str]:
    """``words`` is asked for when the sentence is, in the reader's language."""
    return lambda wish: words() % _facts(wish)


def _way(wish: Wish, invoice: Invoice) -> str:
    """By which way it goes out, and where to as far as that is known."""
    method = wish.data.get("method") or wish.source.delivery_method
    if method == "Email" and invoice.receiver_email:
        return _("by e-mail to %(to)s") % {"to": invoice.receiver_email}
    if method == "SMS" and invoice.receiver_phone:
        return _("by SMS to %(to)s") % {"to": invoice.receiver_phone}
    return _("by %(method)s") % {"method": method} if method else _("as it was sent before")


def _sends(wish: Wish) -> str:
    words = _("Approves %(what)s of %(amount)s and sends it to %(customer)s %(way)s.")
    return words % (_facts(wish) | {"way": _way(wish, wish.subject)})


def _resends(wish: Wish) -> str:
    words = _("Sends %(what)s of %(amount)s again to %(customer)s %(way)s.")
    return words % (_facts(wish) | {"way": _way(wish, wish.subject)})


def _reminds(wish: Wish) -> str:
    facts = _facts(wish) | {"open": wish.subject.money("open") or _facts(wish)["amount"]}
    if wish.data.get("to"):
        return _("Reminds %(customer)s of %(open)s on %(what)s and e-mails it to %(to)s.") % facts
    return _("Reminds %(customer)s of %(open)s on %(what)s; the service adds its fee.") % facts


def _creates(wish: Wish) -> str:
    if wish.data.get("send"):
        return _("Makes an invoice of %(amount)s for %(customer)s and sends it at once.") % _facts(wish)
    return _("Makes a draft of %(amount)s for %(customer)s at %(service)s; nothing is sent.") % _facts(wish)


def _changes(wish: Wish) -> str:
    if not states.changes_what_is_issued(wish.subject):
        return _("Changes the draft %(what)s at %(service)s.") % _facts(wish)
    by = stakes.difference(wish.subject, wish.data)
    if by is None:
        words = _(
            "%(what)s is issued: %(service)s will make a debit or credit invoice for the difference and send it."
        )
    elif by.minor > 0:
        words = _("%(what)s is issued: %(service)s will make a debit invoice over %(by)s and send it.")
    elif by.minor < 0:
        words = _("%(what)s is issued: %(service)s will make a credit invoice over %(by)s and send it.")
    else:
        words = _("%(what)s is issued; its sum stays the same: %(service)s will make no further invoice.")
    return words % (_facts(wish) | {"by": -by if by and by.minor < 0 else by})


def _pays(wish: Wish) -> str:
    kept = wish.action.kept_at(wish.source.service)
    words = _("Records a payment of %(amount)s on %(what)s at the desk.")
    told = _("Records a payment of %(amount)s on %(what)s at %(service)s.")
    return (words if kept else told) % _facts(wish)


def _credits(wish: Wish) -> str:
    if wish.data["mode"] == "items":
        count = len(wish.data["lines"])
        words = ngettext(
            "Credits %(count)d line of %(what)s, %(amount)s, to %(customer)s.",
            "Credits %(count)d lines of %(what)s, %(amount)s, to %(customer)s.",
            count,
        )
        return words % (_facts(wish) | {"count": count})
    return _("Credits %(amount)s of %(what)s to %(customer)s.") % _facts(wish)


SENTENCES: dict[str, Callable[[Wish], str]] = {
    "invoice.create": _creates,
    "invoice.update": _changes,
    "invoice.delete": _saying(lambda: _("Deletes the draft %(what)s at %(service)s.")),
    "invoice.send": _sends,
    "invoice.complete": _saying(
        lambda: _("Approves %(what)s of %(amount)s and issues it at %(service)s; nothing is sent to the customer.")
    ),
    "invoice.resend": _resends,
    "invoice.email": _saying(lambda: _("E-mails %(what)s of %(amount)s to %(to)s.")),
    "invoice.mail": _saying(lambda: _("Sends %(what)s of %(amount)s to %(customer)s by post; this costs money.")),
    "invoice.message": _saying(lambda: _("Sends a message about %(what)s to %(customer)s.")),
    "invoice.remind": _reminds,
    "reminder.email": _saying(lambda: _("E-mails the reminder of %(amount)s on %(what)s to %(to)s.")),
    "reminder.cancel": _saying(lambda: _("Cancels a reminder of %(what)s.")),
    "payment.create": _pays,
    "payment.delete": _saying(lambda: _("Deletes the payment of %(amount)s on %(what)s.")),
    "invoice.credit": _credits,
    "invoice.credit_payment": _saying(lambda: _("Marks %(amount)s of %(what)s as paid out to %(customer)s.")),
    "invoice.respite": _saying(lambda: _("Gives %(customer)s time until %(date)s to pay %(what)s.")),
    "invoice.collect": _saying(lambda: _("Hands %(amount)s of %(what)s by %(customer)s to debt collection.")),
    "invoice.encash": _saying(
        lambda: _("Hands %(amount)s of %(what)s by %(customer)s to a collection agency; this costs money.")
    ),
    "invoice.write_off": _saying(lambda: _("Writes off the %(amount)s of fees left on %(what)s; it ends as paid.")),
    "invoice.write_down": _saying(lambda: _("Writes %(amount)s of %(what)s down in the books; it stays owed.")),
    "invoice.sell": _saying(lambda: _("Offers %(what)s of %(amount)s for sale.")),
    "invoice.cancel": _saying(lambda: _("Cancels %(what)s of %(amount)s at %(service)s.")),
}
