"""What Python and libraries print by themselves is noted, scrubbed, or dropped; never printed as it is."""

import asyncio
import gc
import io
import logging
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping

import pytest

from tidegate.redaction.process_outputs import UNREADABLE, ProcessOutputs
from tidegate.redaction.redactor import Redactor

SECRET = "sk_live_4242/ab+cd"
PERSONAL = "ann@example.com"


class Guard:
    """Guarded outputs, and what came of them."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, Mapping[str, str]]] = []
        self.stderr = io.StringIO()
        self.outputs = ProcessOutputs(Redactor([SECRET]).text, lambda text, facts: self.notes.append((text, facts)))

    @property
    def shown(self) -> str:
        return f"{self.notes} {self.stderr.getvalue()}"


@pytest.fixture
def guard() -> Iterator[Guard]:
    made = Guard()
    with made.outputs.guarded():
        yield made
    assert SECRET not in made.shown
    assert PERSONAL not in made.shown


def fail() -> None:
    raise RuntimeError(f"{SECRET} of {PERSONAL}")


def test_a_library_that_logs_a_url_is_noted_without_its_secrets(guard: Guard) -> None:
    logging.getLogger("urllib3").warning("GET https://u:%s@host/?api_key=unknown&page=2", SECRET)
    assert guard.notes == [("GET https://u:[redacted]@host/?api_key=[redacted]&page=2", {"from": "urllib3"})]


def test_personal_data_that_is_known_by_its_form_is_noted_nowhere(guard: Guard) -> None:
    logging.getLogger("a.library").warning("no user %s with card %s", "ada@example.org", "4111 1111 1111 1111")
    [(text, _)] = guard.notes
    assert text == "no user [redacted] with card [redacted]"


def test_an_exception_that_is_logged_is_noted_by_its_type(guard: Guard) -> None:
    try:
        fail()
    except RuntimeError:
        logging.getLogger("a.library").exception("it failed")
    [(text, facts)] = guard.notes
    assert (text, facts["from"], facts["error"], len(facts)) == ("it failed", "a.library", "RuntimeError", 3)
    assert facts["where"].startswith("test_process_outputs.py:"), "where it was raised, and nothing that it said"


@pytest.mark.parametrize("arguments", [(SECRET,), ()])
def test_a_message_that_cannot_be_put_together_is_noted_without_it(guard: Guard, arguments: tuple[str, ...]) -> None:
    class Argument:
        def __str__(self) -> str:
            raise RuntimeError(SECRET)

    logging.getLogger("a.library").warning("%s of %d", Argument(), *arguments)
    assert guard.notes == [(UNREADABLE, {"from": "a.library"})]
    assert guard.stderr.getvalue() == ""


def test_a_warning_is_noted(guard: Guard) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = guard.outputs._on_warning
        warnings.warn(f"old key {SECRET}", stacklevel=1)
    ((text, facts),) = guard.notes
    assert text == "UserWarning: old key [redacted]"
    assert facts["from"].startswith("test_process_outputs.py:")


def test_an_exception_of_a_thread_is_noted_by_type_and_place(guard: Guard) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    ((_, facts),) = guard.notes
    assert (facts["from"], facts["bug"]) == ("a thread", "RuntimeError")
    assert facts["where"].startswith("test_process_outputs.py:")
    assert " fail < " in facts["where"]


def test_an_exception_of_a_destructor_is_noted(guard: Guard) -> None:
    class Broken:
        def __del__(self) -> None:
            fail()

    Broken()
    gc.collect()
    assert guard.notes[0][1]["from"] == "a destructor"


def test_an_exception_that_ends_the_program_is_noted(guard: Guard) -> None:
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    assert guard.notes[0][1]["bug"] == "RuntimeError"
    assert guard.stderr.getvalue() == ""


async def test_an_exception_of_a_task_or_a_callback_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    made, loop = Guard(), asyncio.get_running_loop()

    async def broken() -> None:
        fail()

    monkeypatch.setattr(sys, "stderr", made.stderr)
    with made.outputs.guarded(loop):
        task = loop.create_task(broken())
        await asyncio.wait([task])
        del task
        gc.collect()
        loop.call_soon(fail)
        loop.call_exception_handler({"message": f"odd {SECRET}"})
        done = loop.create_future()
        loop.call_soon(done.set_result, None)
        await done
    assert [facts.get("bug", "") for _, facts in made.notes] == ["RuntimeError", "", "RuntimeError"]
    assert SECRET not in made.shown
    assert PERSONAL not in made.shown
    assert loop.get_exception_handler() is None


def test_whatever_else_is_written_is_scrubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Guard()
    monkeypatch.setattr(sys, "stderr", made.stderr)
    with made.outputs.guarded():
        sys.stderr.write(f"a {SECRET} ?token=x ")
        print(f"b {SECRET}", file=sys.stderr)
        sys.stderr.writelines([SECRET])
        sys.stderr.flush()
        handler = logging.StreamHandler()
        logging.getLogger("own").addHandler(handler)
        logging.getLogger("own").error("c %s", SECRET)
        logging.getLogger("own").removeHandler(handler)
    assert made.stderr.getvalue() == "a [redacted] ?token=[redacted] b [redacted]\n[redacted]c [redacted]\n"


def test_what_cannot_be_scrubbed_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> str:
        raise RuntimeError(text)

    stderr, notes = io.StringIO(), list[str]()
    monkeypatch.setattr(sys, "stderr", stderr)
    with ProcessOutputs(broken, lambda text, _: notes.append(text)).guarded():
        logging.getLogger("a").warning(SECRET)
        sys.stderr.write(SECRET)
    assert (notes, stderr.getvalue()) == ([], "")


def test_everything_is_as_it_was_afterwards() -> None:
    before = sys.stderr, sys.stdout, sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
    handlers = logging.getLogger().handlers
    with Guard().outputs.guarded():
        assert sys.excepthook is not before[2]
    after = sys.stderr, sys.stdout, sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
    assert after == before
    assert logging.getLogger().handlers is handlers
    assert logging.raiseExceptions
