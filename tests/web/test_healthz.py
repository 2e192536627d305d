"""The sign of life of the desk: whether the database answers, and whether a worker is running."""

from datetime import timedelta

from django.utils import timezone

from arapp.upstreams.models import ALIVE_FOR, Worker


def seen(ago: timedelta) -> None:
    Worker.objects.create(name=f"host:{ago.seconds}", seen_at=timezone.now() - ago)


def test_with_a_worker_it_is_ok_and_nothing_else(client, db):
    seen(timedelta(seconds=100))
    seen(ALIVE_FOR * 30)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_without_any_worker_it_is_still_200_and_says_so_in_a_second_line(client, db):
    answer = client.get("/healthz")
    first, second, *rest = answer.content.decode().splitlines()
    assert (answer.status_code, first, second[:9], rest) == (200, "ok", "no worker", [])


def test_a_worker_that_was_last_seen_more_than_two_minutes_ago_counts_as_none(client, db):
    seen(timedelta(seconds=121))
    assert b"no worker" in client.get("/healthz").content
    seen(timedelta(seconds=118))
    assert b"no worker" not in client.get("/healthz").content
