"""The records adapter's expectations of GitLab: each request that it makes, each answer that it tells apart.

A body holds the fields that the adapter reads and no other. After a change here,
`python -m tidegate.contracts.consumers.gitlab_records` writes the file anew.
"""

from pathlib import Path
from typing import Any, Final

from pact import Pact, match

from tidegate.contracts.expectation import Expectation, ProviderState, make_pact, write

CONSUMER: Final = "records"
PROVIDER: Final = "gitlab"
PACTS: Final = Path(__file__).parent.parent / "pacts"

KEY_HEADER: Final = "PRIVATE-TOKEN"
ISSUES: Final = "/api/v4/projects/7/issues"
MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
CHANGED: Final = "2026-01-01T00:00:00Z"
DRAFT: Final[dict[str, Any]] = {"title": "A leak", "description": "At the gate.", "labels": ["urgent"]}
"""What `tests/contracts/consumers/test_gitlab_records.py` has the adapter send."""
THERE: Final = ProviderState(
    "an issue exists",
    {
        "project": 7,
        "iid": 1,
        "title": "A leak",
        "description": "At the gate.",
        "state": "opened",
        "updated_at": CHANGED,
        "labels": ["urgent"],
    },
)


def _issue(**changes: Any) -> dict[str, Any]:
    return {
        "iid": match.int(1),
        "title": "A leak",
        "description": "At the gate.",
        "state": "opened",
        "labels": ["urgent"],
        "updated_at": match.regex(CHANGED, regex=MOMENT),
        **changes,
    }


def _refused() -> dict[str, Any]:
    return {"message": match.str("What is wrong.")}


def _find(name: str, status: int, body: Any, *states: ProviderState) -> Expectation:
    return Expectation(name, "getIssue", "GET", f"{ISSUES}/1", status, body, states, key_header=KEY_HEADER)


FIND: Final = _find("a record is looked up", 200, _issue(updated_at=CHANGED), THERE)

EXPECTATIONS: Final = (
    Expectation(
        "a record is made",
        "createIssue",
        "POST",
        ISSUES,
        201,
        _issue(labels=["urgent"]),
        json=DRAFT,
        key_header=KEY_HEADER,
    ),
    FIND,
    Expectation(
        "a record is changed",
        "updateIssue",
        "PUT",
        f"{ISSUES}/1",
        200,
        _issue(title="A flood", labels=["urgent"]),
        (THERE,),
        json={**DRAFT, "title": "A flood"},
        key_header=KEY_HEADER,
    ),
    Expectation(
        "records that were changed are listed",
        "listIssues",
        "GET",
        ISSUES,
        200,
        [_issue(updated_at=CHANGED)],
        (ProviderState("nothing exists"), THERE),
        query={
            "updated_after": "2025-12-31T00:00:00Z",
            "order_by": "updated_at",
            "sort": "asc",
            "per_page": "50",
            "page": "1",
        },
        key_header=KEY_HEADER,
    ),
    _find("a record that does not exist is looked up", 404, _refused(), ProviderState("nothing exists")),
    _find("the vendor refuses for the rate", 429, _refused(), THERE, ProviderState("the rate limit is used up")),
    _find("the vendor fails", 500, _refused(), THERE, ProviderState("the vendor fails")),
)


def pact() -> Pact:
    """All of them, as one pact."""
    return make_pact(CONSUMER, PROVIDER, EXPECTATIONS)


if __name__ == "__main__":
    print(write(pact(), PACTS))
