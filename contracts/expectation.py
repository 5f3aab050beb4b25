"""One thing that an adapter expects of its vendor, and how it is written into a Pact file (V4).

Knows the Pact library's consumer side and no vendor. An expectation is declared here as data, played against the real
adapter by the tests, and verified against a provider by verify.py. Paths are the vendor's own, as the proxy sends them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pact import Pact, generate, match

FORM = "application/x-www-form-urlencoded"
KEY = r"[!-~]{1,255}"
BEARER = r"Bearer [!-~]+"


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
    states: Sequence[ProviderState] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    json: Mapping[str, Any] | None = None

    def declare(self, pact: Pact) -> None:
        """Add this to a pact."""
        interaction = pact.upon_receiving(self.name).add_external_reference("openapi", "operation", self.operation)
        for state in self.states:
            interaction = interaction.given(state.name, **state.params)
        interaction = interaction.with_request(self.method, self.path)
        for name, value in self.query.items():
            interaction = interaction.with_query_parameter(name, value)
        interaction = interaction.with_header("Authorization", match.regex("Bearer app", regex=BEARER))
        if self.form is not None or self.json is not None:
            interaction = interaction.with_header("Idempotency-Key", _key())
        if self.json is not None:
            interaction = interaction.with_body(dict(self.json), content_type="application/json")
        if self.form:  # an empty form is no body
            interaction = interaction.with_body(dict(self.form), content_type=FORM)
        interaction.will_respond_with(self.status).with_body(self.body, content_type="application/json")


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


def _key() -> Any:
    """Any key will do; a provider is sent a new one each time, for it may remember those of the last verification."""
    return match.matcher.GenericMatcher("regex", "order-1", generator=generate.uuid(), extra_fields={"regex": KEY})


def make_pact(consumer: str, provider: str, expectations: Sequence[Expectation]) -> Pact:
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
