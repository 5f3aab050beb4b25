"""The ways in which Python itself, and libraries, print without being asked: each is led through the redactor.

    logging            a message is noted, its known secrets, secret-sounding query values, cards, accounts and
                       addresses of mail hidden; no traceback
    an exception       that nobody caught, in a thread, a task, a callback, a destructor: type and place, not its text
    a warning          as a message
    stderr and stdout  whatever else is written there is scrubbed, write by write

An exception's text may hold anything, so it is never shown. What cannot be scrubbed is dropped.
"""

import asyncio
import contextlib
import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from tidegate.redaction.patterns import Patterns
from tidegate.redaction.redactor import without_named_secrets

FRAMES_MAX = 8
"""So many frames of an exception are told, the innermost ones."""

_PATTERNS = Patterns()
UNREADABLE = "a message that cannot be shown"


NoteWriter = Callable[[str, Mapping[str, str]], object]
"""Writes a note into the log: its text, and what else is known."""


class ProcessOutputs:
    """See the module. `scrub` takes known secrets out of a text; `note` writes into the log."""

    def __init__(self, scrub: Callable[[str], str], note: NoteWriter) -> None:
        self._scrub = scrub
        self._note = note

    @contextlib.contextmanager
    def guarded(self, loop: asyncio.AbstractEventLoop | None = None) -> Iterator[None]:
        """Guard all of them, and the exceptions that nobody caught on `loop`, until the end of the block."""
        root, streams = logging.getLogger(), (sys.stdout, sys.stderr)
        handlers, raises, shown = root.handlers, logging.raiseExceptions, warnings.showwarning
        hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        root.handlers, logging.raiseExceptions = [_NotingHandler(self.message)], False
        warnings.showwarning = self._on_warning
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._uncaught, self._in_thread, self._unraisable
        sys.stdout, sys.stderr = (_ScrubbedStream(stream, self.hidden) for stream in streams)
        if loop is not None:
            loop.set_exception_handler(self._on_loop)
        try:
            yield
        finally:
            root.handlers, logging.raiseExceptions, warnings.showwarning = handlers, raises, shown
            sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
            sys.stdout, sys.stderr = streams
            if loop is not None:
                loop.set_exception_handler(None)

    def hidden(self, text: str) -> str:
        """A text without known secrets, user information in URLs, and values of query keys that sound like a secret.

        Personal data that is known by its form is hidden too: who knows what a library has in its hands.
        """
        return _PATTERNS.hidden(self._scrub(without_named_secrets(text)))

    def message(self, origin: str, text: str, error: BaseException | None = None) -> None:
        """Note what a library says."""
        facts = {"from": origin}
        if error is not None:
            facts |= {"error": type(error).__name__, "where": _where(error.__traceback__)}
        with contextlib.suppress(Exception):
            self._note(self.hidden(text), facts)

    def bug(self, origin: str, kind: type[BaseException], trace: TracebackType | None) -> None:
        """Note an exception that nobody caught."""
        with contextlib.suppress(Exception):
            facts = {"from": origin, "bug": kind.__name__, "where": _where(trace)}
            self._note("an exception that nobody caught", facts)

    def _uncaught(self, kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
        self.bug("the main thread", kind, trace)

    def _in_thread(self, raised: Any) -> None:
        if raised.exc_type is not SystemExit:
            self.bug("a thread", raised.exc_type, raised.exc_traceback)

    def _unraisable(self, raised: Any) -> None:
        self.bug("a destructor", raised.exc_type, raised.exc_traceback)

    def _on_loop(self, _: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.bug("the event loop", type(error), error.__traceback__)
        else:
            self.message("asyncio", str(context.get("message", "")))

    def _on_warning(
        self, message: Warning | str, category: type[Warning], filename: str, lineno: int,
        file: TextIO | None = None, line: str | None = None,
    ) -> None:  # fmt: skip
        del file, line
        self.message(f"{Path(filename).name}:{lineno}", f"{category.__name__}: {message}")


def _where(trace: TracebackType | None) -> str:
    """The lines of code that an exception came through, the innermost first."""
    frames = traceback.extract_tb(trace)[-FRAMES_MAX:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))


class _NotingHandler(logging.Handler):
    """Stands at the root: what libraries log, from warnings on."""

    def __init__(self, message: Callable[[str, str, BaseException | None], object]) -> None:
        super().__init__(logging.WARNING)
        self._message = message

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record. One that cannot be put into words is noted without them."""
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001 - whatever a library's argument does when it is written
            text = UNREADABLE
        self._message(record.name, text, record.exc_info[1] if record.exc_info else None)


class _ScrubbedStream:
    """Standard output, or standard error: all that is written as text is scrubbed."""

    def __init__(self, stream: Any, hidden: Callable[[str], str]) -> None:
        self._stream = stream
        self._hidden = hidden

    def write(self, text: str) -> int:
        """Write it scrubbed; nothing where it cannot be."""
        try:
            shown = self._hidden(text)
        except Exception:  # noqa: BLE001 - an unscrubbed text must not get out
            shown = ""
        self._stream.write(shown)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
