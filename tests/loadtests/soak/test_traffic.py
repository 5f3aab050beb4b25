"""The ordinary traffic of the shipped vendors, against their documents."""

import re

import pytest

from tidegate.loadtests.soak.traffic import TRAFFIC
from tidegate.openapi.document import Document
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor_file import load_vendor

NAMES = {"n", "account"}


DEFERRED = {"warehouse"}
"""Its writes wait in the outbox: its load is that of `tidegate load orders`."""


def test_every_shipped_vendor_has_traffic() -> None:
    assert set(TRAFFIC) == set(find_vendors([])) - DEFERRED


@pytest.mark.parametrize("vendor", sorted(TRAFFIC))
def test_each_step_is_an_operation_of_the_vendors_document(vendor: str) -> None:
    document = Document.load(load_vendor(find_vendors([])[vendor]).document_path)
    shapes = [
        (operation.method, re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(operation.template))))
        for operation in document.operations.values()
    ]
    for step in TRAFFIC[vendor]:
        path = step.path.partition("?")[0]
        assert any(method in {step.method, "POST"} and shape.fullmatch(path) for method, shape in shapes), path


@pytest.mark.parametrize("vendor", sorted(TRAFFIC))
def test_each_name_in_a_step_is_taken_from_an_earlier_one(vendor: str) -> None:
    names = set(NAMES)
    for step in TRAFFIC[vendor]:
        assert set(re.findall(r"\{(\w+)\}", f"{step.path} {step.content}")) <= names
        names |= set(step.takes)


@pytest.mark.parametrize("vendor", sorted(TRAFFIC))
def test_each_vendor_has_writes_and_somebody_who_leaves(vendor: str) -> None:
    steps = TRAFFIC[vendor]
    assert any(step.writes for step in steps)
    assert any(step.left for step in steps)
    assert any(step.padded or step.chunked for step in steps), "a content that is passed on as it comes"
