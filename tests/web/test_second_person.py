"""Whether a source needs a second person: shown, and set by administrators."""

import pytest

from arapp.receivables.models import Source
from tests.conftest import make_source


def text(response):
    return response.content.decode()


def path(source):
    return f"/sources/{source.pk}/second-person/"


def rule(source):
    source.refresh_from_db()
    return source.second_person, source.second_person_above, source.second_person_currency


@pytest.mark.parametrize(
    ("form", "stored", "words"),
    [
        ({"rule": "never"}, ("never", None, ""), "Never"),
        ({"rule": "always", "amount": "5", "currency": "SEK"}, ("always", None, ""), "Always"),
        ({"rule": "above", "amount": "1000.50", "currency": "sek"}, ("above", 100050, "SEK"), "Above 1,000.50 SEK"),
        ({"rule": "above", "amount": "500", "currency": "JPY"}, ("above", 500, "JPY"), "Above 500 JPY"),
    ],
)
def test_an_administrator_sets_it_and_everybody_who_sees_the_source_sees_it(form, stored, words, signed_in, source):
    response = signed_in("administrator").post(path(source), form, follow=True)
    assert f"A second person is needed at {source}: {words}." in text(response)
    assert rule(source) == stored
    shown = text(signed_in("controller").get(f"/sources/{source.pk}/"))
    assert words in shown.split('id="second-person-title"')[1].split("</section>")[0]
    assert path(source) not in shown


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"rule": "sometimes"}, "rule", "Select a valid choice"),
        ({"rule": "above", "amount": "", "currency": "SEK"}, "amount", "is not an amount"),
        ({"rule": "above", "amount": "0", "currency": "SEK"}, "amount", "more than zero"),
        ({"rule": "above", "amount": "-5", "currency": "SEK"}, "amount", "more than zero"),
        ({"rule": "above", "amount": "1.005", "currency": "SEK"}, "amount", "more decimals than SEK has"),
        ({"rule": "above", "amount": "5", "currency": ""}, "currency", "is not a currency code"),
        ({"rule": "above", "amount": "9" * 30, "currency": "SEK"}, "amount", "is not a finite amount"),
    ],
)
def test_a_mistake_is_422_beside_its_field_and_changes_nothing(form, field, words, signed_in, source):
    response = signed_in("administrator").post(path(source), form)
    assert response.status_code == 422
    assert words in text(response).split(f'for="id_{field}"')[1].split('<div class="field')[0]
    assert rule(source) == ("always", None, "")


def test_the_form_shows_how_it_is(signed_in, db):
    source = make_source(second_person="above", second_person_above=100000, second_person_currency="SEK")
    page = text(signed_in("administrator").get(f"/sources/{source.pk}/"))
    assert 'value="1000.00"' in page
    assert '<option value="above" selected>' in page


def test_who_changed_it_stands_in_the_log(signed_in, source, caplog):
    with caplog.at_level("INFO", logger="arapp.web"):
        signed_in("administrator").post(path(source), {"rule": "never"})
    assert f"Second person at {source}: Never, set by administrator" in caplog.text


def test_others_strangers_and_wrong_methods_change_nothing(signed_in, client, source):
    assert client.post(path(source), {"rule": "never"}).headers["Location"].startswith("/accounts/login/")
    assert signed_in("controller").post(path(source), {"rule": "never"}).status_code == 403
    assert signed_in("administrator").put(path(source)).status_code == 405
    assert signed_in("administrator").get("/sources/99/second-person/").status_code == 404
    assert Source.objects.get().second_person == "always"
