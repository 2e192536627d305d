"""What did not arrive at its service: telling it again, dropping it, or saying that it is done."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from arapp.approvals import settling
from arapp.outbox.models import Intent
from arapp.people.models import DECIDE, SYNC
from arapp.web.access import needs
from arapp.web.back import back_to
from arapp.web.held import held_up

RETRY, DROP, DONE = "retry", "drop", "done"


@require_POST
@needs(DECIDE)
@needs(SYNC)
def settle(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One of retry, drop and done; whatever stands against it is said."""
    intent = get_object_or_404(Intent.objects.select_related("source"), pk=pk)
    problem = _ACTIONS[action](intent, request.user)
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _DONE[action]() % {"service": intent.source.get_service_display()})
        _say_held(request, pk)
    return redirect(back_to(request) or redirect("source", intent.source_id).url)


def _say_held(request: HttpRequest, pk: int) -> None:
    intent = Intent.objects.select_related("source").get(pk=pk)
    for sentence in held_up([(intent, intent.source)]):
        messages.warning(request, sentence)


_ACTIONS: dict[str, Callable[..., str]] = {
    RETRY: settling.tell_again,
    DROP: settling.drop,
    DONE: settling.mark_done,
}
_DONE: dict[str, Callable[[], str]] = {
    RETRY: lambda: _("On its way to %(service)s again."),
    DROP: lambda: _("Dropped. %(service)s is not told of it."),
    DONE: lambda: _("Marked as done. %(service)s is not told again."),
}
