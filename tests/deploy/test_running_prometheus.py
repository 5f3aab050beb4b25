"""The dashboards show figures and the alerts arrive: a real Prometheus and Alertmanager around a running proxy.

What stands in deploy/ is what runs: rules, dashboards, Alertmanager's configuration. Only addresses and intervals are
those of the test. The proxy and the simulated vendor are the programs themselves.
"""

import contextlib
import json
import math
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.acceptance.asking import ask
from tests.acceptance.programs import House, Proxy, eventually, vendor_folder
from tests.debian_tools import run_tool
from tests.watching_servers import Alertmanager, Prometheus
from tidegate.loadtests.programs import free_port

pytestmark = pytest.mark.slow

FRESH = {"FRESH_S": 0.1}
"""How often a scrape asks the store what there is of deliveries."""
EVERY = "100ms"
RATE = "1s"
"""What Grafana puts in the place of $__rate_interval: four scrapes and more."""
APP = {"Authorization": "Bearer app", "Content_Type": "application/x-www-form-urlencoded"}
REFUND = "/stripe/v1/refunds"
IN_DAYS = "tidegate_sunset_days"
"""promtool wants seconds; people count these in days."""
ENDING = b'"operationId": "GetCustomers"'


def changed(content: dict[str, Any]) -> None:
    """Payments and refunds are carried out later, no breaker opens, and the list of customers ends."""
    for operation in ("PostPaymentIntents", "PostRefunds"):
        content["operations"][operation] = {"idempotency": "vendor-key", "defer": "always"}
    content["policy"]["breaker"]["calls"] = 1000
    content["policy"]["drift"] = {"sample": "1/s"}
    content["facts"]["deprecations"] = {"GetCustomers": {"since": "2026-01-01", "sunset": "2099-01-01"}}


@dataclass
class Watched:
    """What runs."""

    house: House
    proxy: Proxy
    admin: str
    prometheus: Prometheus
    alertmanager: Alertmanager

    def order(self, path: str, **body: object) -> None:
        """Have something done on the admin port, as a person does."""
        request = urllib.request.Request(
            f"{self.admin}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def work(self, number: int) -> None:
        """Calls of every kind: reads, writes, some that fail and are asked again, one that is carried out later."""
        for _ in range(2):
            ask(self.proxy, "GET", "/stripe/v1/customers", **APP)
            ask(self.proxy, "GET", "/stripe/v1/events", **APP)
        ask(self.proxy, "POST", "/stripe/v1/customers", "x", Idempotency_Key=f"c-{number}", **APP)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    vendors = vendor_folder(folder, changed)
    document = vendors / "stripe" / "openapi.json"
    document.write_bytes(document.read_bytes().replace(ENDING, ENDING + b', "deprecated": true', 1))
    admin = f"127.0.0.1:{free_port()}"
    with contextlib.ExitStack() as stack:
        alertmanager = Alertmanager(folder, root / "deploy/alertmanager/alertmanager.yml")
        stack.callback(alertmanager.close)
        config = YAML(typ="safe").load(root / "deploy/prometheus/prometheus.yml")
        config["global"] = {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY}
        config["rule_files"] = [str(root / "deploy/prometheus" / name) for name in config["rule_files"]]
        config["scrape_configs"][0]["static_configs"] = [{"targets": [admin]}]
        config["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [f"127.0.0.1:{alertmanager.port}"]}]
        services = YAML(typ="safe").load(root / "docker-compose.yml")["services"]
        flags = [flag for flag in services["prometheus"]["command"] if flag.startswith("--enable")]
        prometheus = Prometheus(folder, config, *flags)  # it looks for targets for five seconds, whatever it is told
        stack.callback(prometheus.close)
        house = stack.enter_context(House(folder, vendors=vendors))
        traced = {"otlp": f"http://127.0.0.1:{free_port()}", "sample": "100%"}
        proxy = house.serve(constants=FRESH, admin=admin, telemetry=traced)
        yield Watched(house, proxy, f"http://{admin}", prometheus, alertmanager)


def queries(root: Path) -> dict[str, str]:
    """Dashboard, panel and letter → the query, with Grafana's variables filled in."""
    found = {}
    for file in sorted((root / "deploy/grafana/dashboards").iterdir()):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                query = target["expr"].replace("$__rate_interval", RATE)
                assert "$" not in query
                found[f"{file.stem}: {panel['title']} {target['refId']}"] = query
    return found


def test_every_panel_shows_figures_of_the_running_proxy(watched: Watched, root: Path) -> None:
    waiting = queries(root)
    assert len(waiting) > 25
    watched.house.vendor.fails(kind="error", operations=["PostPaymentIntents", "GetEvents"])
    ask(watched.proxy, "POST", "/stripe/v1/payment_intents", "x", Idempotency_Key="p-1", **APP)

    def all_shown() -> bool:
        watched.work(len(waiting))
        for name, query in list(waiting.items()):
            if any(math.isfinite(value) for value in watched.prometheus.samples(query)):
                del waiting[name]
        return not waiting

    try:
        eventually(all_shown, "figures")
    except AssertionError:
        pytest.fail(f"no figures: {waiting}")
    assert watched.prometheus.unhealthy_rules() == []


def test_a_latency_leads_to_the_trace_of_a_call(watched: Watched) -> None:
    def led() -> bool:
        watched.work(0)
        return bool(watched.prometheus.traces("tidegate_call_seconds_bucket"))

    eventually(led, "an exemplar")


def test_the_page_of_metrics_is_as_prometheus_wants_it(watched: Watched) -> None:
    watched.work(0)
    with urllib.request.urlopen(f"{watched.admin}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    linted = "\n".join(line for line in lines if IN_DAYS not in line)
    assert run_tool("promtool", "check", "metrics", given=f"{linted}\n") == ""


def test_a_dead_letter_reaches_whoever_is_on_call_until_it_is_cancelled(watched: Watched) -> None:
    status, headers, _ = ask(watched.proxy, "POST", REFUND, "none", Idempotency_Key="r-1", **APP)
    assert status == 202
    call = headers["location"].rpartition("/")[2]
    eventually(lambda: "TidegateDeadLetter" in watched.prometheus.firing(), "the alert")
    told = eventually(lambda: watched.alertmanager.receivers().get("TidegateDeadLetter"), "the message")
    assert told == "on-call"
    watched.order(f"/deliveries/{call}", action="cancel", by="ada")
    eventually(lambda: "TidegateDeadLetter" not in watched.prometheus.firing(), "the end of the alert")
    eventually(lambda: "TidegateDeadLetter" not in watched.alertmanager.receivers(), "the end of the message")


def test_what_follows_from_an_open_breaker_is_kept_quiet_for_that_vendor_alone(watched: Watched) -> None:
    labels = [("TidegateBreakerOpen", "shop"), ("TidegateErrors", "shop"), ("TidegateBudgetErrors1h", "bakery")]
    watched.alertmanager.tell(
        [{"alertname": alert, "vendor": vendor, "severity": "critical"} for alert, vendor in labels]
    )

    def told() -> bool:
        found = watched.alertmanager.receivers()
        return [found.get(alert) for alert, _ in labels] == ["on-call", "kept quiet", "on-call"]

    eventually(told, "what is told of whom")
