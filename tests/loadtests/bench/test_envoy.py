"""Envoy as a peer: what is written for it, and that its absence is no failure."""

from pathlib import Path

import pytest
import yaml

from tidegate.loadtests.bench import envoy


def test_its_configuration_leads_from_its_port_to_the_upstream(tmp_path: Path) -> None:
    command = envoy.command("/opt/envoy", tmp_path, port=9201, upstream=9200)
    assert command[:3] == ["/opt/envoy", "-c", str(tmp_path / "envoy.yaml")]
    written = yaml.safe_load((tmp_path / "envoy.yaml").read_text())["static_resources"]
    [listener], [cluster] = written["listeners"], written["clusters"]
    assert listener["address"]["socket_address"]["port_value"] == 9201
    [endpoint] = cluster["load_assignment"]["endpoints"][0]["lb_endpoints"]
    assert endpoint["endpoint"]["address"]["socket_address"]["port_value"] == 9200


def test_a_machine_without_it_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert envoy.envoy() is None
