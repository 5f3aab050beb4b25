"""Compares the scopes that operations need with those that a token got.

Both ways: what is lacking will be refused by the vendor, and what is too much is more than the operations need. It
reads no document and acts on nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ScopeComparison:
    """The scopes that a token lacks, by the pattern of the operations that need them; and those that nobody needs."""

    lacking: Mapping[str, frozenset[str]]
    surplus: frozenset[str]

    @property
    def fits(self) -> bool:
        """Whether the token can do what is needed, and no more."""
        return not self.lacking and not self.surplus


def compare(needs: Mapping[str, str], got: frozenset[str] | None, asked: str | None) -> ScopeComparison:
    """The comparison. An answer that names no scopes gave what was asked for (RFC 6749 §5.1)."""
    if got is None:
        got = frozenset(asked.split()) if asked else None
    if got is None or not needs:
        return ScopeComparison({}, NOTHING)
    wanted = {pattern: frozenset(scope.split()) for pattern, scope in needs.items()}
    lacking = {pattern: scopes - got for pattern, scopes in wanted.items() if scopes - got}
    return ScopeComparison(lacking, got - NOTHING.union(*wanted.values()))


def needed_by(operation: str, needs: Mapping[str, str]) -> frozenset[str]:
    """The scopes of the first pattern that fits an operation."""
    return next(
        (frozenset(scope.split()) for pattern, scope in needs.items() if fnmatchcase(operation, pattern)), NOTHING
    )


def lacking_for(
    operations: Iterable[str], needs: Mapping[str, str], comparison: ScopeComparison
) -> dict[str, frozenset[str]]:
    """The operations that the token cannot call, each with what it lacks."""
    lacking = NOTHING.union(*comparison.lacking.values())
    found = {operation: needed_by(operation, needs) & lacking for operation in operations}
    return {operation: scopes for operation, scopes in found.items() if scopes}
