"""What stands in a form becomes an action's data, and the other way round."""

from django.http import QueryDict

from arapp.actions.fields import Field
from arapp.web.typed import as_typed, given, leaves, stepped, typed_in

LINE = (Field("title", "Title"), Field("quantity", "Quantity", "decimal"))
FIELDS = (
    Field("name", "Name"),
    Field("due_days", "Days", "integer"),
    Field("send", "Send", "yes"),
    Field("to", "To", "emails"),
    Field("address", "Address", "group", fields=(Field("city", "City"), Field("zip", "Zip"))),
    Field("lines", "Lines", "rows", fields=LINE),
)
DATA = {
    "name": "Alfa",
    "due_days": 30,
    "send": True,
    "to": ["a@example.org", "b@example.org"],
    "address": {"city": "Umeå"},
    "lines": [{"title": "Consulting", "quantity": "10"}, {"title": "Travel"}],
}
NOTHING = as_typed(FIELDS, {})


def sent(**values: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update({name.replace("__", "."): value for name, value in values.items()})
    return query


def test_data_that_is_typed_again_is_the_same_data():
    assert given(FIELDS, as_typed(FIELDS, DATA), NOTHING) == DATA


def test_outer_white_space_and_the_ends_of_lines_are_no_difference():
    spaced = {"name": "\tAlfa\r\nBeta ", "address": {"city": "Umeå "}, "lines": [{"title": " Travel"}]}
    plain = {"name": "Alfa\nBeta", "address": {"city": "Umeå"}, "lines": [{"title": "Travel"}]}
    assert as_typed(FIELDS, spaced) == as_typed(FIELDS, plain)
    query = sent(name="\tAlfa\r\nBeta ", address__city="Umeå ", lines__0__title=" Travel")
    assert given(FIELDS, typed_in(FIELDS, query), as_typed(FIELDS, spaced)) == {}


def test_what_is_sent_as_it_stands_is_the_same_data():
    query = QueryDict(mutable=True)
    for path, _field, value in leaves(FIELDS, as_typed(FIELDS, DATA)):
        query[path] = value
    assert given(FIELDS, typed_in(FIELDS, query), NOTHING) == DATA


def test_nothing_typed_is_nothing_given():
    assert given(FIELDS, typed_in(FIELDS, QueryDict()), NOTHING) == {}


def test_only_what_differs_from_what_is_known_is_given():
    known = as_typed(FIELDS, DATA)
    assert given(FIELDS, known | {"name": "Beta"}, known) == {"name": "Beta"}


def test_a_group_or_list_that_differs_is_given_whole():
    known = as_typed(FIELDS, {"address": {"city": "Umeå", "zip": "90325"}, "lines": DATA["lines"]})
    typed = known | {"address": {"city": "Luleå", "zip": "90325"}, "lines": known["lines"][:1]}
    assert given(FIELDS, typed, known) == {
        "address": {"city": "Luleå", "zip": "90325"},
        "lines": [{"title": "Consulting", "quantity": "10"}],
    }


def test_what_was_emptied_is_given_as_empty():
    known = as_typed(FIELDS, DATA)
    emptied = known | {"name": "", "send": "", "to": "", "address": {"city": "", "zip": ""}}
    assert given(FIELDS, emptied, known) == {"name": "", "send": False, "to": [], "address": {"city": ""}}


def test_rows_in_which_nothing_stands_are_dropped_wherever_they_are():
    query = sent(lines__0__title="  ", lines__3__title="Travel", lines__1__quantity="2")
    assert typed_in(FIELDS, query)["lines"] == [{"title": "", "quantity": "2"}, {"title": "Travel", "quantity": ""}]


def test_names_that_are_no_fields_are_left_out():
    query = sent(name="Alfa", surprise="1", lines__x__title="no", address__street="no")
    assert given(FIELDS, typed_in(FIELDS, query), NOTHING) == {"name": "Alfa"}


def test_a_number_that_is_none_stays_as_it_was_typed():
    assert given(FIELDS, typed_in(FIELDS, sent(due_days="a month")), NOTHING) == {"due_days": "a month"}


def test_a_list_is_written_with_commas_semicolons_or_lines():
    query = sent(to="a@example.org; b@example.org\nc@example.org,")
    assert given(FIELDS, typed_in(FIELDS, query), NOTHING)["to"] == [
        "a@example.org",
        "b@example.org",
        "c@example.org",
    ]


def test_a_row_is_added_at_the_end_and_removed_by_its_number():
    typed = as_typed(FIELDS, DATA)
    assert stepped(FIELDS, typed, "add:lines")["lines"][2] == {"title": "", "quantity": ""}
    assert [row["title"] for row in stepped(FIELDS, typed, "remove:lines.0")["lines"]] == ["Travel"]


def test_a_step_that_makes_no_sense_changes_nothing():
    typed = as_typed(FIELDS, DATA)
    for step in ("add:name", "remove:lines.9", "remove:", "look", "remove:other.0"):
        assert stepped(FIELDS, typed, step) == typed
