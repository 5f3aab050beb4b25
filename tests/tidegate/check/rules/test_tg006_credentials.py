"""TG006: a credential grows old, and may do little."""

from pathlib import Path

import pytest

from tests.tidegate.plans import Change, broken

TOKENS = """    rotate_every: 90d
    oauth: {token: /token, needs: {"Get*": read, "Post*": write}}
    tokens: {grant: client_credentials, client_id: shop, scope: SCOPE}
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([("    rotate_every: 90d\n", "")], [("TG006", "facts.auth.rotate_every")]),
        ([("    scopes: may read and write orders\n", "")], [("TG006", "facts.auth.scopes")]),
    ],
)
def test_rotation_and_scopes_are_named(tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]) -> None:
    assert broken(tmp_path, *changes) == expected


@pytest.mark.parametrize(
    ("scope", "breaches"), [("read write", 0), ("read", 1), ("read write admin", 1), ("admin", 2), ("read admin", 2)]
)
def test_a_token_is_asked_for_with_the_scopes_that_operations_need_and_no_others(
    tmp_path: Path, scope: str, breaches: int
) -> None:
    changed = ("    rotate_every: 90d\n", TOKENS.replace("SCOPE", scope))
    assert broken(tmp_path, changed) == [("TG006", "facts.auth.tokens.scope")] * breaches
