"""The manifests are what Kubernetes takes, by its own schemas, and name only what is there."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from tidegate.monitoring.proxy_alerts import JOB
from tidegate.proxy.config import Config, load_config

VERSIONS = ("1.34", "1.37")
"""`preStop.sleep` is stable since the first; the second is the newest that is known here."""
WORKLOADS = ("StatefulSet", "Deployment")
OWN_KINDS = {"ServiceMonitor"}
"""Kinds of operators: Kubernetes has no schema of them."""


@pytest.fixture(scope="module")
def manifests(root: Path) -> list[dict[str, Any]]:
    folder = root / "deploy/kubernetes"
    return [one for file in sorted(folder.iterdir()) for one in YAML(typ="safe").load_all(file)]


@pytest.fixture(params=WORKLOADS)
def pod(request: pytest.FixtureRequest, manifests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The pods of a workload."""
    made: dict[str, Any] = of_kind(manifests, request.param)[0]["spec"]["template"]
    return made


def of_kind(manifests: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in manifests if one["kind"] == kind]


def config_of(manifests: Sequence[dict[str, Any]], folder: Path) -> Config:
    (shown,) = of_kind(manifests, "ConfigMap")
    (folder / "tidegate.yaml").write_text(shown["data"]["tidegate.yaml"])
    return load_config(folder / "tidegate.yaml")


def plain(value: Any) -> Any:
    """The same in Python's own types: the schemas know no others."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_every_manifest(manifests: Sequence[dict[str, Any]], version: str) -> None:
    known = [one for one in manifests if one["kind"] not in OWN_KINDS]
    assert len(known) >= 9
    for one in known:
        kubernetes_validate.validate(plain(one), version, strict=True)


def test_a_misspelt_key_is_refused(manifests: Sequence[dict[str, Any]]) -> None:
    wrong = plain(of_kind(manifests, "Deployment")[0])
    wrong["spec"]["template"]["spec"]["securityContext"]["runAsNonRot"] = True
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_the_pods_keep_to_the_restricted_profile(pod: dict[str, Any]) -> None:
    """Pod Security Standards, "restricted"; the image's user is 10001."""
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert spec["automountServiceAccountToken"] is False
    assert not any("hostPath" in volume for volume in spec["volumes"])
    assert spec["containers"][0]["resources"]["limits"].keys() == {"memory"}


def test_the_user_is_the_image_s(pod: dict[str, Any], root: Path) -> None:
    context = pod["spec"]["securityContext"]
    assert f"USER {context['runAsUser']}\n" in (root / "Dockerfile").read_text(encoding="utf-8")
    assert context["fsGroup"] == context["runAsGroup"] == context["runAsUser"]


def test_probes_and_services_name_ports_that_the_proxy_listens_on(
    pod: dict[str, Any], manifests: Sequence[dict[str, Any]], tmp_path: Path
) -> None:
    config = config_of(manifests, tmp_path)
    (container,) = pod["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {"gateway": config.listen.port, "admin": config.admin.port}
    probes = [container[name]["httpGet"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    assert [probe["path"] for probe in probes] == ["/healthz", "/readyz", "/healthz"]
    assert {probe["port"] for probe in probes} == {"admin"}
    for service in of_kind(manifests, "Service"):
        for port in service["spec"]["ports"]:
            assert ports[port["targetPort"]] == port["port"]
    (policy,) = of_kind(manifests, "NetworkPolicy")
    assert {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]} == set(ports)


def test_every_selector_finds_the_pods(pod: dict[str, Any], manifests: Sequence[dict[str, Any]]) -> None:
    labels = pod["metadata"]["labels"].items()
    selectors = [one["spec"]["selector"] for one in of_kind(manifests, "Service")]
    selectors += [
        of_kind(manifests, kind)[0]["spec"]["selector"]["matchLabels"] for kind in (*WORKLOADS, "PodDisruptionBudget")
    ]
    selectors.append(of_kind(manifests, "NetworkPolicy")[0]["spec"]["podSelector"]["matchLabels"])
    assert all(selector and selector.items() <= labels for selector in selectors)


def test_prometheus_finds_the_admin_port_and_its_token(manifests: Sequence[dict[str, Any]]) -> None:
    (monitor,) = of_kind(manifests, "ServiceMonitor")
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    (service,) = [one for one in of_kind(manifests, "Service") if wanted <= one["metadata"]["labels"].items()]
    assert service["metadata"]["name"].startswith(JOB), "the operator calls the job so"
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    (secret,) = of_kind(manifests, "Secret")
    token = endpoint["authorization"]["credentials"]
    assert token["name"] == secret["metadata"]["name"]
    assert token["key"] in secret["stringData"]


def test_every_secret_that_the_configuration_names_is_mounted(
    pod: dict[str, Any], manifests: Sequence[dict[str, Any]], tmp_path: Path
) -> None:
    config = config_of(manifests, tmp_path)
    (secret,) = of_kind(manifests, "Secret")
    mounts = {mount["name"]: mount["mountPath"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
    assert {volume["name"] for volume in pod["spec"]["volumes"]} <= set(mounts)
    mounted = {f"{mounts['secrets']}/{key}" for key in secret["stringData"]}
    uses = [config.use["stripe"].secret, *(token.token for token in (*config.tokens, *config.admin_tokens))]
    assert {ref.name for ref in uses if ref is not None} <= mounted
    assert pod["spec"]["containers"][0]["args"][-1].startswith(f"{mounts['config']}/")


def test_a_stop_has_the_time_that_it_takes(
    pod: dict[str, Any], manifests: Sequence[dict[str, Any]], tmp_path: Path
) -> None:
    before_s = pod["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["spec"]["terminationGracePeriodSeconds"] > before_s + config_of(manifests, tmp_path).drain


def names(manifests: Sequence[dict[str, Any]]) -> Iterator[str]:
    for one in manifests:
        if one["kind"] != "Namespace":
            yield one["metadata"]["namespace"]


def test_all_of_it_is_in_one_namespace(manifests: Sequence[dict[str, Any]]) -> None:
    (space,) = of_kind(manifests, "Namespace")
    assert set(names(manifests)) == {space["metadata"]["name"]}
