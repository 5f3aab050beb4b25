"""Tests of tidegate.proxy.assembly."""

import base64
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.configfile.units import SecretRef
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.proxy.assembly import ProxyParts, assemble
from tidegate.proxy.config import AppToken, Config, TelemetrySettings, VendorUse
from tidegate.proxy.credentials.secret_reference import load_credential
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent, BreakerState, BreakerTrigger
from tidegate.proxy.telemetry.metrics import VendorServer
from tidegate.proxy.upstream_reports import states
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor import Auth
from tidegate.vendor.vendor_file import load_vendor
from tidegate.world.world import RealWorld

ENVIRON = {"STRIPE_API_KEY": "sk_test_canary", "SHOP": "tg_canary"}


def made(
    folder: Path,
    environ: dict[str, str] = ENVIRON,
    telemetry: TelemetrySettings | None = None,
    documents: Mapping[str, Document] = {},
    store: Path | SecretRef | None = None,
) -> ProxyParts:
    config = Config(
        store=store or folder / "store.db",
        use={"stripe": VendorUse.model_validate({"base_url": "http://127.0.0.1:9100/base/"})},
        tokens=(AppToken.model_validate({"app": "shop", "token": "env:SHOP"}),),
        telemetry=telemetry or TelemetrySettings(),
    )
    vendors = {"stripe": load_vendor(find_vendors([])["stripe"])}
    return assemble(RealWorld(), config, vendors, environ, None if telemetry else lambda _: None, documents)


async def test_every_part_is_made_from_the_configuration(tmp_path: Path) -> None:
    parts = made(tmp_path)
    assert parts.callers.identify(CIMultiDictProxy(CIMultiDict({"Authorization": "Bearer tg_canary"}))) == "shop"
    assert parts.upstreams["stripe"].address == "http://127.0.0.1:9100/base"
    assert parts.telemetry.spans is None
    assert set(states(parts.upstreams, 0.0)) == {"stripe"}
    assert set(parts.telemetry.metrics.state()) == {"stripe"}
    await parts.close()


async def test_a_document_that_was_read_before_is_not_read_again(tmp_path: Path) -> None:
    document = Document({"openapi": "3.1.0", "paths": {"/v1/alone": {"get": {"operationId": "GetAlone"}}}})
    parts = made(tmp_path, documents={"stripe": document})
    assert list(parts.upstreams["stripe"].document.operations) == ["GetAlone"]
    await parts.close()


async def test_a_store_may_be_a_reference_to_its_url_and_the_password_in_it_is_a_secret(tmp_path: Path) -> None:
    environ = {**ENVIRON, "STORE_URL": "postgresql://tide:pass%20canary@db/tide"}
    parts = made(tmp_path, environ, store=SecretRef("env", "STORE_URL"))
    assert repr(parts.store) == "PostgresStore(postgresql://tide@db/tide)"
    assert {"pass%20canary", "pass canary"} <= set(parts.telemetry.redactor.values)
    await parts.close()


async def test_a_reference_may_lead_to_a_file_of_sqlite(tmp_path: Path) -> None:
    parts = made(tmp_path, {**ENVIRON, "STORE": str(tmp_path / "other.db")}, store=SecretRef("env", "STORE"))
    assert (tmp_path / "other.db").exists()
    await parts.close()


def test_a_reference_that_leads_nowhere_is_told_by_its_name(tmp_path: Path) -> None:
    for value, why in (({}, "STORE_URL is not set"), ({"STORE_URL": "mysql://u:canary@db"}, "no store for mysql://")):
        with pytest.raises(UsageError, match=why) as error:
            made(tmp_path, {**ENVIRON, **value}, store=SecretRef("env", "STORE_URL"))
        assert "canary" not in str(error.value)


async def test_every_secret_is_scrubbed_from_the_log(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    parts = made(tmp_path, telemetry=TelemetrySettings(log=str(log)))
    parts.telemetry.note("sk_test_canary and tg_canary and Bearer sk_test_canary", 0.0)
    await parts.close()
    assert "canary" not in log.read_text()
    assert "[redacted]" in log.read_text()


async def test_a_breaker_that_changes_is_told_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    parts = made(tmp_path, telemetry=TelemetrySettings(log=str(log)))
    opened = BreakerEvent(1.0, BreakerState.CLOSED, BreakerTrigger.TRIPPED, BreakerState.OPEN)
    parts.upstreams["stripe"].breakers.report([opened], "default")
    await parts.close()
    line = orjson.loads(log.read_text())
    del line["ts"]
    assert line == {
        "note": "breaker", "vendor": "stripe", "group": "default", "from": "closed", "to": "open",
        "because": str(BreakerTrigger.TRIPPED),
    }  # fmt: skip


async def test_spans_are_made_where_a_collector_is_named(tmp_path: Path) -> None:
    parts = made(tmp_path, {**ENVIRON, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    assert parts.telemetry.spans is not None
    await parts.close()
    parts = made(
        tmp_path, {**ENVIRON, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}
    )
    assert parts.telemetry.spans is None
    await parts.close()


def test_a_secret_that_is_missing_stops_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="STRIPE_API_KEY is not set"):
        made(tmp_path, {"SHOP": "x"})
    with pytest.raises(UsageError, match="SHOP is not set"):
        made(tmp_path, {"STRIPE_API_KEY": "x"})
    assert not (tmp_path / "store.db").exists(), "the store is opened last"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://api.stripe.com", VendorServer("api.stripe.com", 443, "https://api.stripe.com")),
        ("http://127.0.0.1:9100/v1/", VendorServer("127.0.0.1", 9100, "http://127.0.0.1:9100/v1")),
        ("http://[::1]:80", VendorServer("::1", 80, "http://[::1]:80")),
        ("https://user:canary@host/x", VendorServer("host", 443, "https://host/x")),
    ],
)
def test_whom_a_base_url_leads_to(url: str, server: VendorServer) -> None:
    assert VendorServer.of(url) == server


def test_a_secret_of_two_parts_is_scrubbed_in_every_form_it_travels_in() -> None:
    auth = Auth.model_validate({"scheme": "basic", "secret": "env:PAIR"})
    credential = load_credential(auth, {"PAIR": "AC123:hidden"})
    assert set(credential.secrets) == {
        "AC123:hidden", "hidden", credential.header_value.reveal(), base64.b64encode(b"AC123:hidden").decode()
    }  # fmt: skip
