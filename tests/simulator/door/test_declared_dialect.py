"""Headers that a vendor file declares by hand, as the simulator writes them."""

from datetime import UTC, datetime

import pytest

from tidegate.simulator.door.declared_dialect import dialect_of
from tidegate.simulator.door.dialect_writer import SILENT, dialect_writer
from tidegate.simulator.door.limit_dialect import LimitStanding
from tidegate.vendor.dialect_facts import Dialect, DialectField, Form

WALL = 1_700_000_000.25
API = LimitStanding("api", "requests", 600.0, 570.9, 57.1, 0.1, 60.0, 10.0, requested=1.0, spent=1.0)
SEARCH = LimitStanding("search", "requests", 30.0, 1.0, 12.0, 2.0, 60.0, 0.5)
UNTOLD = LimitStanding("mail", "requests", 10.0, 1.0, 12.0, 2.0, 60.0, 0.5, reported=False)


def written(field: DialectField, *standings: LimitStanding) -> str | None:
    return dialect_of(Dialect(headers={"X-Count": field})).headers(standings, WALL).get("X-Count")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("delta", "58"),
        ("delta_float", "57.100"),
        ("delta_ms", "57100"),
        ("epoch_s", "1700000058"),
        ("epoch_ms", "1700000057350"),
        ("epoch_float", "1700000057.350"),
        ("iso", datetime.fromtimestamp(1_700_000_058, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("http_date", "Tue, 14 Nov 2023 22:14:18 GMT"),
        ("go_duration", "57.1s"),
        ("guess", "58"),
    ],
)
def test_a_reset_is_written_in_its_form(form: Form, text: str) -> None:
    assert written(DialectField(means="reset", form=form), API) == text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (DialectField(means="limit"), "600"),
        (DialectField(means="remaining"), "570"),
        (DialectField(means="used"), "30"),
        (DialectField(means="next", form="delta_ms"), "100"),
        (DialectField(means="fill", form="used/limit"), "30/600"),
        (DialectField(means="bucket", form="text"), "api"),
        (DialectField(means="restore"), "10"),
        (DialectField(means="asked"), "1"),
        (DialectField(means="spent"), "1"),
        (DialectField(means="limit", form="ietf-03"), "600, 600;w=60"),
        (DialectField(means="state", form="ietf-07"), "limit=600, remaining=570, reset=58"),
        (DialectField(means="policy", form="ietf-07"), "600;w=60"),
        (DialectField(means="state", form="ietf-10"), '"api";r=570;t=58'),
        (DialectField(means="policy", form="ietf-10"), '"api";q=600;w=60'),
        (DialectField(means="retry", form="delta"), None),
        (DialectField(means="remaining", unit="tokens"), None),
    ],
)
def test_each_meaning_has_its_text(field: DialectField, text: str | None) -> None:
    assert written(field, API) == text


def test_a_header_speaks_of_the_count_it_names_and_else_of_the_scarcest() -> None:
    assert written(DialectField(means="remaining", of="api"), API, SEARCH) == "570"
    assert written(DialectField(means="remaining"), API, SEARCH) == "1"
    assert written(DialectField(means="remaining", of="graph"), API, SEARCH) is None
    assert written(DialectField(means="state", form="ietf-10", of="search"), API, SEARCH) == '"search";r=1;t=12'


def test_a_count_that_the_vendor_keeps_to_itself_is_not_told() -> None:
    assert written(DialectField(means="remaining"), UNTOLD) is None
    assert written(DialectField(means="remaining", of="mail"), UNTOLD) is None


def test_a_declared_header_replaces_the_one_of_the_preset() -> None:
    told = Dialect(preset="github", headers={"x-ratelimit-reset": DialectField(means="reset", form="delta")})
    headers = dialect_of(told).headers([API], WALL)
    assert headers["x-ratelimit-reset"] == "58"
    assert "X-RateLimit-Reset" not in headers
    assert headers["X-RateLimit-Remaining"] == "570"


def test_a_refusal_says_when_to_come_back_in_the_header_declared_for_it() -> None:
    told = dialect_of(Dialect(headers={"X-Wait-Ms": DialectField(means="retry", form="delta_ms")}))
    assert told.wait(SEARCH, WALL) == {"X-Wait-Ms": "2000"}
    assert told.headers([SEARCH], WALL) == {}
    assert told.refusal([SEARCH], SEARCH) is None


def test_the_words_of_a_preset_stay() -> None:
    told = dialect_of(Dialect(preset="twilio", headers={"X-Left": DialectField(means="remaining")}))
    refused = told.refusal([SEARCH], SEARCH)
    assert refused is not None
    assert refused.fields == {"code": 20429, "message": "Too Many Requests", "status": 429}
    points = LimitStanding("points", "cost", 1000.0, 954.0, 1.0, 0.0, 1.0, 50.0, requested=101.0, spent=46.0)
    shop = Dialect(preset="shopify-graphql", headers={"X-Left": DialectField(means="remaining", unit="cost")})
    assert dialect_of(shop).body_members([points]) == dialect_writer("shopify-graphql").body_members([points])


def test_who_declares_nothing_is_silent() -> None:
    assert dialect_of(None) is SILENT
    assert dialect_of(Dialect()) is SILENT
    assert dialect_of("slack") is dialect_writer("slack")
    assert dialect_of(Dialect(preset="slack")) is dialect_writer("slack")
