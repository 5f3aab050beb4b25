"""Labels and fields select objects as Kubernetes has it, and what is no selector is refused."""

from urllib.parse import quote

import pytest

from tests.simulator.small_vendor import TEXT, WHOLE, SmallVendor, fields, listed, operation, query
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.storage.filters.selectors import LETTERS_MAX, REQUIREMENTS_MAX, selected

ABOUT = fields("name", name=TEXT, namespace=TEXT, labels={"type": "object", "additionalProperties": TEXT})
POD = fields(metadata=ABOUT, spec=fields(nodeName=TEXT, count=WHOLE), status=fields(phase=TEXT))
NAMED = {"name": "name", "in": "path", "required": True, "schema": TEXT}
SPACE = {**NAMED, "name": "namespace"}
SELECTORS = (query("labelSelector"), query("fieldSelector"))


@pytest.fixture(scope="module")
def cluster() -> SmallVendor:
    page = fields("items", items=listed(POD))
    paths = {
        "/pods": {"get": operation(page, None, *SELECTORS)},
        "/namespaces/{namespace}/pods": {
            "get": operation(page, None, SPACE, *SELECTORS),
            "post": operation(POD, POD, SPACE, status=201),
        },
        "/namespaces/{namespace}/pods/{name}": {"get": operation(POD, None, SPACE, NAMED)},
    }
    made = SmallVendor(paths)
    for space, name, labels, node in (
        ("x", "a", {"app": "web"}, "n1"),
        ("x", "b", {"app": "web", "acme.io/tier": "fe"}, "n2"),
        ("x", "c", {"app": "db"}, None),
        ("y", "d", None, "n1"),
    ):
        about = {"name": name, **({"labels": labels} if labels else {})}
        spec = {"count": len(name + space), **({"nodeName": node} if node else {})}
        made.made(f"/namespaces/{space}/pods", {"metadata": about, "spec": spec, "status": {"phase": name}})
    return made


def names(cluster: SmallVendor, path: str) -> str:
    return "".join(sorted(pod["metadata"]["name"] for pod in cluster.read(path)["items"]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "abcd"),
        ("app=web", "ab"),
        ("app==web", "ab"),
        ("app!=web", "cd"),
        ("app = web, acme.io/tier = fe", "b"),
        ("acme.io/tier", "b"),
        ("!acme.io/tier", "acd"),
        ("app in (web, db)", "abc"),
        ("app notin (web)", "cd"),
        ("app in (db),!acme.io/tier", "c"),
        ("app=", "d"),
    ],
)
def test_labels_select(cluster: SmallVendor, text: str, found: str) -> None:
    assert names(cluster, f"/pods?labelSelector={quote(text)}") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("metadata.name=a", "a"),
        ("status.phase!=a", "bcd"),
        ("spec.nodeName=n1,metadata.name!=a", "d"),
        ("spec.nodeName=", "c"),
        ("spec.count=2", "abcd"),
        ("metadata.namespace=y", "d"),
    ],
)
def test_fields_select(cluster: SmallVendor, text: str, found: str) -> None:
    assert names(cluster, f"/pods?fieldSelector={quote(text)}") == found


@pytest.mark.parametrize("text", ["=web", "app in", "app in (web", "a,,b", "app=a b", "(app)"])
def test_what_is_no_selector_is_refused(cluster: SmallVendor, text: str) -> None:
    with pytest.raises(VendorError, match="selector"):
        cluster.read(f"/pods?labelSelector={quote(text)}")


def test_a_field_that_there_is_not_is_refused(cluster: SmallVendor) -> None:
    with pytest.raises(VendorError, match="selector"):
        cluster.read("/pods?fieldSelector=spec.nothing%3D1")


def test_a_selector_has_bounds(cluster: SmallVendor) -> None:
    kind = next(kind for kind in cluster.operations.kinds.values() if kind.id_at == ("metadata", "name"))
    assert selected(cluster.document, kind, "metadata.labels", "a," * REQUIREMENTS_MAX + "a") is None
    assert selected(cluster.document, kind, "metadata.labels", "a" * (LETTERS_MAX + 1)) is None


def test_the_namespace_of_the_path_stands_in_the_object_beside_what_was_sent(cluster: SmallVendor) -> None:
    about = cluster.read("/namespaces/x/pods/b")["metadata"]
    assert about == {"name": "b", "namespace": "x", "labels": {"app": "web", "acme.io/tier": "fe"}}
