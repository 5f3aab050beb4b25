"""One thing that an adapter expects of its vendor, and how it is written into a Pact file (V4).

Knows the Pact library's consumer side and no vendor. An expectation is declared here as data, played against the real
adapter by the tests, and verified against a provider by verify.py. Paths are the vendor's own, as the proxy sends them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pact import Pact, generate, match

FORM = "application/x-www-form-urlencoded"
KEY = r"[!-~]{1,255}"
BEARER = r"Bearer [!-~]+"
BEARER_OR_BASIC = r"(Bearer|Basic) [!-~]+"


@dataclass(frozen=True)
class ProviderState:
    """A state that the provider must be in: a sentence and its parameters. See tidegate.contracts.state_server."""

    name: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Expectation:
    """A request and its answer. `name` is unique in its file: of two with one name, Pact would keep the last, silently.

    `operation` is the id in the vendor's document. A request with a `form` or `json` carries an idempotency key.
    Values may be matchers; a plain value must be met exactly.
    """

    name: str
    operation: str
    method: str
    path: Any
    status: int
    body: Any
    """None where there is none, or it is not read."""
    states: Sequence[ProviderState] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    json: Mapping[str, Any] | None = None
    key_header: str = "Authorization"
    """The header in which the vendor's key stands, as the vendor has it."""
    is_basic: bool = False
    """The vendor wants basic authentication: so whoever is verified is asked, whatever the app sends to the proxy."""
    answer_headers: Mapping[str, Any] = field(default_factory=dict)
    """Headers of the answer that the adapter reads."""

    def declare(self, pact: Pact) -> None:
        """Add this to a pact."""
        interaction = pact.upon_receiving(self.name).add_external_reference("openapi", "operation", self.operation)
        for state in self.states:
            interaction = interaction.given(state.name, **state.params)
        interaction = interaction.with_request(self.method, self.path)
        for name, value in self.query.items():
            interaction = interaction.with_query_parameter(name, value)
        is_bearer = self.key_header == "Authorization"
        token = match.regex("Bearer app", regex=BEARER) if is_bearer else match.regex("app", regex=KEY)
        if self.is_basic:
            token = match.regex("Basic YXBwOmFwcA==", regex=BEARER_OR_BASIC)
        interaction = interaction.with_header(self.key_header, token)
        if self.form is not None or self.json is not None:
            interaction = interaction.with_header("Idempotency-Key", _key())
        if self.json is not None:
            interaction = interaction.with_body(dict(self.json), content_type="application/json")
        if self.form:  # an empty form is no body
            interaction = interaction.with_body(dict(self.form), content_type=FORM)
        answer = interaction.will_respond_with(self.status)
        for name, value in self.answer_headers.items():
            answer = answer.with_header(name, value)
        if self.body is not None:
            answer.with_body(self.body, content_type="application/json")


def of_state(before: str, name: str, after: str = "", *, example: str) -> Any:
    """A text that holds a value which the provider's state names: the id of what was made for this very request.

    `example` stands for it in the file. The rest of the text is fixed.
    """
    return match.matcher.GenericMatcher(
        "regex",
        f"{before}{example}{after}",
        generator=generate.provider_state(f"{before}${{{name}}}{after}"),
        extra_fields={"regex": f"{re.escape(before)}[A-Za-z0-9_]+{re.escape(after)}"},
    )


class TextLike(match.matcher.AbstractMatcher[str]):
    """A text of a form. A regex alone takes what looks like that when it is written out: null, a list, an object."""

    def __init__(self, example: str, regex: str) -> None:
        self._example, self._regex = example, regex

    def has_value(self) -> bool:
        """See AbstractMatcher."""
        return True

    def to_integration_json(self) -> dict[str, Any]:
        """See AbstractMatcher. The library's own AndMatcher leaves the example out."""
        rules = [{"pact:matcher:type": "regex", "regex": self._regex}, {"pact:matcher:type": "type"}]
        return {"pact:matcher:type": rules, "value": self._example}

    def to_matching_rule(self) -> dict[str, Any]:
        """See AbstractMatcher."""
        return {"combine": "AND", "matchers": [{"match": "regex", "regex": self._regex}, {"match": "type"}]}


def _key() -> Any:
    """Any key will do; a provider is sent a new one each time, for it may remember those of the last verification."""
    return match.matcher.GenericMatcher("regex", "order-1", generator=generate.uuid(), extra_fields={"regex": KEY})


class Declared(Protocol):
    """Whatever a pact can hold: a request with its answer, or a message."""

    @property
    def name(self) -> str:
        """Unique in its file."""
        ...

    def declare(self, pact: Pact) -> None:
        """Add this to a pact."""
        ...


def make_pact(consumer: str, provider: str, expectations: Sequence[Declared]) -> Pact:
    """A pact that holds these expectations. Raises ValueError where two have one name."""
    names = [expectation.name for expectation in expectations]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two expectations are called {twice[0]!r}")
    pact = Pact(consumer, provider).with_specification("V4")
    for expectation in expectations:
        expectation.declare(pact)
    return pact


def write(pact: Pact, directory: Path) -> Path:
    """Write `<consumer>-<provider>.json`, in place of what was there. Returns its path."""
    pact.write_file(directory, overwrite=True)
    return directory / f"{pact.consumer}-{pact.provider}.json"
