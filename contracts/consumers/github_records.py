"""The records adapter's expectations of GitHub: each request that it makes, each answer that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.github_records` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, TextLike, make_pact, write

CONSUMER: Final = "records"
PROVIDER: Final = "github"
PACTS: Final = Path(__file__).parent.parent / "pacts"

KEY_HEADER: Final = "Authorization"
ISSUES: Final = "/repos/acme/shop/issues"
MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
CHANGED: Final = "2026-01-01T00:00:00Z"
DRAFT: Final[dict[str, Any]] = {"title": "A leak", "body": "At the gate.", "labels": []}
"""What `tests/contracts/consumers/test_github_records.py` has the adapter send."""
PLACE: Final = ProviderState("a repository exists", {"owner": "acme", "name": "shop"})
THERE: Final = ProviderState(
    "an issue exists",
    {
        "owner": "acme",
        "repo": "shop",
        "number": 1,
        "title": "A leak",
        "body": "At the gate.",
        "state": "open",
        "updated_at": CHANGED,
        "labels": [{"name": "urgent"}],
    },
)


def _issue(**changes: Any) -> dict[str, Any]:
    return {
        "number": match.int(1),
        "title": "A leak",
        "body": "At the gate.",
        "state": "open",
        "labels": [{"name": "urgent"}],
        "updated_at": match.regex(CHANGED, regex=MOMENT),
        **changes,
    }


def _refused() -> dict[str, Any]:
    return {"message": match.str("What is wrong.")}


def _find(name: str, status: int, body: Any, *states: ProviderState) -> Expectation:
    return Expectation(name, "issues/get", "GET", f"{ISSUES}/1", status, body, states, key_header=KEY_HEADER)


FIND: Final = _find("a record is looked up", 200, _issue(updated_at=CHANGED), PLACE, THERE)

EXPECTATIONS: Final = (
    Expectation(
        "a record is made",
        "issues/create",
        "POST",
        ISSUES,
        201,
        _issue(labels=[]),
        (PLACE,),
        json=DRAFT,
        key_header=KEY_HEADER,
    ),
    FIND,
    Expectation(
        "a record is changed",
        "issues/update",
        "PATCH",
        f"{ISSUES}/1",
        200,
        _issue(title="A flood", labels=[]),
        (PLACE, THERE),
        json={**DRAFT, "title": "A flood", "state": "open"},
        key_header=KEY_HEADER,
    ),
    Expectation(
        "records that were changed are listed",
        "issues/list-for-repo",
        "GET",
        ISSUES,
        200,
        [_issue(updated_at=CHANGED)],
        (ProviderState("nothing exists"), PLACE, THERE),
        query={
            "since": "2025-12-31T00:00:00Z",
            "state": "all",
            "sort": "updated",
            "direction": "asc",
            "per_page": "50",
            "page": "1",
        },
        key_header=KEY_HEADER,
    ),
    _find("a record that does not exist is looked up", 404, _refused(), ProviderState("nothing exists")),
    _find(
        "the vendor refuses for the rate",
        403,
        {"message": TextLike("API rate limit exceeded", "(?i).*rate limit.*")},
        THERE,
        ProviderState("the rate limit is used up"),
    ),
    _find("the vendor fails", 500, _refused(), THERE, ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
