"""A stage by the page's recipe: one file and one line."""

from types import ModuleType

import pytest

from tests.contributing.recipe import blocks
from tidegate.proxy import pipeline
from tidegate.testing import VirtualProxy, run


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's stage, in the list of stages."""
    file, line = blocks("stage", "python")
    module = ModuleType("tidegate.proxy.stages.pause")
    exec(file, vars(module))
    (entry,) = eval(f"({line})", {"pause": module})
    monkeypatch.setattr(pipeline, "AROUND", (*pipeline.AROUND, entry))
    return module


@pytest.mark.parametrize(("method", "waits"), [("POST", True), ("GET", False)])
def test_each_attempt_waits_where_the_stage_has_something_to_do(method: str, waits: bool, pause: ModuleType) -> None:
    async def story() -> float:
        async with VirtualProxy("stripe", [200]) as proxy:
            began = proxy.world.now()
            await proxy.request(method, "/stripe/v1/customers")
            return proxy.vendor.received[0].at_s - began

    assert (run(story) > pause.PAUSE_S) is waits
