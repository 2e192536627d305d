"""Exchange rates: what was entered, and the form for one more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arapp.ledger.rates import entered, home_currency, rates_on
from arapp.lists.days import today
from arapp.people.models import SEE, SYNC
from arapp.web.access import needs
from arapp.web.rate_form import RateForm
from arapp.web.shown import date_text, exact_html

MOST_SHOWN = 500


@require_safe
@needs(SEE)
def rates(request: HttpRequest) -> HttpResponse:
    """The newest rate of each currency and those before it; who may, enters one."""
    return _page(request, RateForm(initial={"day": today().isoformat()}), 200)


@require_POST
@needs(SYNC)
def rate_enter(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST)
    if not home_currency() or not form.is_valid():
        return _page(request, form, 422)
    rate = form.save(request.user)
    facts = {"currency": rate.currency, "rate": exact_html(rate.rate), "home": rate.home, "day": date_text(rate.day)}
    messages.success(request, _("1 %(currency)s is worth %(rate)s %(home)s from %(day)s on.") % facts)
    return redirect("rates")


def _page(request: HttpRequest, form: RateForm, status: int) -> HttpResponse:
    newest = rates_on(today())
    context = {
        "form": form if request.user.can(SYNC) else None,
        "home": home_currency(),
        "newest": {rate.pk for rate in newest.values()},
        "rates": entered()[:MOST_SHOWN],
        "most": MOST_SHOWN,
    }
    return render(request, "rates/list.html", context, status=status)
