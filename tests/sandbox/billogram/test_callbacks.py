import json
from datetime import UTC, datetime

from arapp.sandbox.billogram.callbacks import legacy_signature, signed


def test_signatures_match_the_vector_of_the_reference():
    body = b'{"callback_id":"11111111-2222-4333-8444-555555555555","callback_type":"BillogramEvent"}'
    headers = signed("demo-sign-key", "1767225600.250000", body)
    expected = "139abca19274c5e3c76bcdd8d294df7e191113faf846b374e92c0cb5ce113b16"
    assert headers["Billogram-Signature"] == expected
    assert headers["Billogram-Request-Timestamp"] == "1767225600.250000"
    found = legacy_signature("11111111-2222-4333-8444-555555555555", "demo-sign-key")
    assert found == "aef4b2140c2c845dcf259f971ce139dc"


def test_a_callback_names_its_event_and_repeats_its_id(standin):
    made = standin.add_billogram(send="Email", callbacks={"custom": "invoice:123", "sign_key": "k"})
    headers, body = standin.callback(made["id"])
    told = json.loads(body)
    assert told["event"]["type"] == "BillogramSent"
    assert told["custom"] == "invoice:123"
    assert told["billogram"]["total_sum"] == 325
    moment = datetime.fromtimestamp(float(headers["Billogram-Request-Timestamp"]), UTC)
    assert moment == standin.clock.now()
    assert json.loads(standin.callback(made["id"])[1])["callback_id"] == told["callback_id"]
