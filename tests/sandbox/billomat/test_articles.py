"""Articles as the reference has them (section 4.3)."""

import pytest


def test_a_number_is_built_of_prefix_and_digits(api):
    made = api.post("/articles", json={"article": {"number_pre": "B", "number": 7, "number_length": 3}}).json()[
        "article"
    ]
    assert (made["article_number"], made["sales_price"]) == ("B007", "0")
    changed = api.put(f"/articles/{made['id']}", json={"article": {"number": 12}}).json()["article"]
    assert changed["article_number"] == "B012"


@pytest.mark.parametrize("field", ["unit_id", "tax_id"])
def test_unit_and_tax_are_ids_of_the_accounts_own(api, field):
    answer = api.post("/articles", json={"article": {"title": "x", field: 999_999}})
    assert (answer.status_code, answer.json()) == (400, {"errors": {"error": f"{field} is invalid"}})
