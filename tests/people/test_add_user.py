import io

import pytest
from django.core.management import CommandError, call_command

from arapp.people.management.commands import add_user
from arapp.people.models import Role, User

GOOD = "blue-kettle-71"


@pytest.fixture(autouse=True)
def _database(db):
    pass


def run(*words, monkeypatch=None, password=GOOD):
    """Exit code and what was printed or refused."""
    if monkeypatch:
        monkeypatch.setenv("NEW_PASSWORD", password)
        words = (*words, "--password-env", "NEW_PASSWORD")
    out = io.StringIO()
    try:
        call_command("add_user", *words, stdout=out)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


@pytest.mark.parametrize("role", Role.values)
def test_a_person_of_each_role_is_added_and_can_sign_in(role, monkeypatch, client):
    code, text = run("ann", "--role", role, "--email", "ann@example.org", monkeypatch=monkeypatch)
    assert (code, text) == (0, f"ann can sign in as {role}.\n")
    user = User.objects.get()
    assert (user.username, user.email, user.role) == ("ann", "ann@example.org", role)
    assert user.is_superuser == user.is_staff == (role == "administrator")
    assert client.login(username="ann", password=GOOD)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["bob", "--role", "king"], "“king” is not a role"),
        (["bob", "--role", "viewer", "--email", "not-an-address"], "E-mail address"),
        (["bo b", "--role", "viewer"], "Name"),
        (["", "--role", "viewer"], "Name"),
        (["b\udcff", "--role", "viewer"], "UTF-8"),
        (["b" * 151, "--role", "viewer"], "Name"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_nothing_is_stored(words, part, monkeypatch):
    code, text = run(*words, monkeypatch=monkeypatch)
    assert code == 2
    assert part in text
    assert "Nothing was stored." in text
    assert not User.objects.exists()


@pytest.mark.parametrize("again", ["ann", "ANN"])
def test_a_name_that_exists_is_refused_whatever_its_case(again, monkeypatch):
    run("ann", "--role", "viewer", monkeypatch=monkeypatch)
    code, text = run(again, "--role", "administrator", monkeypatch=monkeypatch)
    assert code == 2
    assert "already a user" in text
    assert list(User.objects.values_list("role", flat=True)) == ["viewer"]


@pytest.mark.parametrize("password", ["", "12345678", "password", "short", "annabell1", "\udcff\udcfe12345678"])
def test_an_empty_or_weak_password_is_refused(password, monkeypatch):
    code, text = run("annabell", "--role", "viewer", monkeypatch=monkeypatch, password=password)
    assert code == 2
    assert "Nothing was stored." in text
    assert not User.objects.exists()


def test_a_variable_that_is_not_set_is_named():
    code, text = run("ann", "--role", "viewer", "--password-env", "NOT_SET_ANYWHERE")
    assert code == 2
    assert "NOT_SET_ANYWHERE" in text


def answers(monkeypatch, *given):
    waiting = iter(given)

    def ask(prompt):
        answer = next(waiting)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(add_user, "getpass", ask)


def test_without_a_variable_the_password_is_asked_for_twice(monkeypatch, client):
    answers(monkeypatch, GOOD, GOOD)
    assert run("ann", "--role", "clerk")[0] == 0
    assert client.login(username="ann", password=GOOD)


@pytest.mark.parametrize("given", [(GOOD, "another-one-9"), (EOFError(),), (KeyboardInterrupt(),)])
def test_two_different_answers_or_none_are_refused(monkeypatch, given):
    answers(monkeypatch, *given)
    assert run("ann", "--role", "clerk")[0] == 2
    assert not User.objects.exists()


def test_a_missing_role_exits_with_two():
    with pytest.raises(CommandError):
        call_command("add_user", "ann")
    assert not User.objects.exists()


def test_a_database_that_does_not_answer_is_named_without_a_traceback(monkeypatch):
    from django.db import OperationalError

    def lost(*args, **kwargs):
        raise OperationalError("no such table: people_user")

    monkeypatch.setattr(User.objects, "filter", lost)
    code, text = run("ann", "--role", "viewer", monkeypatch=monkeypatch)
    assert code == 1
    assert "no such table" in text
