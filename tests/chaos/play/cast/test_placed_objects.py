"""What no request makes is put there: every object on the way, and one that a field of the content names."""

from pathlib import Path
from typing import Any

from tests.chaos.kiosk import ID, NOTE, kiosk
from tidegate.chaos.apps.cast import cast_of
from tidegate.chaos.play.cast.placed_objects import placed_or_none
from tidegate.chaos.play.cast.preparation import prepared, rehearsed
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor

SHELF = {**ID, "name": "shelf"}
ANSWER = {"description": "", "content": {"application/json": {"schema": NOTE}}}
LIBRARY: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Library", "version": "1"},
    "paths": {
        "/shelves/{shelf}": {"parameters": [SHELF], "get": {"operationId": "showShelf", "responses": {"200": ANSWER}}},
        "/shelves/{shelf}/books/{id}": {
            "parameters": [SHELF, ID],
            "get": {"operationId": "showBook", "responses": {"200": ANSWER}},
            "delete": {"operationId": "loseBook", "responses": {"204": {"description": ""}}},
        },
    },
}


def placed(loaded: LoadedVendor, *operations: str) -> list[dict[str, str]]:
    async def made() -> list[dict[str, str]]:
        machine, document = VirtualWorld(1).machine("vendor"), Document.load(loaded.document_path)
        simulator = SimulatorServer(machine, document, loaded.vendor, 1)
        return [placed_or_none(simulator, document.operations[name], "x") for name in operations]

    return run(made)


def test_each_object_of_the_path_is_put_there_anew(tmp_path: Path) -> None:
    made = placed(kiosk(tmp_path, "library", LIBRARY), "loseBook", "loseBook", "showBook")
    assert all({"shelf", "id"} == names.keys() for names in made)
    assert len({names["id"] for names in made}) == 3


def test_what_other_requests_cannot_make_is_placed_for_a_run() -> None:
    loaded = load_vendor(find_vendor("gitlab"))
    cast = rehearsed(cast_of([(loaded, Document.load(loaded.document_path))], {}))
    assert cast.undrawn == {}
    assert "gitlab deleteIssue" in cast.placed
    wanted = [("gitlab", "deleteIssue")] * 3 + [("gitlab", "getIssue")] * 3
    names = prepared(cast, wanted, 1).names
    assert len({one["issue_iid"] for one in names[:3]}) == 3
    assert len({one["issue_iid"] for one in names[3:]}) == 1


def test_an_object_that_the_content_names_is_put_there_with_what_lies_around_it() -> None:
    update, create, test = placed(load_vendor(find_vendor("slack")), "chat_update", "conversations_create", "auth_test")
    assert update.keys() == {"channel", "ts"}
    assert create == test == {}
