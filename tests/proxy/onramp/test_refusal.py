"""Tests of tidegate.proxy.onramp.refusal."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
import stripe
from aiohttp.http_exceptions import BadHttpMethod

from tests.proxy.examples import facts
from tidegate.problems import PROBLEMS
from tidegate.proxy.onramp.refusal import PROBLEM_JSON, accepts_problem, beyond_bounds, refuse, stop_hint
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

ALL = sorted(PROBLEMS)
DOCS = Path(__file__).parents[3] / "docs" / "problems.md"


@pytest.mark.parametrize("name", ALL)
def test_on_the_gateway_a_refusal_wears_the_vendors_envelope(name: str) -> None:
    problem = PROBLEMS[name]
    status, headers, body = refuse(facts(), problem, detail="So it is.", call_id="c1", accept="*/*")
    assert status == problem.status
    assert headers["Content-Type"] == "application/json"
    assert headers["Tidegate-Problem"] == name
    assert headers["Tidegate-Call"] == "c1"
    assert headers["Stripe-Should-Retry"] == "false"
    assert orjson.loads(body) == {"error": {"type": "api_error", "code": name, "message": "So it is. (c1)"}}


@pytest.mark.parametrize("name", ALL)
def test_whoever_asks_for_it_gets_rfc_9457(name: str) -> None:
    problem = PROBLEMS[name]
    status, headers, body = refuse(
        facts(),
        problem,
        detail="So it is.",
        call_id="c1",
        accept=f"{PROBLEM_JSON}, */*;q=0.1",
        retry_after_s=1.2,
        attempts=2,
        trace_id="0af7",
    )
    told = orjson.loads(body)
    assert headers["Content-Type"] == PROBLEM_JSON
    assert headers["Stripe-Should-Retry"] == "false"
    assert status == told["status"] == problem.status
    assert (told["type"], told["title"], told["detail"]) == (problem.type, problem.title, "So it is.")
    assert (told["call"], told["retry_after"], headers["Retry-After"]) == ("c1", 2, "2")
    assert (told["attempts"], told["trace_id"]) == (2, "0af7")


@pytest.mark.parametrize("name", ALL)
def test_a_401_and_nothing_else_says_how_to_be_authenticated(name: str) -> None:
    for known in (facts(), None):
        status, headers, _ = refuse(known, PROBLEMS[name], detail="", call_id="c1")
        assert (headers.get("WWW-Authenticate") == 'Bearer realm="tidegate"') is (status == 401)


def test_an_unknown_vendor_has_no_envelope_to_wear() -> None:
    _, headers, body = refuse(None, PROBLEMS["not-found"], detail="No such vendor.", call_id="c1")
    assert headers["Content-Type"] == PROBLEM_JSON
    assert orjson.loads(body)["type"] == "https://tidegate.dev/problems/not-found"
    assert stop_hint(None) is None


@pytest.mark.parametrize(("seconds", "written"), [(0.0, "0"), (0.001, "1"), (1.0, "1"), (1.5, "2"), (-3.0, "0")])
def test_retry_after_is_whole_seconds_rounded_up(seconds: float, written: str) -> None:
    _, headers, _ = refuse(None, PROBLEMS["overloaded"], detail="", call_id="c1", retry_after_s=seconds)
    assert headers["Retry-After"] == written


def test_an_unknown_outcome_leads_to_its_record() -> None:
    _, headers, body = refuse(None, PROBLEMS["outcome-unknown"], detail="", call_id="c1")
    assert headers["Link"] == '</_tidegate/calls/c1>; rel="describedby"'
    assert orjson.loads(body)["instance"] == "/_tidegate/calls/c1"
    _, headers, _ = refuse(None, PROBLEMS["outcome-unknown"], detail="", call_id="c1", below="/egress")
    assert headers["Link"] == '</egress/_tidegate/calls/c1>; rel="describedby"'


def test_a_vendor_without_a_hint_gets_none() -> None:
    errors = {"envelope": "/e", "ours": {"e": ["{title}", 7, {"x": "{nothing} {problem}"}], "n": None}}
    _, headers, body = refuse(facts(errors=errors), PROBLEMS["overloaded"], detail="", call_id="c1")
    assert "Stripe-Should-Retry" not in headers
    title = PROBLEMS["overloaded"].title
    assert orjson.loads(body) == {"e": [title, 7, {"x": "{nothing} overloaded"}], "n": None}


def test_words_are_put_in_once_even_where_they_hold_braces() -> None:
    _, _, body = refuse(facts(), PROBLEMS["overloaded"], detail="{call} {problem} }{", call_id="c1")
    assert orjson.loads(body)["error"]["message"] == "{call} {problem} }{ (c1)"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("application/problem+json", True),
        ("text/html, Application/Problem+JSON ;q=0.5", True),
        ("application/problem+json;q=0", False),
        ("application/problem+json; q=0.000", False),
        ("application/problem+json; charset=0", True),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_only_those_who_name_it_get_problem_documents(accept: str, wanted: bool) -> None:
    assert accepts_problem(accept) is wanted


@pytest.mark.parametrize(
    ("name", "raised"),
    [
        ("rate-limited", stripe.RateLimitError),
        ("vendor-rate-limited", stripe.RateLimitError),
        ("app-unauthorized", stripe.AuthenticationError),
        ("egress-denied", stripe.PermissionError),
        ("bad-request", stripe.InvalidRequestError),
        ("not-found", stripe.InvalidRequestError),
        ("vendor-unavailable", stripe.APIError),
        ("overloaded", stripe.APIError),
        ("deadline-exceeded", stripe.APIError),
        ("outcome-unknown", stripe.APIError),
        ("credential-rejected", stripe.APIError),
        ("idempotency-conflict", stripe.APIError),
        ("idempotency-mismatch", stripe.APIError),
    ],
)
def test_the_stripe_sdk_raises_its_own_exception_and_asks_once(name: str, raised: type[stripe.StripeError]) -> None:
    asked: list[str] = []

    class Canned(stripe.HTTPClient):
        name = "canned"

        def request(
            self,
            method: str,
            url: str,
            headers: Mapping[str, str] | None,
            post_data: Any = None,
            *,
            _usage: list[str] | None = None,
        ) -> tuple[str, int, Mapping[str, str]]:
            asked.append(url)
            status, lines, body = refuse(facts(), PROBLEMS[name], detail="Why.", call_id="c1", retry_after_s=0.0)
            return body.decode(), status, lines

    client = stripe.StripeClient("tg_any", http_client=Canned(), max_network_retries=3)
    with pytest.raises(raised) as caught:
        client.v1.refunds.create(params={"payment_intent": "pi_1"})
    assert type(caught.value) is raised
    assert isinstance(caught.value.json_body, dict)
    assert caught.value.json_body["error"]["code"] == name
    assert caught.value.headers is not None
    assert caught.value.headers["Tidegate-Problem"] == name
    assert len(asked) == 1


def test_the_document_of_problems_has_each_one_with_its_status() -> None:
    written = dict(re.findall(r"^### `([a-z-]+)` · (\d{3})$", DOCS.read_text(), re.MULTILINE))
    assert written == {name: str(problem.status) for name, problem in PROBLEMS.items()}


@pytest.mark.parametrize(
    "name",
    [
        "twilio",
        "adyen",
        "stripe",
        "github",
        "openai",
        "anthropic",
        "slack",
        "shopify",
        "warehouse",
        "gitlab",
        "sendgrid",
        "woocommerce",
    ],
)
@pytest.mark.parametrize("problem", ["app-unauthorized", "vendor-unavailable", "rate-limited"])
def test_a_status_inside_a_refusal_is_the_one_outside(name: str, problem: str) -> None:
    vendor = load_vendor(find_vendor(name)).vendor
    status, _, body = refuse(vendor.facts, PROBLEMS[problem], detail="d", call_id="c1")
    document = orjson.loads(body)
    assert status == PROBLEMS[problem].status
    assert document.get("status", status) == status


def test_the_number_of_the_status_stands_as_a_number_alone_and_as_text_among_words() -> None:
    errors = {"envelope": "", "ours": {"status": "{status}", "text": "HTTP {status}: {title}"}}
    _, _, body = refuse(facts(errors=errors), PROBLEMS["overloaded"], detail="", call_id="c1")
    assert orjson.loads(body) == {"status": 503, "text": f"HTTP 503: {PROBLEMS['overloaded'].title}"}


@pytest.mark.parametrize(
    ("line", "status"),
    [("BREW / HTTP/1.1", 501), ("get / HTTP/1.1", 501), ("\\x01\\x02 / HTTP/1.1", None), ("NONSENSE", None)],
)
def test_a_method_that_the_parser_does_not_know_is_told_from_what_is_none(line: str, status: int | None) -> None:
    error = BadHttpMethod("")
    error.message = f"Invalid method encountered:\n\n  b'{line}'\n    ^"
    told = beyond_bounds(error)
    assert (told[0] if told else None) == status
