"""The page of what a person prefers, and the switch of how high rows are."""

import pytest
from django.urls import reverse

from arapp.people.models import CsvForm, Density, Role, Theme, User
from tests.conftest import make_user

PAGE, ROWS = "/preferences/", "/preferences/rows/"
GOOD = {"language": "de", "theme": "dark", "density": "comfortable", "csv_form": "sheet"}


@pytest.fixture
def person(db, client) -> User:
    person = make_user(role=Role.VIEWER)
    client.force_login(person)
    return person


def text(response) -> str:
    return response.content.decode()


def test_what_is_chosen_is_kept_and_the_page_shows_it(client, person):
    response = client.post(PAGE, GOOD)
    assert (response.status_code, response.headers["Location"]) == (302, PAGE)
    person.refresh_from_db()
    assert (person.language, person.theme, person.density, person.csv_form) == (
        "de",
        Theme.DARK,
        Density.COMFORTABLE,
        CsvForm.SHEET,
    )
    page = text(client.get(PAGE))
    assert 'data-theme="dark"' in page
    assert 'data-density="comfortable"' in page
    assert 'name="language" value="de" id="id_language_2" checked' in page


def test_nothing_else_of_the_person_is_written(client, person):
    """Somebody gave another role while the form was open."""
    User.objects.filter(pk=person.pk).update(role=Role.CLERK, layouts={"invoices": [{"name": "net"}]})
    client.post(PAGE, GOOD)
    person.refresh_from_db()
    assert person.role == Role.CLERK
    assert person.layouts == {"invoices": [{"name": "net"}]}


@pytest.mark.parametrize("name", ["language", "theme", "density", "csv_form"])
def test_nonsense_gets_a_sentence_and_nothing_is_kept(name, client, person):
    response = client.post(PAGE, GOOD | {name: "x<y"})
    assert response.status_code == 422
    assert "x&lt;y is not one of the available choices" in text(response)
    assert 'data-theme="dark"' not in text(response)
    person.refresh_from_db()
    assert (person.language, person.theme, person.csv_form) == ("", "", CsvForm.PLAIN)


def test_an_empty_form_says_what_it_lacks(client, person):
    response = client.post(PAGE, {})
    assert response.status_code == 422
    assert text(response).count('class="error"') == 2


def test_each_choice_shows_what_it_leads_to(client, person):
    page = text(client.get(PAGE))
    assert "1,234.50" in page
    assert "3 min ago" in page
    assert "RE-1001;" in page
    assert "-1234,50" in page
    assert page.count("<fieldset") == 4


def test_the_choices_stay_as_they_were_sent_when_one_is_refused(client, person):
    page = text(client.post(PAGE, GOOD | {"csv_form": "odd"}))
    assert 'name="theme" value="dark" id="id_theme_2" checked' in page


def test_the_desk_looks_as_the_device_says_until_somebody_chooses(client, person):
    page = text(client.get(PAGE))
    assert "data-theme" not in page
    assert "data-density" not in page


def test_the_account_menu_leads_here(client, person):
    assert f'href="{PAGE}"' in text(client.get("/"))


def test_rows_are_switched_and_lead_back(client, person):
    response = client.post(ROWS, {"density": "comfortable", "next": "/invoices/?state=open"})
    assert (response.status_code, response.headers["Location"]) == (302, "/invoices/?state=open")
    person.refresh_from_db()
    assert person.density == Density.COMFORTABLE
    assert client.post(ROWS, {"density": "compact"}, headers={"HX-Request": "true"}).status_code == 204
    person.refresh_from_db()
    assert person.density == Density.COMPACT


def test_rows_that_there_are_not_are_refused(client, person):
    response = client.post(ROWS, {"density": "huge"})
    assert response.status_code == 422
    assert "compact or comfortable" in text(response)


def test_a_switch_leads_nowhere_else(client, person):
    assert client.post(ROWS, {"density": "compact", "next": "https://evil.example/"}).headers["Location"] == PAGE


@pytest.mark.parametrize("name", ["preferences", "preferences_columns"])
def test_the_pages_open_for_people_who_are_signed_in_alone(name, client, db):
    path = reverse(name, args=["invoices"] if name == "preferences_columns" else [])
    for answer in (client.get(path), client.post(path, GOOD), client.post(ROWS, {"density": "compact"})):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("login"))


def test_other_methods_are_refused(client, person):
    assert client.delete(PAGE).status_code == 405
    assert client.get(ROWS).status_code == 405


def test_who_may_see_nothing_may_not_choose_anything(client, person):
    person.role = "nobody"
    person.save()
    assert {client.get(PAGE).status_code, client.post(PAGE, GOOD).status_code, client.post(ROWS, {}).status_code} == {
        403
    }
