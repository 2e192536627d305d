"""Saved views: what they hold, who sees and uses them, how many rows they have."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict

from arapp.lists import views
from arapp.lists.models import SavedView, ViewUse
from arapp.lists.views import Refusal, canonical, count_of, filters_of, keep, rename, share, use, used, visible
from tests.conftest import TODAY, make_invoice, make_source, make_user
from tests.lists.conftest import asked

pytestmark = pytest.mark.django_db


def kept(person, name="Late", query="overdue=1", listed="invoices", **wish):
    return keep(person, listed, name, query, **wish)


def seen(rows):
    return sorted(view.name for view in rows)


def test_a_view_holds_filters_and_order_without_page_panel_or_view():
    given = QueryDict("page=3&after=x&show=7&view=2&sort=-due&state=open&q=+&state=paid&state=open&number=")
    assert canonical("invoices", given) == "sort=-due&state=open&state=paid"
    assert canonical("customers", given) == "sort=-due"


def test_days_told_by_today_stay_so(person):
    view = kept(person, query="due_to=today%2B7&issued=last-month&days_overdue_min=30")
    assert view.query == "days_overdue_min=30&due_to=today%2B7&issued=last-month"
    make_invoice(make_source(), external_id="a", due_date=TODAY + timedelta(days=7), issue_date=TODAY)
    view = kept(person, "Soon", "due_to=today%2B7")
    assert filters_of(view, TODAY).qs.count() == 1
    assert filters_of(view, TODAY - timedelta(days=1)).qs.count() == 0


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("due_from=soon", "soon"),
        ("page=2", "nothing to keep"),
        ("", "nothing to keep"),
        ("number=" + "&number=".join(f"{n:090}" for n in range(50)), "too long"),
        ("a=1&" * 30_000, "too many parts"),
    ],
)
def test_what_makes_no_sense_is_not_kept(person, query, says):
    with pytest.raises(Refusal, match=says):
        kept(person, query=query)
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_per_person_and_list(person):
    kept(person)
    with pytest.raises(Refusal, match="“Late”"):
        kept(person, " Late ")
    kept(person, listed="customers")
    kept(make_user())
    assert SavedView.objects.count() == 3


def test_renaming_to_a_name_that_is_taken_is_refused(person):
    kept(person, "One")
    view = kept(person, "Two")
    with pytest.raises(Refusal, match="“One”"):
        rename(view, "One")
    rename(view, "  Two   words ")
    assert seen(visible(person)) == ["One", "Two words"]


def test_one_sees_ones_own_and_the_shared_ones(person):
    other = make_user()
    kept(other, "Theirs")
    kept(other, "Shared", shared=True)
    kept(person, "Mine")
    assert seen(visible(person)) == ["Mine", "Shared"]


def test_who_uses_a_view_is_each_persons_own(person):
    other = make_user()
    view = kept(other, "Shared", shared=True, pinned=True)
    assert [found.pinned for found in visible(other)] == [True]
    assert [(found.pinned, found.opens) for found in visible(person)] == [(False, False)]
    use(person, view.pk, default=True)
    assert [(found.pinned, found.opens) for found in used(person)] == [(False, True)]
    assert [(found.pinned, found.opens) for found in used(other)] == [(True, False)]


def test_one_view_opens_a_list(person):
    first, second = kept(person, "One", default=True), kept(person, "Two", default=True)
    elsewhere = kept(person, "Three", listed="customers", default=True)
    assert {found.pk for found in used(person)} == {second.pk, elsewhere.pk}
    use(person, first.pk, default=True)
    assert {found.pk for found in used(person)} == {first.pk, elsewhere.pk}
    use(person, first.pk, default=False)
    assert {found.pk for found in used(person)} == {elsewhere.pk}


def test_the_database_keeps_a_second_one_from_opening_the_list(person):
    kept(person, "One", default=True)
    other = kept(person, "Two")
    with pytest.raises(IntegrityError), transaction.atomic():
        ViewUse.objects.create(view=other, person=person, listed="invoices", default=True)


def test_using_a_view_twice_is_using_it_once(person):
    view = kept(person)
    use(person, view.pk, pinned=True)
    use(person, view.pk, pinned=True)
    assert ViewUse.objects.count() == 1


def test_what_is_no_longer_shared_is_no_longer_used_by_others(person):
    owner = make_user()
    view = kept(owner, shared=True, pinned=True)
    use(person, view.pk, pinned=True, default=True)
    share(view, False)
    assert not used(person)
    assert [found.pinned for found in used(owner)] == [True]
    with pytest.raises(SavedView.DoesNotExist):
        use(person, view.pk, pinned=True)


def test_there_is_an_end_to_views_and_to_pinned_ones(person, monkeypatch):
    monkeypatch.setattr(views, "MOST_PINNED", 2)
    monkeypatch.setattr(views, "MOST_VIEWS", 3)
    for name in ("One", "Two"):
        kept(person, name, pinned=True)
    with pytest.raises(Refusal, match="pinned 2 views"):
        kept(person, "Three", pinned=True)
    assert seen(visible(person)) == ["One", "Two"]
    kept(person, "Three")
    with pytest.raises(Refusal, match="3 views already"):
        kept(person, "Four")


def test_rows_are_counted_up_to_a_limit(person, monkeypatch):
    source = make_source()
    for _ in range(4):
        make_invoice(source, approvals=False)
    assert count_of(asked("state=draft")) == views.Count(4)
    monkeypatch.setattr(views, "COUNTED", 3)
    assert count_of(asked("state=draft")) == views.Count(3, more=True)
    assert count_of(asked("due_from=soon")) == views.Count(None)


def test_a_view_of_a_filter_that_there_is_no_more_opens_without_it(person):
    view = SavedView.objects.create(person=person, name="Old", query="colour=blue&source=Gone&state=draft")
    found = filters_of(view, TODAY)
    assert found.unknown == ["colour"]
    assert found.problems
    assert count_of(found) == views.Count(None)
    view.query = "a=1&" * 30_000
    assert filters_of(view, TODAY).active == {}


def test_what_is_folded_into_another_query_is_the_same(person):
    other = make_user("erika", first_name="Erika", last_name="Muster")
    kept(other, "Shared", shared=True)
    use(person, SavedView.objects.get().pk, default=True)
    kept(person, "Mine", pinned=True)
    kept(person, "Unused")
    told = ("pk", "listed", "name", "query", "shared", "pinned", "opens", "person_id")
    for listed in ("", "invoices"):
        rows = type(person).objects.annotate(views=views.folded_views(person, listed)).first().views
        folded = views.views_in(rows)
        assert [[getattr(view, name) for name in told] for view in folded] == [
            [getattr(view, name) for name in told] for view in used(person, listed)
        ]
        assert [str(view.person) for view in folded] == [str(view.person) for view in used(person, listed)]
    assert len(folded) == 3
