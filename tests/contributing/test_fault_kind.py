"""docs/contributing/fault-kind.md: a kind of fault is one file, a change of drift or a mode of webhooks one class."""

import http.client
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_kinds import define_all, known_kinds
from tidegate.scenario.scenario import Scenario, parse_faults
from tidegate.simulator import Simulator
from tidegate.simulator.trouble.delivery_plan import DeliveryPlan
from tidegate.simulator.trouble.drift.drift import DriftChange
from tidegate.simulator.trouble.vendor_fault import VendorFault
from tidegate.simulator.trouble.webhooks.webhook_fault import WebhookMode

PAGE = Path(__file__).parents[2] / "docs" / "contributing" / "fault-kind.md"
KIND, CHANGE, MODE = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

Add = Callable[[str, str, str], None]


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Add]:
    """Puts one file into a package, as if it had always been there; all is as before when the test is over."""
    registries = (Fault.kinds, DriftChange.defined, WebhookMode.defined)
    define_all("tidegate.simulator.trouble")
    before = [dict(registry) for registry in registries]

    def put(package: str, name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(import_module(package), "__path__", [*import_module(package).__path__, str(tmp_path)])
        monkeypatch.delitem(sys.modules, f"{package}.{name}", raising=False)
        define_all.cache_clear()

    yield put
    for registry, known in zip(registries, before, strict=True):
        registry.clear()
        registry.update(known)
    define_all.cache_clear()


def ask(simulator: Simulator, method: str, body: str | None = None) -> tuple[int, str | None, bytes]:
    """The status, the Retry-After and the body of an answer."""
    with closing(http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=10)) as connection:
        headers = {"Authorization": "Bearer sk_test_x", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, "/v1/customers", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Retry-After"], answer.read()


def test_a_kind_of_fault_is_one_file(add: Add) -> None:
    add("tidegate.simulator.trouble.refusals", "maintenance", KIND)
    assert [*known_kinds(VendorFault)][-1] == "maintenance"
    written = {"kind": "maintenance", "from": "1m", "for": "30s", "retry_after": "30s", "operations": ["Post*"]}
    [fault] = Scenario.model_validate({"name": "x", "faults": [written]}).faults
    assert (fault.begin, fault.end_s, fault.harmful) == (60.0, 90.0, True)
    with Simulator("stripe") as simulator:
        simulator.arm(kind="maintenance", retry_after="30s", operations=["Post*"])
        assert ask(simulator, "POST", "name=Ada") == (503, "30", b"Back soon.\n")
        assert ask(simulator, "GET")[0] == 200
        assert [entry["faults"] for entry in simulator.journal()] == [["maintenance"], []]
        assert simulator.objects("customer") == []


def test_a_mistake_in_its_fields_is_told_like_any_other(add: Add) -> None:
    add("tidegate.simulator.trouble.refusals", "maintenance", KIND)
    with pytest.raises(ValueError, match=r"\[0\]\.retry_after: .*2s.*; \[0\]\.retry: unknown key"):
        parse_faults({"kind": "maintenance", "retry_after": 5, "retry": 1}, VendorFault)
    with pytest.raises(ValueError, match=r"known are latency, .*, webhook, maintenance$"):
        parse_faults({"kind": "repairs"}, VendorFault)


def test_a_change_of_drift_is_one_class(add: Add) -> None:
    add("tidegate.simulator.trouble.drift", "shouted", CHANGE)
    with Simulator("stripe") as simulator:
        simulator.arm(kind="drift", change="shouted", pointer="/object")
        assert b'"object":"CUSTOMER"' in ask(simulator, "POST", "name=Ada")[2]
        assert simulator.journal()[-1]["faults"] == ["drift shouted /object"]


def test_a_mode_of_webhooks_is_one_class(add: Add) -> None:
    add("tidegate.simulator.trouble.webhooks", "flood", MODE)
    [fault] = parse_faults({"kind": "webhook", "mode": "flood", "first_n": 1}, VendorFault)
    plan = DeliveryPlan(300.0)
    fault.plan_delivery(plan)
    assert (plan.copies, plan.faults) == (99, ["flood"])
