"""The recorder of sampled answers: bounded, in slices, and deaf to what is no JSON."""

import gzip
from collections.abc import Callable
from typing import Any

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.proxy.observation.answer_recorder import BODY_BYTES_MAX, FLUSH_S, AnswerRecorder, KeptAnswer

DOCUMENT = Document({"openapi": "3.1.0", "paths": {"/t": {"get": {"operationId": "t", "responses": {"200": {}}}}}})


def kept(body: bytes, coding: str = "", target: str = "", status: int = 200) -> KeptAnswer:
    return KeptAnswer("t", status, body, coding, target, 1.0)


def played(story: Callable[[AnswerRecorder, VirtualWorld, list[Any]], Any]) -> tuple[AnswerRecorder, list[Any]]:
    told: list[Any] = []

    async def playing() -> AnswerRecorder:
        world = VirtualWorld(1)
        recorder = AnswerRecorder(world)
        recorder.watch("v", DOCUMENT, frozenset(), lambda text, facts: told.append((text, facts)))
        await story(recorder, world, told)
        return recorder

    return run(playing), told


def test_nothing_is_looked_at_before_its_time_and_then_all() -> None:
    async def story(recorder: AnswerRecorder, world: VirtualWorld, _told: list[Any]) -> None:
        for at in range(5):
            recorder.add("v", kept(b'{"a": %d}' % at))
        assert recorder.watches["v"].answers == 0
        await world.sleep(FLUSH_S + 0.1)
        assert recorder.watches["v"].answers == 5

    played(story)


def test_codings_are_taken_off_and_what_is_no_json_is_counted() -> None:
    async def story(recorder: AnswerRecorder, _world: VirtualWorld, _told: list[Any]) -> None:
        recorder.add("v", kept(gzip.compress(b'{"a": 1}'), "gzip"))
        recorder.add("v", kept(b"{", ""))
        recorder.add("v", kept(b'{"a": "\xff"}'))
        recorder.add("v", kept(gzip.compress(b"x" * 10 * BODY_BYTES_MAX), "gzip"))  # a bomb
        recorder.add("nobody", kept(b"{}"))
        recorder.flush()

    recorder, _ = played(story)
    assert (recorder.watches["v"].answers, recorder.unread) == (1, 3)


def test_so_many_bytes_may_wait_and_more_are_dropped() -> None:
    async def story(recorder: AnswerRecorder, _world: VirtualWorld, _told: list[Any]) -> None:
        recorder.add("v", kept(b"1" * (BODY_BYTES_MAX + 1)))
        for _ in range(20):
            recorder.add("v", kept(b"1" * BODY_BYTES_MAX))
        recorder.close()

    recorder, _ = played(story)
    assert recorder.dropped == 5


def test_the_log_hears_of_many_findings_once_a_second() -> None:
    async def story(recorder: AnswerRecorder, world: VirtualWorld, told: list[Any]) -> None:
        for status in (201, 202, 203):
            recorder.add("v", kept(b"{}", status=status))
        recorder.flush()
        assert len(told) == 1
        await world.sleep(1.1)
        recorder.add("v", kept(b"{}", status=204))
        recorder.flush()

    recorder, told = played(story)
    assert [facts["status"] for _, facts in told] == [201.0, 204.0]
    assert len(recorder.overview()["vendors"]["v"]["findings"]) == 4


def test_a_reload_keeps_what_is_known() -> None:
    async def story(recorder: AnswerRecorder, _world: VirtualWorld, _told: list[Any]) -> None:
        recorder.add("v", kept(b'{"a": 1}'))
        recorder.flush()
        recorder.watch("v", DOCUMENT, frozenset({"a"}), lambda _text, _facts: None)

    recorder, _ = played(story)
    assert recorder.watches["v"].answers == 1
