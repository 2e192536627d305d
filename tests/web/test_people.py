import pytest
from django.urls import reverse

from arapp.people.models import LastAdministrator, Role, User
from tests.conftest import make_user

LIST, ADD = "/users/", "/users/add/"
PASSWORD = "blue-kettle-71"


@pytest.fixture
def desk(signed_in):
    return signed_in(Role.ADMINISTRATOR)


def of(user):
    return f"/users/{user.pk}/"


def form(user, **changes):
    return {"email": user.email, "role": user.role, "is_active": "on"} | changes


def new(**changes):
    return {"username": "ann", "role": "clerk", "password1": PASSWORD, "password2": PASSWORD} | changes


def test_the_list_names_everybody_with_role_and_state(desk):
    make_user("ann", Role.CLERK)
    make_user("gone", Role.VIEWER, is_active=False)
    text = desk.get(LIST).content.decode()
    assert all(word in text for word in ("ann", "Clerk", "gone", "Administrator"))


def test_queries_of_the_list_do_not_grow_with_people(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        desk.get(LIST)
    for number in range(20):
        make_user(f"p{number}")
    with django_assert_max_num_queries(len(few)):
        desk.get(LIST)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("path", [LIST, ADD])
def test_other_methods_are_refused(path, method, desk):
    assert getattr(desk, method)(path).status_code == 405


def test_the_list_takes_no_post(desk):
    assert desk.post(LIST).status_code == 405


@pytest.mark.parametrize("path", [LIST, ADD, "/users/1/"])
def test_who_is_not_signed_in_goes_to_login(path, client, db):
    assert client.get(path).headers["Location"] == f"{reverse('login')}?next={path}"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CLERK, Role.APPROVER, Role.CONTROLLER])
def test_only_administrators_see_and_change_people(role, signed_in):
    client = signed_in(role)
    other = make_user("other", Role.VIEWER)
    for answer in (
        client.get(LIST),
        client.post(ADD, new()),
        client.post(of(other), form(other, role="administrator")),
    ):
        assert answer.status_code == 403
        assert "Administrator" in answer.content.decode()
    other.refresh_from_db()
    assert other.role == Role.VIEWER
    assert not User.objects.filter(username="ann").exists()


def test_an_unknown_person_is_not_found(desk):
    assert desk.get("/users/999999/").status_code == 404


def test_a_person_is_added_with_a_role_and_can_sign_in(desk, client):
    assert desk.post(ADD, new(email="ann@example.org", first_name="Ann")).headers["Location"] == LIST
    ann = User.objects.get(username="ann")
    assert (ann.role, ann.email, ann.first_name, ann.is_staff) == ("clerk", "ann@example.org", "Ann", False)
    assert client.login(username="ann", password=PASSWORD)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "ANN2"}, "username"),
        ({"username": "a b"}, "username"),
        ({"role": "king"}, "role"),
        ({"email": "nowhere"}, "email"),
        ({"password2": "other"}, "password2"),
        ({"password1": "12345", "password2": "12345"}, "password2"),
        ({"username": ""}, "username"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field_with_422(changes, field, desk):
    make_user("ann2")
    answer = desk.post(ADD, new(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not User.objects.filter(username="ann").exists()


def test_role_name_e_mail_and_password_are_changed(desk, client):
    ann = make_user("ann", Role.CLERK)
    sent = form(ann, role="administrator", email="a@example.org", first_name="Ann", new_password=PASSWORD)
    assert desk.post(of(ann), sent).headers["Location"] == LIST
    ann.refresh_from_db()
    assert (ann.role, ann.email, ann.first_name, ann.is_superuser) == ("administrator", "a@example.org", "Ann", True)
    assert client.login(username="ann", password=PASSWORD)


def test_without_a_new_password_the_old_one_stays(desk):
    ann = make_user("ann", Role.CLERK)
    desk.post(of(ann), form(ann, role="viewer"))
    ann.refresh_from_db()
    assert ann.check_password("a-good-password")
    assert ann.role == Role.VIEWER


def test_a_weak_new_password_is_refused(desk):
    ann = make_user("ann", Role.CLERK)
    answer = desk.post(of(ann), form(ann, new_password="12345678"))
    assert answer.status_code == 422
    assert "new_password" in answer.context["form"].errors
    ann.refresh_from_db()
    assert ann.check_password("a-good-password")


def test_who_is_deactivated_is_signed_out_at_once(desk, django_user_model):
    from django.test import Client

    ann = make_user("ann", Role.CLERK)
    theirs = Client()
    theirs.force_login(ann)
    assert theirs.get("/").status_code == 200
    desk.post(of(ann), form(ann, is_active=""))
    assert theirs.get("/").headers["Location"].startswith(reverse("login"))
    assert not theirs.login(username="ann", password="a-good-password")


def test_a_new_password_signs_out_the_others_sessions_but_not_ones_own(desk):
    me = User.objects.get()
    assert desk.post(of(me), form(me, new_password=PASSWORD)).status_code == 302
    assert desk.get(LIST).status_code == 200


@pytest.mark.parametrize("changes", [{"role": "controller"}, {"is_active": ""}])
def test_the_last_administrator_keeps_the_role(changes, desk):
    me = User.objects.get()
    make_user("sleeping", Role.ADMINISTRATOR, is_active=False)
    answer = desk.post(of(me), form(me, **changes))
    assert answer.status_code == 422
    assert "last active administrator" in answer.content.decode()
    me.refresh_from_db()
    assert me.can("manage")


@pytest.mark.parametrize("changes", [{"role": "controller"}, {"is_active": ""}])
def test_with_a_second_administrator_one_may_leave(changes, desk):
    other = make_user("other", Role.ADMINISTRATOR)
    assert desk.post(of(other), form(other, **changes)).status_code == 302
    other.refresh_from_db()
    assert not other.can("manage")


def test_the_second_of_two_who_leave_at_once_is_held_back(db):
    first, second = make_user("first", Role.ADMINISTRATOR), make_user("second", Role.ADMINISTRATOR)
    first.take_place(Role.VIEWER, True)
    with pytest.raises(LastAdministrator):
        second.take_place(Role.VIEWER, True)
    second.refresh_from_db()
    assert second.role == Role.ADMINISTRATOR


def test_what_an_edit_does_not_change_stays_as_somebody_else_has_made_it_meanwhile(desk, monkeypatch):
    ann, real = make_user("ann", Role.CLERK), User.take_place

    def late(self, *args, **kwargs):
        User.objects.filter(pk=self.pk).update(last_name="Olsson", password="changed")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(User, "take_place", late)
    desk.post(of(ann), form(ann, role="viewer", first_name="Ann"))
    ann.refresh_from_db()
    assert (ann.role, ann.first_name, ann.last_name, ann.password) == ("viewer", "Ann", "Olsson", "changed")


def test_a_role_that_is_given_changes_nothing_else(db):
    ann = make_user("ann", Role.CLERK)
    User.objects.update(email="new@example.org")
    ann.take_role(Role.ADMINISTRATOR)
    ann.refresh_from_db()
    assert (ann.role, ann.is_staff, ann.is_superuser, ann.email) == ("administrator", True, True, "new@example.org")
