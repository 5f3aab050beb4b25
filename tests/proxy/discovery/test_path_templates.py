"""Templates: two operations are never taken for one, and ids that look like words are known where enough tells it.

The places are those at which other tools were wrong: everything behind one word made a parameter, `owner/repo` kept
apart, hashes and object ids kept as words.
"""

import pytest

from tests.proxy.discovery.sightings import catalog_of, seen, templates

NAMES = ["ada", "grace", "alan", "edsger", "barbara", "donald", "frances", "john"]


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["/v1/customers/cus_NffrFeUfNV2Hib", "/v1/customers/cus_9s6XKzkNRiz8i3"], ["/v1/customers/{}"]),
        (["/v1/customers", "/v1/charges", "/v1/refunds"], ["/v1/charges", "/v1/customers", "/v1/refunds"]),
        (["/users/42"], ["/users/{}"]),
        (["/users/42", "/users/me", "/users/43"], ["/users/me", "/users/{}"]),
        (["/2/tweets", "/2/users/17"], ["/2/tweets", "/2/users/{}"]),
        (["/rest/api/2/issue/PROJ-12"], ["/rest/api/2/issue/{}"]),
        (["/2010-04-01/Accounts/AC5f0a1b2c3d4e5f60718293a4b5c6d7e8.json"], ["/2010-04-01/Accounts/{}.json"]),
        (["/admin/api/2026-07/orders/4512.json"], ["/admin/api/2026-07/orders/{}.json"]),
        (["/reports/2026-07-01"], ["/reports/{}"]),
        (["/commits/a94a8fe", "/commits/b6589fc6ab0dc82cf12099d1c2d40ab994e8410c"], ["/commits/{}"]),
        ([f"/users/{name}" for name in NAMES], ["/users/{}"]),
        ([f"/users/{name}/repos" for name in NAMES] + ["/users/ada/keys"], ["/users/{}/keys", "/users/{}/repos"]),
        ([f"/repos/{owner}/{owner}-{repo}/issues" for owner in NAMES for repo in ("a", "b")], ["/repos/{}/{}/issues"]),
    ],
)  # fmt: skip
def test_a_path_comes_to_its_template(paths: list[str], found: list[str]) -> None:
    assert templates(*paths) == found


def test_calls_by_name_stay_apart_however_many_there_are() -> None:
    words = [f"{area}.{verb}{noun}" for area in ("chat", "files", "users") for verb in ("get", "set", "add", "end")
             for noun in ("One", "Two", "Three", "Four", "Five")]  # fmt: skip
    assert len(templates(*(f"/api/{word}" for word in words), method="POST")) == len(words)


def test_commands_behind_one_word_stay_apart() -> None:
    words = [
        "get-preference",
        "set-preference",
        "get-rows",
        "apply-operations",
        "export-rows",
        "get-models",
        "undo-redo",
    ]
    assert len(templates(*(f"/command/core/{word}" for word in words))) == len(words)


def test_verbs_behind_an_id_stay_apart() -> None:
    verbs = ["confirm", "capture", "cancel", "verify_microdeposits", "increment_authorization", "apply_balance"]
    paths = [f"/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tq{n}a/{verb}" for verb in verbs for n in range(3)]
    assert len(templates(*paths, method="POST")) == len(verbs)


def test_collections_with_the_same_behind_them_stay_apart() -> None:
    words = ["customers", "charges", "refunds", "payouts", "disputes", "transfers", "invoices", "sessions"]
    paths = [f"/v1/billing_things/{word}/cus_NffrFeUfNV2Hi{n}/cancel" for word in words for n in range(3)]
    assert len(templates(*paths)) == len(words)


def test_many_words_that_came_once_are_ids() -> None:
    slugs = [f"{first}-{second}" for first in NAMES for second in NAMES]
    assert templates(*(f"/p/{slug}" for slug in slugs)) == ["/p/{}"]
    closed = [f"/p/{slug}" for slug in slugs for _ in range(2)]
    assert len(templates(*closed)) == len(slugs)


def test_asking_changes_nothing_that_was_seen() -> None:
    catalog = catalog_of(*(seen("GET", f"/users/{name}") for name in NAMES[:5]))
    assert len(catalog.operations("api.shop.example")) == 5
    for name in NAMES[5:]:
        catalog.add(seen("GET", f"/users/{name}"), 0.0)
    assert [one.template for one in catalog.operations("api.shop.example")] == ["/users/{}"]
