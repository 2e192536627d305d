"""What a decision on many invoices says: its headings, its button, and what it asks once more."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.approvals.effects import APPROVE, REJECT, REOPEN
from arapp.web.shown import whole

Words = Callable[[int], str]


def looks_words(count: int) -> str:
    return ngettext("Looking at %(n)s invoice", "Looking at %(n)s invoices", count) % {"n": whole(count)}


def asks_words(action: str, count: int) -> str:
    """“Approve 1,187 invoices”, as a heading and on the button."""
    return _ASKS[action](count) % {"n": whole(count)}


def sends_words(count: int, sent: int) -> str:
    """The same where some of them go out to customers."""
    words = ngettext(
        "Approve %(n)s invoice, send %(sent)s of them", "Approve %(n)s invoices, send %(sent)s of them", count
    )
    return words % {"n": whole(count), "sent": whole(sent)}


def decides_words(action: str, count: int) -> str:
    return _DECIDES[action](count) % {"n": whole(count)}


def ended_words(action: str, done: int, refused: int) -> str:
    return _ENDED[action]() % {"done": whole(done), "refused": whole(refused)}


def stopped_words(action: str, done: int, refused: int, left: int) -> str:
    return _STOPPED[action]() % {"done": whole(done), "refused": whole(refused), "left": whole(left)}


def left_words(count: int) -> str:
    return ngettext("Go on with the other one", "Go on with the other %(n)s", count) % {"n": whole(count)}


def receivers_words(count: int) -> str:
    return ngettext("%(n)s receiver", "%(n)s receivers", count) % {"n": whole(count)}


def sure_words(count: int, amount: str, receivers: int) -> str:
    """What is asked once more before customers get something. ``amount`` names its currencies."""
    words = ngettext(
        "Yes, send %(n)s invoice (%(amount)s) to %(receivers)s. Nothing takes this back.",
        "Yes, send %(n)s invoices (%(amount)s) to %(receivers)s. Nothing takes this back.",
        count,
    )
    return words % {"n": whole(count), "amount": amount, "receivers": receivers_words(receivers)}


def doubles_words(count: int, most: int) -> str:
    """``count`` above ``most`` says that there are more."""
    if count > most:
        words = _("More than %(n)s of them look like duplicates: the same number and amount is in another source.")
        return words % {"n": whole(most)}
    words = ngettext(
        "%(n)s of them looks like a duplicate: the same number and amount is in another source.",
        "%(n)s of them look like duplicates: the same number and amount is in another source.",
        count,
    )
    return words % {"n": whole(count)}


_ASKS: dict[str, Words] = {
    APPROVE: lambda n: ngettext("Approve %(n)s invoice", "Approve %(n)s invoices", n),
    REJECT: lambda n: ngettext("Reject %(n)s invoice", "Reject %(n)s invoices", n),
    REOPEN: lambda n: ngettext("Reopen %(n)s invoice", "Reopen %(n)s invoices", n),
}
_DECIDES: dict[str, Words] = {
    APPROVE: lambda n: ngettext("Approving %(n)s invoice", "Approving %(n)s invoices", n),
    REJECT: lambda n: ngettext("Rejecting %(n)s invoice", "Rejecting %(n)s invoices", n),
    REOPEN: lambda n: ngettext("Reopening %(n)s invoice", "Reopening %(n)s invoices", n),
}
_ENDED: dict[str, Callable[[], str]] = {
    APPROVE: lambda: _("%(done)s approved, %(refused)s refused"),
    REJECT: lambda: _("%(done)s rejected, %(refused)s refused"),
    REOPEN: lambda: _("%(done)s reopened, %(refused)s refused"),
}
_STOPPED: dict[str, Callable[[], str]] = {
    APPROVE: lambda: _("Stopped: %(done)s approved, %(refused)s refused, %(left)s not decided"),
    REJECT: lambda: _("Stopped: %(done)s rejected, %(refused)s refused, %(left)s not decided"),
    REOPEN: lambda: _("Stopped: %(done)s reopened, %(refused)s refused, %(left)s not decided"),
}
