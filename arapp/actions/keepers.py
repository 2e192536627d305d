"""Carrying out at the desk what the service has no place for: done at once, and it leaves an intent that says so."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.actions.wishes import Refused, Wish
from arapp.kept import keeping
from arapp.lists.days import today
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.money import Money


def keep(wish: Wish, fields: dict[str, object]) -> Intent:
    """Within a transaction: what is kept, and the intent in state done. Refused when somebody was first."""
    result = KEEPERS[wish.action.name](wish)
    return Intent.objects.create(**fields, state=IntentState.DONE, settled_at=timezone.now(), result_id=result)


def _comment(wish: Wish) -> str:
    return str(keeping.comment(wish.subject, wish.data["body"], wish.person).pk)


def _tag(wish: Wish) -> str:
    keeping.tag(wish.subject, wish.data.get("tags", ()), wish.data.get("remove", ()), wish.person)
    return ""


def _pay(wish: Wish) -> str:
    day = date.fromisoformat(wish.data["date"]) if wish.data.get("date") else today()
    amount = Money.parse(wish.data["amount"], wish.subject.currency)
    words = wish.data.get("method", ""), wish.data.get("note", "")
    return str(keeping.pay(wish.subject, amount, day, *words, wish.person).pk)


def _take_back(wish: Wish) -> str:
    if not keeping.take_back(int(wish.data["payment"]), wish.subject, wish.person):
        raise Refused(_("This payment is deleted already."), "payment")
    return str(wish.data["payment"])


KEEPERS: dict[str, Callable[[Wish], str]] = {
    "invoice.comment": _comment,
    "customer.comment": _comment,
    "invoice.tag": _tag,
    "payment.create": _pay,
    "payment.delete": _take_back,
}
