"""A real Prometheus and a real Alertmanager for tests, of Debian's packages, on free ports of loopback."""

import contextlib
import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.acceptance.programs import eventually
from tests.debian_tools import tool
from tidegate.loadtests.programs import free_port
from tidegate.world.world import RealWorld

ASK_S = 10.0


class WatchingServer:
    """One program that answers on a port once it is ready. `flags` say how it is told its port and its files."""

    def __init__(self, name: str, folder: Path, flags: Sequence[str], ready: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"{name}.log"
        command = [tool(name), *flags, f"--web.listen-address=127.0.0.1:{self.port}"]
        environ = {"PATH": os.environ["PATH"], "GOMAXPROCS": "1"}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
        self._ready = ready
        eventually(self._is_ready, f"{name} is ready")

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return self.ask(self._ready, plain=True) is not None
        return False

    def ask(self, path: str, *, plain: bool = False, **query: str) -> Any:
        """The document at a path. Raises HTTPError where it is refused."""
        target = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(target, timeout=ASK_S) as answer:
            body = answer.read()
        return body if plain else json.loads(body)

    def close(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()


class Prometheus(WatchingServer):
    """A Prometheus with a configuration, which is JSON here: that is YAML."""

    def __init__(self, folder: Path, config: Mapping[str, Any], *more: str) -> None:
        """`more` are further flags."""
        file = folder / "prometheus.json"
        file.write_text(json.dumps(config))
        flags = (f"--config.file={file}", f"--storage.tsdb.path={folder / 'figures'}", "--log.level=warn", *more)
        super().__init__("prometheus", folder, flags, "/-/ready")

    def samples(self, query: str) -> list[float]:
        """What a query gives now, by series."""
        found = self.ask("/api/v1/query", query=query)
        assert found["status"] == "success", found
        return [float(series["value"][1]) for series in found["data"]["result"]]

    def traces(self, query: str) -> set[str]:
        """The traces that exemplars of a query's series lead to, of the last minute."""
        until = RealWorld().wall()
        found = self.ask("/api/v1/query_exemplars", query=query, start=str(until - 60.0), end=str(until))
        return {one["labels"]["trace_id"] for series in found["data"] for one in series["exemplars"]}

    def firing(self) -> set[str]:
        """The alerts that fire."""
        alerts = self.ask("/api/v1/alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def unhealthy_rules(self) -> list[str]:
        """What is wrong with rules, by the last evaluation of each."""
        groups = self.ask("/api/v1/rules")["data"]["groups"]
        return [
            f"{rule['name']}: {rule.get('lastError')}"
            for group in groups
            for rule in group["rules"]
            if rule["health"] == "err"
        ]


class Alertmanager(WatchingServer):
    """An Alertmanager that speaks to no other."""

    def __init__(self, folder: Path, config: Path) -> None:
        flags = (
            f"--config.file={config}",
            f"--storage.path={folder / 'alerts'}",
            "--cluster.listen-address=",
            "--log.level=warn",
        )
        super().__init__("prometheus-alertmanager", folder, flags, "/-/ready")

    def tell(self, alerts: Sequence[Mapping[str, str]]) -> None:
        """Alerts, by their labels, as a Prometheus brings them."""
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=ASK_S) as answer:
            assert answer.status == 200

    def receivers(self) -> dict[str, str]:
        """Alert that is on → who is told of it, or `kept quiet`."""
        alerts = self.ask("/api/v2/alerts", active="true")
        return {
            one["labels"]["alertname"]: "kept quiet" if one["status"]["inhibitedBy"] else one["receivers"][0]["name"]
            for one in alerts
        }
