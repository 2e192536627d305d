"""The admin site: for those who manage, signed in through the desk's own page."""

from collections.abc import Callable
from functools import update_wrapper

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from arapp.people.models import MANAGE, roles_that_can

View = Callable[..., HttpResponse]


class DeskAdmin(AdminSite):
    site_header = site_title = _("Receivables desk")
    index_title = _("All tables")

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_staff and request.user.can(MANAGE)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Who is not signed in goes to the desk's login at once; Django's own views name that of the admin site."""
        urls = super().get_urls()
        for url in urls:
            if hasattr(getattr(url, "callback", None), "login_url"):
                url.callback.login_url = settings.LOGIN_URL
        return urls

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Who is signed in without the right is told so, instead of being asked to sign in again."""
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                return _refused(request)
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """One login for the whole desk."""
        index = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(index)
        if request.user.is_authenticated:
            return _refused(request)
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return redirect_to_login(wanted if safe else index)


def _refused(request: HttpRequest) -> HttpResponse:
    roles = get_text_list([str(role) for role in roles_that_can(MANAGE)], _("or"))
    return render(request, "403.html", {"roles": roles}, status=403)
