"""A request is let in by its region, its credential, its address and its scope, in this order."""

from typing import Any

import pytest

from tests.simulator.conftest import Play, Played, facts
from tidegate.openapi.document import Document
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.door.access_check import AccessCheck
from tidegate.simulator.door.credentials import Credentials
from tidegate.simulator.door.operation_match import OperationMatcher
from tidegate.simulator.record.journal import JournalEntry

OAUTH = {"token": "/oauth/token", "needs": {"PostCustomers": "customers.write"}, "expires_in": "1h"}


def with_oauth(**changes: Any) -> Any:
    return facts(auth={"scheme": "bearer", "secret": "env:UNUSED", "oauth": {**OAUTH, **changes}})


async def token(vendor: Played, scope: str) -> str:
    form = f"grant_type=client_credentials&client_id=shop&client_secret=sk_test_of_the_tests&scope={scope}"
    status, body = await vendor.ask("POST", "/oauth/token", form, Authorization="")
    assert status == 200
    return str(body["access_token"])


async def test_a_token_does_what_its_scopes_let_it(play: Play) -> None:
    vendor = await play(with_oauth())
    bearer = f"Bearer {await token(vendor, 'customers.read')}"
    assert (await vendor.ask("GET", "/v1/customers", Authorization=bearer))[0] == 200
    status, _, headers = await vendor.exchange("POST", "/v1/customers", "name=A", Authorization=bearer)
    assert (status, vendor.simulator.journal.entries[-1].effects) == (403, [])
    assert 'error="insufficient_scope", scope="customers.write"' in headers["WWW-Authenticate"]
    bearer = f"Bearer {await token(vendor, 'customers.write')}"
    assert (await vendor.ask("POST", "/v1/customers", "name=A", Authorization=bearer))[0] == 200


async def test_an_expired_token_is_the_vendors_401_with_a_challenge(play: Play) -> None:
    vendor = await play(with_oauth())
    bearer = f"Bearer {await token(vendor, 'customers.write')}"
    await vendor.world.advance(3600)
    status, refused, headers = await vendor.exchange("GET", "/v1/customers", Authorization=bearer)
    assert (status, refused["error"]["type"]) == (401, "invalid_request_error")
    assert 'error="invalid_token"' in headers["WWW-Authenticate"]


async def test_the_token_endpoint_is_in_the_journal_and_meets_faults(play: Play) -> None:
    vendor = await play(with_oauth())
    await token(vendor, "x")
    assert vendor.simulator.journal.entries[-1].operation == "oauth.token"
    vendor.arm(kind="error", operations=["oauth.token"], status=503)
    assert (await vendor.ask("POST", "/oauth/token", "grant_type=client_credentials"))[0] == 503


@pytest.mark.parametrize(("host", "status"), [("eu.vendor.example", 200), ("us.vendor.example", 403), ("x:80", 200)])
async def test_the_host_of_another_region_is_refused(play: Play, host: str, status: int) -> None:
    vendor = await play(facts(region="eu", hosts={"eu.vendor.example": "eu", "us.vendor.example": "us"}))
    answered, body = await vendor.ask("GET", "/v1/customers", Host=host)
    assert answered == status
    if status == 403:
        assert body["error"]["message"] == "This account belongs to the region eu, and this host to us."


def let_in(security: list[Any]) -> str:
    """The name by which a request without a credential is let in to an operation with this security."""
    document = Document({"openapi": "3.0.3", "paths": {"/a": {"get": {"operationId": "A", "security": security}}}})
    vendor = facts().facts
    access = AccessCheck(vendor, Credentials(vendor.auth), document, OperationMatcher(document, vendor.base_url))
    entry = JournalEntry(1, 0.0, 0.0, "GET", "/a", operation="A")
    return access.identify(entry, document.match("GET", "/a"), {}, "").name


@pytest.mark.parametrize("security", [[], [{"key": []}, {}]])
def test_the_document_may_let_anybody_in_to_one_operation(security: list[Any]) -> None:
    assert let_in(security) == ""


def test_the_document_may_ask_for_a_credential_of_one_operation() -> None:
    with pytest.raises(VendorError) as refused:
        let_in([{"key": []}])
    assert refused.value.reason == "no-key"
