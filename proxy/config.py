"""tidegate.yaml: where the proxy listens, which vendors it serves, who may call it (docs/tidegate-yaml.md).

Read like a vendor file: unknown keys are refused, durations carry units, secrets are references, and every mistake is
reported at once with its place. It knows nothing of what a vendor does; that is the vendor file's.
"""

import difflib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tidegate.problems import UsageError
from tidegate.units import Duration, Secret, Share
from tidegate.vendor import Part

DEFAULT_FILE = Path("tidegate.yaml")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. Port 0 takes a free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(value: object) -> Address:
    """`127.0.0.1:8080`, `[::1]:8080`, `:8080` (every address) → Address. Raises ValueError."""
    if isinstance(value, Address):
        return value
    if isinstance(value, str):
        host, colon, port = value.rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if colon and port.isdecimal() and int(port) <= 65535 and (":" not in host or bare != host):
            return Address(bare or "0.0.0.0", int(port))  # noqa: S104 - only where the file says so
    raise ValueError(f"{value!r} is not an address; write host:port, like 127.0.0.1:8080 or [::1]:8080")


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Listen = Annotated[
    Address, BeforeValidator(parse_address), WithJsonSchema({"type": "string", "examples": ["127.0.0.1:8080"]})
]


class Use(Part):
    """What differs, on this machine, from a vendor's file."""

    base_url: Annotated[str, Field(pattern=r"^https?://[^/]+(/.*)?$")] | None = None
    private_addresses: Literal["refuse", "allow"] = "refuse"
    secret: Secret | None = None
    ca: Path | None = None
    """A PEM file of the CAs to trust for this vendor instead of the system's; relative to where tidegate runs."""


class Token(Part):
    """One app's token. An app may have several, so that they can be changed one after the other."""

    app: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    token: Secret


class TelemetrySettings(Part):
    """Where log lines and spans go. Spans are made only where `otlp` (or OTEL_EXPORTER_OTLP_ENDPOINT) is set."""

    log: Annotated[str, Field(min_length=1)] = "stderr"
    otlp: Annotated[str, Field(pattern=r"^https?://[^/]+(/.*)?$")] | None = None
    sample: Share = 0.05


class Config(Part):
    """A whole tidegate.yaml. Relative paths are relative to the file."""

    listen: Listen = Address("127.0.0.1", 8080)
    admin: Listen = Address("127.0.0.1", 8081)
    store: Path = Path(".tidegate/store.db")
    vendors: tuple[Path, ...] = ()
    use: dict[str, Annotated[Use, BeforeValidator(_nothing_is_empty)]] = Field(default={})
    tokens: tuple[Token, ...] = ()
    telemetry: TelemetrySettings = TelemetrySettings()
    drain: Duration = 30.0
    headers_max_bytes: Annotated[int, Field(ge=1024, le=1_048_576)] = 32_768
    body_max_bytes: Annotated[int, Field(ge=1024)] = 16_777_216

    @model_validator(mode="after")
    def _strangers_need_tokens(self) -> "Config":
        if not self.tokens and not self.listen.loopback:
            raise PydanticCustomError(
                "tokens_missing",
                "other machines can reach {listen} and there are no tokens; "
                "list the apps under tokens, or listen on 127.0.0.1",
                {"listen": str(self.listen), "at": "listen"},
            )
        return self


class ConfigError(UsageError):
    """What is wrong with a tidegate.yaml, a line each: `file:line:column: path: what, and what would do`."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def load_config(path: Path | None = None) -> Config:
    """Read `path`; without one, ./tidegate.yaml where it exists, else the defaults. Raises ConfigError."""
    if path is None and not DEFAULT_FILE.exists():
        return Config()
    file = path or DEFAULT_FILE
    written = _read(file)
    try:
        config = Config.model_validate_json(orjson.dumps(written, default=str, option=orjson.OPT_NON_STR_KEYS))
    except ValidationError as error:
        mistakes = [dict(mistake) for mistake in error.errors(include_url=False)]
        mistakes.sort(key=lambda mistake: _position(written, _place(mistake)))
        raise ConfigError([_line(file, written, mistake) for mistake in mistakes]) from None
    home = file.parent
    return config.model_copy(
        update={"store": home / config.store, "vendors": tuple(home / vendor for vendor in config.vendors)}
    )


def _read(file: Path) -> Any:  # noqa: ANN401 - YAML holds anything
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([f"{file}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{file}: is not UTF-8 text"]) from None
    try:
        written = YAML(typ="rt").load(text)
    except DuplicateKeyError as error:
        mark = error.problem_mark
        raise ConfigError([f"{file}:{mark.line + 1}:{mark.column + 1}: this key is here twice; keep one"]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError([f"{file}:{mark.line + 1}:{mark.column + 1}: not YAML: {error.problem}"]) from None
    except YAMLError as error:
        raise ConfigError([f"{file}: not YAML: {error}"]) from None
    return {} if written is None else written


def _line(file: Path, written: object, mistake: dict[str, Any]) -> str:
    place = _place(mistake)
    line, column = _position(written, place)
    dotted = ".".join(str(part) for part in place) or "the whole file"
    return f"{file}:{line}:{column}: {dotted}: {_say(mistake)}"


def _place(mistake: Mapping[str, Any]) -> tuple[str | int, ...]:
    return tuple(mistake["loc"]) or tuple(str(mistake.get("ctx", {}).get("at", "")).split())


def _position(written: Any, place: Sequence[str | int]) -> tuple[int, int]:  # noqa: ANN401 - YAML holds anything
    """Line and column, from 1, of the innermost thing on the way to `place` that was written down."""
    line, column = 0, 0
    for part in place:
        marks = getattr(written, "lc", None)
        if marks is None or not isinstance(marks.data, dict) or part not in marks.data:
            break
        line, column = marks.data[part][:2]
        written = written[part]
    return line + 1, column + 1


def _say(mistake: dict[str, Any]) -> str:
    kind = mistake["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(mistake["loc"][-1]), _KEYS, 1)
        return "no such key" + (f"; did you mean {near[0]}?" if near else "; docs/tidegate-yaml.md lists them")
    if kind == "missing":
        return "this key is needed"
    if kind == "string_pattern_mismatch":
        return f"{str(mistake['input'])[:80]!r} will not do; {_EXAMPLES[str(mistake['loc'][-1])]}"
    text = str(mistake["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


_EXAMPLES = {
    "base_url": "write where the vendor lives, like https://api.vendor.com",
    "otlp": "write a collector's address, like http://127.0.0.1:4318",
    "app": "write a short name of letters, digits, dots and dashes, like checkout",
}
"""What would be right, for the keys whose form is a pattern."""


_KEYS = sorted({key for part in (Config, Use, Token, TelemetrySettings) for key in part.model_fields})
