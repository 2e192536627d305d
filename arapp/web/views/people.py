"""The people of the desk: who they are and what they may do, for administrators."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from arapp.people.forms import AddPersonForm, ChangePersonForm
from arapp.people.models import MANAGE, LastAdministrator, User
from arapp.web.access import needs

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(MANAGE)
def users(request: HttpRequest) -> HttpResponse:
    return render(request, "people/list.html", {"people": User.objects.order_by("-is_active", "username")})


@sensitive_post_parameters()
@get_or_post
@needs(MANAGE)
def user_add(request: HttpRequest) -> HttpResponse:
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        messages.success(request, _("%(name)s can sign in now.") % {"name": user})
        return redirect("users")
    return _form(request, "people/add.html", {"form": form})


@sensitive_post_parameters()
@get_or_post
@needs(MANAGE)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    name = str(person)
    form = ChangePersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid() and _stored(form):
        if person == request.user:
            update_session_auth_hash(request, person)
        messages.success(request, _("%(name)s is changed.") % {"name": person})
        return redirect("users")
    return _form(request, "people/change.html", {"form": form, "person": person, "name": name})


def _form(request: HttpRequest, page: str, context: dict[str, object]) -> HttpResponse:
    """422 when what was sent cannot be taken, so that no one takes the page for a success."""
    return render(request, page, context, status=422 if request.method == "POST" else 200)


def _stored(form: ChangePersonForm) -> bool:
    try:
        form.save()
    except LastAdministrator as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
