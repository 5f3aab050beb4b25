"""A source of secrets that says what a test has it say, and a wearer that writes down what it wore."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tidegate.configfile.secret_references import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.policies.credentials.secret_versions import SecretVersion
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import Bundle, SourcedSecret
from tidegate.proxy.secrets.secret_wearer import SecretUse
from tidegate.redaction.secret import Secret


class PlayedSource:
    """See the module. `error` is raised where it is set."""

    def __init__(self, **values: str) -> None:
        self.values, self.reads = values, 0
        self.error: UsageError | None = None
        self.closed = False
        self.gate: asyncio.Event | None = None
        """The next read answers with what there is now, once this is set."""

    def bundle(self, ref: SecretRef) -> str:
        return ref.place

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        self.reads += 1
        if self.error is not None:
            raise self.error
        mark, values, gate = f"read {self.reads}", dict(self.values), self.gate
        if gate is not None:
            self.gate = None
            await gate.wait()
        return {ref: SourcedSecret(Secret(values[ref.field]), mark) for ref in refs}

    async def close(self) -> None:
        self.closed = True


class PlayedWearer:
    """See the module. A value with `bad` in it cannot be worn."""

    def __init__(self, book: SecretBook, *refs: SecretRef) -> None:
        self.book, self.refs = book, refs
        self.worn: list[dict[str, str]] = []
        self.notes: list[tuple[str, Mapping[str, str | float]]] = []
        self.rows: list[tuple[str, str, int | None]] = []
        self.over: list[tuple[str, int]] = []

    def uses(self) -> Mapping[SecretRef, SecretUse]:
        return dict.fromkeys(self.refs, SecretUse("things", 1000.0))

    def prepare(self, refs: Sequence[SecretRef]) -> Callable[[], object]:
        values = {ref.field: self.book.version(ref).secret.reveal() for ref in refs}
        if any("bad" in value for value in values.values()):
            raise UsageError("this cannot be worn")
        return lambda: self.worn.append(values)

    def retired(self, ref: SecretRef, version: SecretVersion) -> None:
        self.over.append((ref.field, version.number))

    def note(self, text: str, facts: Mapping[str, str | float]) -> None:
        self.notes.append((text, facts))

    def record(self, what: str, ref: SecretRef, version: SecretVersion | None, why: str = "") -> None:
        self.rows.append((what, ref.field, version.number if version is not None else None))

    @property
    def texts(self) -> list[str]:
        """What was noted, less what was noted of it."""
        return [text for text, _ in self.notes]
