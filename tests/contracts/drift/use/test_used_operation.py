"""The operation that a pact uses."""

from dataclasses import replace

from tests.contracts.drift.edited_documents import old, uses
from tidegate.contracts.drift.use.used_operation import UsedOperations
from tidegate.openapi.document import Document

USE = uses()[0]


def test_method_and_path_go_before_the_id() -> None:
    found = UsedOperations(old()).match(replace(USE, method="GET", path="/v1/refunds/re_1", operation="PostRefunds"))
    assert found is not None
    assert (found.operation.id, found.params) == ("GetRefundsRefund", {"refund": "re_1"})


def test_a_path_of_the_server_may_stand_before_the_documents_own() -> None:
    document = Document({"openapi": "3.0.3", "servers": [{"url": "https://a.example/v1"}],
                         "paths": {"/chat": {"post": {"operationId": "chat"}}}})  # fmt: skip
    found = UsedOperations(document).match(replace(USE, method="POST", path="/v1/chat"))
    assert found is not None
    assert found.operation.id == "chat"


def test_the_id_is_taken_where_its_method_fits() -> None:
    operations = UsedOperations(old())
    strange = replace(USE, path="/elsewhere", operation="PostRefunds")
    assert operations.match(strange) is not None
    assert operations.match(replace(strange, method="DELETE")) is None
