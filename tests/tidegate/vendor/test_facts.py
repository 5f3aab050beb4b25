"""The facts hold what a vendor's documentation says, and nothing else."""

import pytest
from pydantic import ValidationError

from tidegate.configfile.units import Rate
from tidegate.vendor.auth_facts import Auth
from tidegate.vendor.facts import Facts, Limit

LEAST = '{"base_url": "%s", "auth": {"scheme": "bearer", "secret": "env:K"}, "errors": {"envelope": "", "ours": {}}}'


def test_the_least_facts_have_sober_defaults() -> None:
    facts = Facts.model_validate_json(LEAST % "https://api.shop.example")
    assert [(entry.status, entry.means) for entry in facts.throttled] == [(429, "quota")]
    assert facts.limits == ()
    assert facts.idempotency is None


@pytest.mark.parametrize("base", ["api.shop.example", "ftp://shop", "https://", "https://shop?x=1", "https:///v1"])
def test_an_address_is_http_with_a_host(base: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        Facts.model_validate_json(LEAST % base)


def test_a_limit_is_a_bucket_of_one_where_no_burst_is_written() -> None:
    limit = Limit.model_validate_json('{"name": "a", "rate": "100/s"}')
    assert (limit.rate, limit.burst, limit.algorithm, limit.scope) == (Rate(100, 1), 1, "token-bucket", "credential")


def test_a_header_name_is_a_token() -> None:
    with pytest.raises(ValidationError, match="header"):
        Auth.model_validate_json('{"scheme": "header", "header": "X Key", "secret": "env:K"}')


def test_what_is_sent_as_a_header_frames_no_message_and_ends_no_line() -> None:
    keys = '"idempotency": {"header": "Content-Length", "methods": [], "remembers": "24h"}'
    version = '"versioning": {"header": "X-Version", "pin": "2026-01-01\\n"}'
    for more, flaw in ((keys, "idempotency.header"), (version, "versioning.pin")):
        with pytest.raises(ValidationError, match=flaw):
            Facts.model_validate_json((LEAST % "https://api.shop.example").removesuffix("}") + f", {more}}}")
