"""Drift is counted by vendor, and a vendor that is watched is there before anything is found."""

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.desk.drift_metrics import DriftMetrics
from tidegate.proxy.observation.answer_recorder import AnswerRecorder, KeptAnswer

SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}}
ANSWER = {"description": "ok", "content": {"application/json": {"schema": SCHEMA}}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "paths": {"/things": {"get": {"operationId": "GetThings", "responses": {"200": ANSWER}}}},
}


def shown(recorder: AnswerRecorder) -> dict[str, float]:
    (family,) = DriftMetrics(recorder).collect()
    return {sample.labels["vendor"]: sample.value for sample in family.samples}


def test_what_is_found_is_counted_once_for_each_thing() -> None:
    async def story() -> list[dict[str, float]]:
        recorder = AnswerRecorder(VirtualWorld(1))
        recorder.watch("things", Document(DOCUMENT), frozenset(), lambda *_: None)
        before = shown(recorder)
        for body in (b'{"id": 1}', b'{"id": "one"}', b'{"id": "two"}'):
            recorder.add("things", KeptAnswer("GetThings", 200, body, "", "", 0.0))
        recorder.flush()
        recorder.close()
        return [before, shown(recorder)]

    assert run(story) == [{"things": 0}, {"things": 1}]
