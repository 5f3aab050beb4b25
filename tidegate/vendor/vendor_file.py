"""The reading of a vendor file: YAML to typed values, every mistake at once, each with its place.

A file with mistakes is read as far as it goes: what is wrong is taken out, what is missing gets a stand-in, so that the
rules (tidegate.check.rulebook) can still speak about the rest. It does not read the OpenAPI document, and it checks no
rule.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from tidegate.configfile.block import Block, NotYet, SimulatorOnly
from tidegate.configfile.finding import Finding, VendorFileError, in_order, written_path
from tidegate.configfile.wording import follows_from_another, place_of, worded
from tidegate.configfile.yaml_places import Loc, Placed, Position, read_places
from tidegate.vendor.vendor import Vendor

__all__ = [
    "Finding",
    "LoadedVendor",
    "Position",
    "VendorFileError",
    "VendorReading",
    "load_vendor",
    "read_vendor",
    "simulated_only",
]

FILE_NAME = "vendor.yaml"
FILE_BYTES_MAX = 1_048_576

STAND_INS: dict[str, Any] = {
    "vendor": "unnamed",
    "purpose": "unknown",
    "document": "unknown",
    "facts": {},
    "base_url": "https://vendor.invalid",
    "auth": {},
    "scheme": "bearer",
    "secret": "env:UNKNOWN",
    "facts.errors": {},
    "envelope": "",
    "ours": {},
    "header": "Unknown",
    "methods": [],
    "remembers": "1s",
    "after": "p95",
    "pin": "unknown",
    "name": "unknown",
    "rate": "1/s",
    "status": 429,
    "means": "remaining",
    "at_once": 1,
    "count": 1,
    "availability": 0.99,
    "per": "day",
    "concurrent": 1,
    "operation": "unknown",
    "items": "/items",
    "results": "/results",
    "by": {},
    "value": "unknown",
    "every": "1s",
    "token": "/unknown",
    "url": "/url",
    "does": "sample",
    "answer": {"id": "unknown"},
    "data": "unknown",
    "types": "type Query { unknown: ID }",
    "pointer": "",
    "parameter": "unknown",
    "signed": "{raw}",
    "alerts.errors": "1%",
    "slow_p99": "1s",
    "runbook": "unknown",
    "contains": "unknown",
    "fail": "unknown",
    "chain": "env:UNKNOWN",
    "text": "{method}",
    "algorithm": "ed25519",
    "key_id": "unknown",
    "service": "unknown",
    "region": "unknown",
    "path": "/unknown",
    "grant": "client_credentials",
    "client_id": "unknown",
}
"""For fields that must be there, by name, or by block and name where that is needed."""

_ROUNDS_MAX = 20


@dataclass(frozen=True)
class LoadedVendor:
    """A vendor file that was read. `broken` lists what was taken out or stood in for: empty unless it has mistakes."""

    vendor: Vendor
    path: Path
    placed: Placed = field(default_factory=Placed, repr=False)
    broken: frozenset[Loc] = frozenset()

    @property
    def document_path(self) -> Path:
        """The path of the vendor's OpenAPI document."""
        return self.path.parent / self.vendor.document

    def position(self, loc: Loc) -> Position:
        """The place of a field; of the nearest block around it where it is not written."""
        return self.placed.position(loc)

    def finding(self, code: str, loc: Loc, message: str, severity: str = "error") -> Finding:
        """Something wrong with one field of this file."""
        where = self.position(loc)
        place = (str(self.path), where.line, where.column)
        return Finding(code, severity, *place, written_path(loc), message)  # type: ignore[arg-type]  # a Severity

    def misnamed(self, found_as: str) -> list[Finding]:
        """A finding where the file was found under another name than it gives itself; none where the names agree."""
        name = self.vendor.vendor
        if name == found_as or ("vendor",) in self.broken:
            return []
        cure = f"write `vendor: {found_as}`, or rename the folder to {name}"
        return [self.finding("TG112", ("vendor",), f"it is called {name} here and {found_as} by its folder; {cure}")]


@dataclass(frozen=True)
class VendorReading:
    """The result of reading a file. `loaded` is None where nothing of it could be read."""

    loaded: LoadedVendor | None
    findings: list[Finding]


def load_vendor(path: Path) -> LoadedVendor:
    """Read a vendor file that must be free of mistakes. Raises VendorFileError with all of them, rules aside."""
    reading = read_vendor(path)
    if reading.findings or reading.loaded is None:
        raise VendorFileError(reading.findings)
    return reading.loaded


def read_vendor(path: Path) -> VendorReading:
    """Read a vendor file as far as it goes. Never raises for what is in the file, or for a file that is not there."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ValueError(f"the file is longer than {FILE_BYTES_MAX} bytes")  # noqa: TRY301 - one place for both
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return VendorReading(
            None, [Finding("TG101", "error", str(path), 1, 1, "", f"the file cannot be read: {reason}")]
        )
    placed = read_places(text)
    findings = [_finding(path, flaw.position, flaw.code, flaw.loc, flaw.message) for flaw in placed.flaws]
    if not isinstance(placed.data, dict):
        if not findings:
            text = "this is not a vendor file; it begins with `vendor: name`"
            findings.append(Finding("TG101", "error", str(path), 1, 1, "", text))
        return VendorReading(None, findings)
    vendor, mistakes, broken = _validated(placed.data)
    flawed = {flaw.loc for flaw in placed.flaws}
    broken |= flawed
    # Of what could not be read it was said already.
    findings += [
        _finding(path, placed.position(loc), code, loc, text) for code, loc, text in mistakes if loc not in flawed
    ]
    if vendor is None:
        return VendorReading(None, in_order(findings))
    loaded = LoadedVendor(vendor, path, placed, frozenset(broken))
    for loc, message in _not_yet(vendor):
        findings.append(loaded.finding("TG107", loc, message))
    return VendorReading(loaded, in_order(findings))


def _finding(path: Path, where: Position, code: str, loc: Loc, message: str) -> Finding:
    return Finding(code, "error", str(path), where.line, where.column, written_path(loc), message)


def _validated(written: dict[str, Any]) -> tuple[Vendor | None, list[tuple[str, Loc, str]], set[Loc]]:
    """The model of what is right, the mistakes as (code, path, message), and the paths that were mended."""
    data = deepcopy(written)
    mistakes: list[tuple[str, Loc, str]] = []
    broken: set[Loc] = set()
    for _ in range(_ROUNDS_MAX):
        try:
            return Vendor.model_validate_json(json.dumps(data)), mistakes, broken
        except ValidationError as error:
            remove, told = list[Loc](), set[Loc]()
            details = error.errors()
            for detail in details:
                loc = place_of(detail)
                if follows_from_another(detail, details):
                    told.add(loc)
                elif not any(loc[: len(known)] == known for known in broken):
                    code, message = worded(detail, loc, Vendor)
                    mistakes.append((code, loc, message))
                if detail["type"] == "model_type" and loc and isinstance(loc[-1], int):
                    _block(data, loc[:-1])[loc[-1]] = {}  # stays in its list, so that the next ones keep their places
                elif detail["type"] != "missing":
                    remove.append(loc)
                elif not _stand_in(data, loc):
                    return None, mistakes, broken
            # An unknown key takes nothing away, so the rules may speak about the block that it stands in.
            broken.update(told, (loc for code, loc, _ in mistakes if code != "TG103"))
            # Items leave their list from the end, so that the places before them stay right.
            for loc in sorted(remove, key=lambda loc: [(isinstance(step, int), step) for step in loc], reverse=True):
                _remove(data, loc)
    return None, mistakes, broken


def _block(data: Any, loc: Loc) -> Any:
    for step in loc:
        data = data[step]
    return data


def _remove(data: Any, loc: Loc) -> None:
    try:
        del _block(data, loc[:-1])[loc[-1]]
    except (KeyError, IndexError, TypeError):
        return


def _stand_in(data: Any, loc: Loc) -> bool:
    words = [step for step in loc if isinstance(step, str)]
    for name in (".".join(words[-2:]), words[-1]):
        if name in STAND_INS:
            _block(data, loc[:-1])[loc[-1]] = deepcopy(STAND_INS[name])
            return True
    return False


def _not_yet(vendor: Vendor) -> Iterator[tuple[Loc, str]]:
    wholly: list[Loc] = []
    for loc, value, marks in _fields(vendor, ()):
        if any(loc[: len(outer)] == outer for outer in wholly):
            continue
        for mark in marks:
            if isinstance(mark, NotYet) and (refused := mark.refused(value)) is not None:
                wholly += [] if refused else [loc]
                subject = f"{loc[-1]}: {', '.join(refused)}" if refused else loc[-1]
                yield loc, f"{subject} is not acted on yet: this version has no support for {mark.what}; leave it out"


def simulated_only(loaded: LoadedVendor) -> Iterator[Finding]:
    """A notice for each field that the simulator alone acts on."""
    for loc, value, marks in _fields(loaded.vendor, ()):
        for mark in marks:
            if isinstance(mark, SimulatorOnly) and value is not None:
                text = f"the simulator acts on it; {mark.why}"
                yield loaded.finding("TG107", loc, text, "notice")


def _fields(part: Block, at: Loc) -> Iterator[tuple[Loc, object, list[Any]]]:
    """Every field that is written, with its place and marks."""
    for name in type(part).model_fields:
        if name in part.model_fields_set:
            value, loc = getattr(part, name), (*at, name)
            yield loc, value, type(part).model_fields[name].metadata
            for step, inner in _inner(value):
                yield from _fields(inner, (*loc, *step))


def _inner(value: object) -> Iterator[tuple[Loc, Block]]:
    if isinstance(value, Block):
        yield (), value
    elif isinstance(value, tuple | dict):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, BaseModel) and isinstance(item, Block):
                yield (key,), item
