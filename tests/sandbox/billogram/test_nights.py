from datetime import UTC, datetime


def test_a_billogram_is_overdue_after_the_night_of_its_due_date(standin, client, sent):
    standin.clock.move(days=30, hours=10)
    assert client.get(f"/billogram/{sent['id']}").json()["data"]["state"] == "Unpaid"
    standin.clock.move(hours=2)
    data = client.get(f"/billogram/{sent['id']}").json()["data"]
    assert (data["state"], data["events"][-1]["type"]) == ("Overdue", "Overdue")
    assert "2026-04-01 23:03:00" <= data["events"][-1]["created_at"] <= "2026-04-01 23:15:00"
    assert data["updated_at"] == data["events"][-1]["created_at"]


def test_a_night_long_past_keeps_its_own_stamp(standin, client, sent):
    standin.clock.move(days=200)
    data = client.get("/billogram", params={"page": 1, "page_size": 1}).json()["data"][0]
    assert data["state"] == "Overdue"
    assert data["updated_at"].startswith("2026-04-01 23:")


def test_a_due_date_already_past_when_sent_waits_for_the_next_night(standin):
    late = standin.add_billogram(send="Email", invoice_date="2026-01-01", due_days=10)
    assert standin.find(late["id"])["state"] == "Unpaid"
    standin.clock.move(days=1)
    data = standin.find(late["id"])
    assert data["state"] == "Overdue"
    assert data["events"][-1]["created_at"].startswith("2026-03-02 23:")


def test_drafts_and_paid_ones_are_left_alone(standin, draft, sent):
    standin.pay(sent["id"], 325)
    standin.clock.move(days=100)
    assert standin.find(draft["id"])["state"] == "Unattested"
    assert standin.find(sent["id"])["state"] == "Paid"


def test_automatic_reminders_and_collection_run_by_themselves(standin):
    made = standin.add_billogram(
        send="Letter",
        automatic_reminders=True,
        automatic_reminders_settings=[{"delay_days": 5, "message": "First"}, {"delay_days": 15}],
        automatic_collection={"delay_days": 30},
    )
    states = []
    for days in (36, 10, 15, 5):
        standin.clock.move(days=days)
        states.append(standin.find(made["id"])["state"])
    assert states == ["Reminder_1", "Reminder_2", "Collecting", "Collection"]
    reminders = [e for e in standin.find(made["id"])["events"] if e["type"] == "ReminderSent"]
    assert [event["created_at"][:10] for event in reminders] == ["2026-04-06", "2026-04-16"]


def test_a_reminder_that_cannot_be_delivered_is_noted_once(standin):
    made = standin.add_billogram(
        send="Email", automatic_reminders=True, automatic_reminders_settings=[{"delay_days": 5}]
    )
    standin.account.billogram(made["id"]).data["customer"]["email"] = ""
    standin.clock.move(days=60)
    assert [event["type"] for event in standin.find(made["id"])["events"]][-2:] == ["Overdue", "DeliveryFailed"]


def test_the_clock_may_stand_anywhere_in_the_night(standin, sent):
    standin.clock.move(days=30)
    for _ in range(40):
        standin.clock.move(minutes=17)
        now = standin.clock.now()
        state = standin.find(sent["id"])["state"]
        if now < datetime(2026, 4, 1, 23, 3, tzinfo=UTC):
            assert state == "Unpaid"
        elif now > datetime(2026, 4, 1, 23, 15, tzinfo=UTC):
            assert state == "Overdue"
