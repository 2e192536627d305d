"""Signing in and out, one's own password, and the sign of life."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.log import log_response
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from arapp.people.models import SEE
from arapp.upstreams.models import Worker
from arapp.web.access import needs

NO_WORKER = "no worker is running: nothing is read or sent until one does (manage.py work)"
"""For machines: a monitor may look for the first two words, so it stays as it is in every language."""


class _PasswordChange(PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("dashboard")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        return super().form_valid(form)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


_login = LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True)
_logout = LogoutView.as_view()
_password = _PasswordChange.as_view()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """A part that is asked for after the session has ended loads the whole page again, which leads here."""
    if request.htmx and request.method == "GET":
        return HttpResponseClientRefresh()
    return _login(request)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    return _logout(request)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(SEE)
def password_change(request: HttpRequest) -> HttpResponse:
    return _password(request)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """“ok” when the database answers, and whether a worker is running; else 503, and one line in the log says why."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        body = "ok" if Worker.objects.alive().exists() else f"ok\n{NO_WORKER}\n"
    except Error as error:
        sentence = _now_("The database does not answer.")
        response = HttpResponse(sentence, content_type="text/plain", status=503)
        why = " ".join(str(error).split())
        log_response("The database does not answer: %s", why, response=response, request=request)
        return response
    return HttpResponse(body, content_type="text/plain")
