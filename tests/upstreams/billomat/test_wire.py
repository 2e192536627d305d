import pytest

from arapp.upstreams.billomat.calls import words
from arapp.upstreams.billomat.walks import whole
from arapp.upstreams.billomat.wire import Rows, envelope, many, nested, single
from arapp.upstreams.http import Answer, BadAnswer
from tests.upstreams.billomat.samples import body, only, raw


def test_many_rows_are_a_list():
    found = envelope(body("clients-many"), "clients", "client", 1)
    assert [row["id"] for row in found.entries] == ["501", "502", "503"]
    assert (found.total, found.per_page) == (3, 500)


def test_one_row_comes_as_an_object_and_counts_as_one():
    found = envelope(body("invoices-one"), "invoices", "invoice", 1)
    assert [row["id"] for row in found.entries] == ["9002"]
    assert found.total == 1


@pytest.mark.parametrize("name", ["invoices", "clients", "invoice-items"])
def test_no_rows_have_no_key_and_are_none(name):
    assert envelope(body(f"{name}-none"), name, name.removesuffix("s"), 1) == Rows([], 0, 500)


def test_attributes_may_be_missing_where_rows_are_there():
    found = envelope(body("invoices-no-attributes"), "invoices", "invoice", 1)
    assert (len(found.entries), found.total, found.per_page) == (2, None, None)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"invoice": {"id": "1"}},
        {"invoices": None},
        {"invoices": ""},
        {"invoices": []},
        {"invoices": {}},
        {"invoices": {"@page": "1"}},
        {"invoices": {"@page": "2", "@total": "900", "invoice": [{"id": "1"}]}},
        {"invoices": {"@total": "many", "invoice": {"id": "1"}}},
        {"invoices": {"@total": "-1", "invoice": {"id": "1"}}},
    ],
)
def test_an_answer_that_is_no_such_list_is_a_bad_answer(answer):
    with pytest.raises(BadAnswer):
        envelope(answer, "invoices", "invoice", 1)


def test_what_is_not_an_object_is_passed_on_as_a_row():
    assert envelope({"invoices": {"invoice": "x", "@total": "1"}}, "invoices", "invoice", 1).entries == ["x"]


@pytest.mark.parametrize("value", [None, "", {}])
def test_empty_values_are_no_rows(value):
    assert many(value) == []


@pytest.mark.parametrize(
    ("payload", "count"),
    [
        (only("invoice-several-taxes"), 2),
        (only("invoice-open"), 1),
        (only("invoice-draft"), 0),
        ({"taxes": ""}, 0),
        ({"taxes": None}, 0),
        ({"taxes": {"tax": "19"}}, 0),
        ({"taxes": []}, 0),
    ],
)
def test_the_rule_of_one_holds_in_nested_collections(payload, count):
    assert len(nested(payload, "taxes", "tax")) == count


@pytest.mark.parametrize("answer", [{}, {"client": {}}, {"client": []}, {"client": "x"}, {"invoice": {"id": "1"}}])
def test_one_object_must_be_in_its_wrapper(answer):
    with pytest.raises(BadAnswer, match="client"):
        single(answer, "client")


@pytest.mark.parametrize("name", ["error-gateway.html", "invoices.xml"])
def test_html_and_xml_are_bad_answers(name):
    with pytest.raises(BadAnswer):
        Answer(200, {"content-type": "text/html"}, raw(name)).json()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (body("error-one"), "Only status DRAFT can be completed"),
        (body("error-many"), "invalid email address; name is missing"),
        ({"errors": ""}, ""),
        ({"errors": {"error": {"a": 1}}}, ""),
        (["x"], ""),
        (None, ""),
    ],
)
def test_the_words_of_an_error_are_one_text_or_several(answer, expected):
    assert words(400, answer) == expected


def _walk(*answers: Rows) -> list[str]:
    """The ids of a walk through prepared answers, in the order in which they are asked for."""
    waiting = list(answers)
    found = [row["id"] for rows in whole(lambda page: waiting.pop(0), 2, set()) for row in rows.entries]
    assert not waiting
    return found


def _page(*ids: int, total: int | None) -> Rows:
    return Rows([{"id": str(number)} for number in ids], total, 2)


def test_a_walk_ends_where_the_total_says():
    assert _walk(_page(1, 2, total=4), _page(3, 4, total=4)) == ["1", "2", "3", "4"]


def test_a_walk_without_totals_ends_with_a_page_that_is_not_full():
    assert _walk(_page(1, 2, total=None), _page(3, total=None)) == ["1", "2", "3"]


def test_a_short_page_in_the_middle_is_a_bad_answer():
    with pytest.raises(BadAnswer, match="1 rows where 2"):
        _walk(_page(1, total=3))


def test_a_short_last_page_is_a_bad_answer():
    with pytest.raises(BadAnswer, match="0 rows where 1"):
        _walk(_page(1, 2, total=3), _page(total=3))


def test_a_list_that_grows_during_the_walk_is_read_to_its_new_end():
    assert _walk(_page(1, 2, total=3), _page(3, 4, total=5), _page(5, total=5)) == ["1", "2", "3", "4", "5"]


def test_a_row_that_slipped_over_a_border_is_found_by_a_second_walk():
    first = (_page(1, 2, total=4), _page(4, total=3))
    assert _walk(*first, _page(2, 3, total=3), _page(4, total=3)) == ["1", "2", "4", "3"]


def test_repeated_rows_in_place_of_others_are_walked_again_and_then_a_bad_answer():
    same = (_page(1, 2, total=4), _page(1, 2, total=4))
    with pytest.raises(BadAnswer, match="counts 4 rows but gives 2"):
        _walk(*same, *same)


def test_rows_without_an_id_count_and_are_passed_on():
    walk = whole(lambda page: Rows([{}, {"id": "1"}, "x"], 3, 5), 5, set())
    assert [rows.entries for rows in walk] == [[{}, {"id": "1"}, "x"]]
