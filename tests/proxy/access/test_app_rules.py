"""What an app may do, through the whole proxy in the virtual world; and the rules themselves."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tests.proxy.town import APPS, Answer, Town, by, play
from tidegate.proxy.access.app_rules import app_rules
from tidegate.proxy.app_config import AppSettings

Ask = tuple[str, str, dict[str, str]]


def settings(**written: Any) -> dict[str, AppSettings]:
    return {"shop": AppSettings.model_validate_json(json.dumps(written))}


def played(folder: Path, rules: Mapping[str, Any], *requests: Ask, **changes: Any) -> Any:
    """The answers to requests of the app `shop` under its rules, and how many the vendor got."""

    async def story(town: Town) -> tuple[list[Answer], int]:
        answers = [
            await town.ask(method, path, headers=by("shop", **headers), data=b"{}" if method == "POST" else None)
            for method, path, headers in requests
        ]
        return answers, len(town.vendor.received)

    return play(folder, [200], story, config={"tokens": APPS, "apps": settings(**rules)}, **changes)


@pytest.mark.parametrize(
    ("allow", "method", "path", "status"),
    [
        ({"things": ["GetThings", "PostThings"]}, "GET", "/things/things", 200),
        ({"things": ["GetThings", "PostThings"]}, "POST", "/things/things", 200),
        ({"things": ["Get*"]}, "GET", "/things/things/1", 200),
        ({"things": ["Get*"]}, "HEAD", "/things/things/1", 200),
        ({"things": ["Get*"]}, "POST", "/things/things", 403),
        ({"things": ["GetThings"]}, "GET", "/things/things/1", 403),
        ({"things": ["GetThings"]}, "GET", "/things/other", 403),
        ({"things": ["unlisted"]}, "GET", "/things/other", 200),
        ({"things": ["unlisted"]}, "GET", "/things/things//", 403),
        ({"things": ["unlisted"]}, "GET", "/things/THINGS", 403),
        ({"things": ["unlisted"]}, "GET", "/things//things", 403),
        ({"things": ["GetThing"]}, "GET", "/things/things/%2F", 403),
        ({"things": []}, "GET", "/things/things", 403),
        ({"adyen": ["*"]}, "GET", "/things/things", 403),
        ({}, "GET", "/things/things", 403),
    ],
)
def test_an_app_calls_what_its_list_names_and_nothing_else(
    tmp_path: Path, allow: dict[str, list[str]], method: str, path: str, status: int
) -> None:
    [answer], got = played(tmp_path, {"allow": allow}, (method, path, {}))
    assert answer.status == status
    assert got == (status == 200)
    if status == 403 and method != "HEAD":
        assert answer.problem == "app-forbidden"
        assert b"apps.shop.allow" in answer.body, "it says what would be needed"


@pytest.mark.parametrize(
    "name",
    ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method", "x_http_method_override", "X_Method-Override"],
)
def test_no_header_makes_another_method_of_an_allowed_one(tmp_path: Path, name: str) -> None:
    async def story(town: Town) -> list[int]:
        asked = [by("shop") | {name: method} for method in ("get", "DELETE", "")]
        return [(await town.ask("GET", "/things/things", headers=headers)).status for headers in asked]

    rules = settings(allow={"things": ["Get*"]})
    assert play(tmp_path, [200], story, config={"tokens": APPS, "apps": rules}) == [200, 403, 403]


@pytest.mark.parametrize(
    ("query", "status"),
    [("_method=get", 200), ("_method=DELETE", 403), ("%5fmethod=put", 403), ("a=1&_method=", 403), ("a=_methods", 200)],
)
def test_no_field_of_a_query_does_so(tmp_path: Path, query: str, status: int) -> None:
    [answer], _ = played(tmp_path, {"allow": {"things": ["Get*"]}}, ("GET", f"/things/things?{query}", {}))
    assert answer.status == status


def test_an_app_without_rules_is_not_held_to_those_of_another(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        return (await town.ask("GET", "/things/things", headers=by("desk"))).status

    assert play(tmp_path, [200], story, config={"tokens": APPS, "apps": settings(allow={})}) == 200


def test_what_is_beyond_its_quota_is_refused_with_the_time_until_it_is_not(tmp_path: Path) -> None:
    ask: Ask = ("GET", "/things/things", {})
    answers, got = played(tmp_path, {"calls": {"minute": 2}}, ask, ask, ask)
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert (answers[2].problem, answers[2].headers["Retry-After"]) == ("rate-limited", "30")
    assert got == 2


def test_a_call_that_is_not_allowed_takes_nothing_of_the_quota(tmp_path: Path) -> None:
    bad: Ask = ("POST", "/things/things", {})
    good: Ask = ("GET", "/things/things", {})
    answers, _ = played(tmp_path, {"calls": {"minute": 1}, "allow": {"things": ["Get*"]}}, bad, bad, good)
    assert [answer.status for answer in answers] == [403, 403, 200]


@pytest.mark.parametrize(
    ("given", "seen"),
    [(None, "u=5"), ("u=1", "u=5"), ("u=7", "u=7"), ("i", "u=5"), ("u=9", "u=5")],
)
def test_calls_are_no_more_urgent_than_their_app_may_be(given: str | None, seen: str) -> None:

    rule = app_rules(settings(urgency=5), {})["shop"]
    headers = CIMultiDictProxy(CIMultiDict({"Priority": given} if given else {}))
    assert rule.headers(headers)["Priority"] == seen


def test_an_app_that_has_no_rules_has_no_rule_object() -> None:
    assert app_rules(settings(), {}) == {}
    assert app_rules(settings(clients=["san:x"], uids=[1]), {}) == {}


def test_what_was_used_stays_used_under_new_rules() -> None:
    old = app_rules(settings(calls={"day": 2}), {})
    assert old["shop"].quota is not None
    old["shop"].quota.take(0.0, 86_400.0)
    new = app_rules(settings(calls={"day": 2}), old)
    assert new["shop"].quota is not None
    assert new["shop"].quota.left(0.0, 86_400.0) == {"day": 1}
