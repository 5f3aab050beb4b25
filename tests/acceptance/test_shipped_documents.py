"""Every operation of the documents beside our adapters answers a valid request with a success that is valid."""

import pytest

from tests.acceptance.test_every_operation import ANY_VENDOR, tried_with
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld


@pytest.mark.parametrize(("name", "unjudged"), [("adyen", 0), ("gitlab", 1), ("sendgrid", 2), ("woocommerce", 0)])
async def test_every_operation_of_a_vendor_answers_with_a_valid_success(name: str, unjudged: int) -> None:
    loaded = load_vendor(find_vendor(name))
    facts = loaded.vendor.facts.model_copy(update={"auth": ANY_VENDOR.facts.auth})
    vendor, document = loaded.vendor.model_copy(update={"facts": facts}), Document.load(loaded.document_path)
    tried = await tried_with(document, SimulatorServer(RealWorld(1), document, vendor, 1))
    assert tried.failed == []
    assert tried.counts["right"] == len(document.operations) - unjudged
