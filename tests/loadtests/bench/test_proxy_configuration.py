"""What the benchmarked proxy is given."""

from pathlib import Path

import pytest

from tidegate.check.rulebook import check
from tidegate.loadtests.bench import proxy_configuration
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.proxy.pipeline import AROUND, describe
from tidegate.vendor.vendor_file import load_vendor


@pytest.mark.parametrize("vendor", [proxy_configuration.VENDOR, proxy_configuration.TOKENED])
def test_the_vendor_file_is_sound_and_breaks_no_rule(tmp_path: Path, vendor: str) -> None:
    loaded = load_vendor(proxy_configuration.write_vendor(tmp_path, vendor) / "vendor.yaml")
    assert (loaded.vendor.facts.auth.tokens is None) is (vendor == proxy_configuration.VENDOR)
    assert check(loaded, Document.load(loaded.document_path)) == []


def test_every_stage_has_something_to_do_for_a_read_or_a_write(tmp_path: Path) -> None:
    loaded = load_vendor(proxy_configuration.write_vendor(tmp_path) / "vendor.yaml")
    plans = plan_vendor(loaded, Document.load(loaded.document_path))
    read, write = (dict(describe(plans[name])) for name in ("GetThingsThing", "PostThings"))
    idle = ("off", "none", "any number at once", "not needed: a read")
    assert [name for name, _ in AROUND if read[name] in idle] == ["placeholders", "idempotency", "bulk"]
    assert write["idempotency"] not in idle
    assert write["cache"].startswith("a write: drops")


@pytest.mark.parametrize(("method", "path", "key_plan"), [
    ("GET", proxy_configuration.GET_PATH + "1", "safe"), ("POST", proxy_configuration.POST_PATH, "vendor-key"),
])  # fmt: skip
def test_both_rows_are_operations_with_limits_and_the_post_is_keyed(
    tmp_path: Path, method: str, path: str, key_plan: str
) -> None:
    loaded = load_vendor(proxy_configuration.write_vendor(tmp_path) / "vendor.yaml")
    document = Document.load(loaded.document_path)
    match = document.match(method, path)
    assert match is not None
    plan = plan_vendor(loaded, document)[match.operation.id]
    assert plan.idempotency == key_plan
    assert [limit.name for limit in plan.limits] == ["account", "endpoint"]


def test_the_configuration_traces_only_where_it_is_asked_to(tmp_path: Path) -> None:
    from tidegate.proxy.config import load_config

    plain = load_config(proxy_configuration.write_config(tmp_path, "plain", listen=1, admin=2, upstream=3))
    traced = load_config(proxy_configuration.write_config(tmp_path, "traced", listen=4, admin=5, upstream=3, otlp=3))
    assert (plain.listen.port, plain.admin.port, plain.telemetry.otlp) == (1, 2, None)
    assert (traced.telemetry.otlp, traced.telemetry.sample) == ("http://127.0.0.1:3", 0.05)
    pushed = load_config(
        proxy_configuration.write_config(tmp_path, "pushed", listen=6, admin=7, upstream=3, otlp=3, pushed=True)
    )
    assert [each.telemetry.metrics_every for each in (plain, traced, pushed)] == [None, None, 1.0]
    assert plain.store != traced.store
    assert plain.use[proxy_configuration.VENDOR].base_url == "http://127.0.0.1:3"
