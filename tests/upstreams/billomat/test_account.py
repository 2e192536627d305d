import httpx
import pytest

from arapp.receivables.records import INVOICE
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.base import (
    Account,
    WrongCredentials,
)
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.http import BadAnswer
from tests.upstreams.billomat.wiring import HTML, canned, ids, open_adapter, refusal


def test_the_home_is_the_accounts_own_host():
    assert Billomat.home("Acme-2") == "https://acme-2.billomat.net/api"


@pytest.mark.parametrize("user", ["", "acme.example", "-a", "a/b", "a@b", "äcme", "a" * 64, "acme\n"])
def test_a_billomat_id_that_is_no_host_name_is_refused(user):
    with pytest.raises(WrongCredentials, match="Billomat id"):
        Billomat.home(user)


def test_the_account_is_known_by_its_own_client(adapter, standin):
    assert adapter.account() == Account(str(standin.account_id), "Musterschreinerei GmbH")
    assert adapter.is_account("", [])
    assert adapter.is_account(str(standin.account_id), [])
    assert not adapter.is_account("99", [])


@pytest.mark.parametrize("status", [403, 404])
def test_a_role_that_may_not_read_clients_is_known_by_the_billomat_id(adapter, standin, status):
    standin.faults.append(Fault(refusal(status, "no"), times=2, path="/clients/myself"))
    assert adapter.account() == Account("id:demodesk", "demodesk")
    assert adapter.is_account("id:demodesk", [])


def test_a_role_that_lost_the_right_to_clients_is_known_by_a_document_we_have(adapter, standin):
    stored, known = adapter.account().external_id, [str(standin.add_invoice()["id"])]
    standin.faults.append(Fault(refusal(403, "no"), times=9, path="/clients/myself"))
    assert adapter.is_account(stored, known)
    assert not adapter.is_account(stored, ["999999999"])


def test_a_wrong_key_is_wrong_credentials(standin):
    adapter = open_adapter(standin, secret="no-such-key")
    with pytest.raises(WrongCredentials, match="demodesk"):
        adapter.account()
    with pytest.raises(WrongCredentials):
        ids(adapter)


def test_an_unknown_billomat_id_is_wrong_credentials():
    adapter = canned(lambda _: httpx.Response(404, json={"errors": {"error": "Account not Found"}}))
    for call in (adapter.account, lambda: ids(adapter), lambda: adapter.detail(INVOICE, "1")):
        with pytest.raises(WrongCredentials, match="acme"):
            call()


@pytest.mark.parametrize(
    "answer",
    [HTML, Answer(200, b'{"client": {"id": "'), Answer(200, b"{}"), Answer(200, b'{"client": {"name": "x"}}')],
)
def test_an_answer_that_is_not_billomats_proves_nothing(adapter, standin, answer):
    standin.faults.append(Fault(answer))
    with pytest.raises(BadAnswer):
        adapter.account()


def test_key_and_wanted_format_are_in_every_request(adapter, standin):
    adapter.account()
    (request,) = standin.requests
    assert request.headers["x-billomatapikey"] == standin.credentials()["secret"]
    assert request.headers["accept"] == "application/json"
