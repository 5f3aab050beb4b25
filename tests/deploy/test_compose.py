"""docker-compose.yml holds together: its services, what they mount, and what they tell each other."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tidegate.monitoring.proxy_alerts import JOB
from tidegate.proxy.config import load_config

SERVICES = {"proxy", "simulator", "prometheus", "alertmanager", "grafana", "jaeger", "otel-collector"}


@pytest.fixture
def services(root: Path) -> dict[str, Any]:
    whole: dict[str, Any] = YAML(typ="safe").load(root / "docker-compose.yml")
    return whole["services"]  # type: ignore[no-any-return]  # YAML says no more


def read(root: Path, name: str) -> Any:
    return YAML(typ="safe").load(root / "deploy" / name)


def test_every_service_is_there_with_the_files_it_mounts(services: dict[str, Any], root: Path) -> None:
    assert set(services) == SERVICES
    mounts = [mount for service in services.values() for mount in service.get("volumes", ())]
    assert [mount for mount in mounts if mount.startswith("./") and not (root / mount.split(":")[0]).exists()] == []
    assert [mount for mount in mounts if mount.startswith("./") and not mount.endswith(":ro")] == []


def test_no_port_is_published_beyond_this_machine(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_every_image_of_others_has_a_version(services: dict[str, Any]) -> None:
    images = [service["image"] for service in services.values()]
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_the_proxy_reads_its_configuration(services: dict[str, Any], root: Path) -> None:
    config = load_config(root / "deploy" / "tidegate.yaml")
    assert config.use["stripe"].base_url == "http://simulator:9100"
    named = {token.token.name for token in (*config.tokens, *config.admin_tokens) if token.token}
    assert named <= set(services["proxy"]["environment"])


def test_prometheus_asks_the_proxy_and_tells_alertmanager(services: dict[str, Any], root: Path) -> None:
    config = read(root, "prometheus/prometheus.yml")
    (job,) = config["scrape_configs"]
    assert job["job_name"].startswith(JOB)
    (target,) = job["static_configs"][0]["targets"]
    host, _, port = target.partition(":")
    proxy = load_config(root / "deploy" / "tidegate.yaml")
    assert host in services
    assert host in proxy.hosts
    assert int(port) == proxy.admin.port
    assert job["authorization"]["credentials"] in services["proxy"]["environment"]["TIDEGATE_ADMIN_TOKEN"]
    (told,) = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    assert told.split(":")[0] in services


def test_grafana_asks_prometheus_and_finds_its_dashboards(services: dict[str, Any], root: Path) -> None:
    source, traces = read(root, "grafana/datasources.yaml")["datasources"]
    (provider,) = read(root, "grafana/providers.yaml")["providers"]
    assert source["url"] == "http://prometheus:9090"
    assert source["jsonData"]["timeInterval"] == read(root, "prometheus/prometheus.yml")["global"]["scrape_interval"]
    assert traces["url"].removeprefix("http://").split(":")[0] in services
    assert [one["datasourceUid"] for one in source["jsonData"]["exemplarTraceIdDestinations"]] == [traces["uid"]]
    mounts = dict(mount.split(":")[:2] for mount in services["grafana"]["volumes"])
    folder = mounts["./deploy/grafana/dashboards"]
    assert provider["options"]["path"] == folder
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (root / "deploy/grafana/dashboards" / Path(home).relative_to(folder)).is_file()


def test_the_collector_has_all_that_its_pipelines_name(services: dict[str, Any], root: Path) -> None:
    """Its own check (`otelcol validate`) comes in no package; this is the part of it that goes wrong by hand."""
    config = read(root, "otel-collector.yaml")
    pipelines = config["service"]["pipelines"].values()
    for kind in ("receivers", "processors", "exporters"):
        assert set(config[kind]) == {name for pipeline in pipelines for name in pipeline[kind]}
    assert set(config["extensions"]) == set(config["service"]["extensions"])
    assert all(pipeline["processors"][0] == "memory_limiter" for pipeline in pipelines)
    port = config["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    assert load_config(root / "deploy" / "tidegate.yaml").telemetry.otlp == f"http://otel-collector:{port}"
    assert services["otel-collector"]["command"][0].endswith("/config.yaml")
    host, _, traces_port = config["exporters"]["otlp/jaeger"]["endpoint"].partition(":")
    assert services[host]["command"][0].endswith(f":{traces_port}")


def test_docker_accepts_the_compose_file(root: Path) -> None:
    has_plugin = (
        shutil.which("docker")
        and not subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    )
    command = ["docker", "compose"] if has_plugin else ["docker-compose"]
    if not has_plugin and shutil.which("docker-compose") is None:
        pytest.skip("there is no docker compose on this machine")
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ran = subprocess.run([*command, "config", "--quiet"], cwd=root, env=environ, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
