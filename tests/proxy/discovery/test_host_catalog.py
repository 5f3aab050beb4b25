"""The catalog is bounded in hosts and segments, lists unsafe retries without ids, and settles when it is full."""

from tests.proxy.discovery.sightings import catalog_of, seen
from tidegate.proxy.discovery.host_catalog import HOSTS_MAX, NODES_ALL_MAX, shaped, status_of
from tidegate.proxy.discovery.path_tree import NODES_MAX


def test_one_host_more_than_there_is_room_for_is_counted_alone() -> None:
    catalog = catalog_of(*(seen("GET", "/a", host=f"h{number}.example") for number in range(HOSTS_MAX + 3)))
    assert len(catalog.hosts) == HOSTS_MAX
    assert status_of(catalog)["hosts_unkept"] == 3
    assert catalog.calls == HOSTS_MAX + 3


def test_all_trees_together_have_a_bound() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [letters[number % 26] + letters[number // 26 % 26] + letters[number // 676] for number in range(500)]
    catalog = catalog_of(
        *(seen("GET", f"/{word}/a/b/c/d/e/f/g", host=f"h{h}.example") for h in range(14) for word in words)
    )
    assert catalog.nodes <= NODES_ALL_MAX + len(catalog.hosts)
    assert max(host.tree.nodes for host in catalog.hosts.values()) <= NODES_MAX
    unkept = status_of(catalog)["unkept"]
    assert isinstance(unkept, int)
    assert unkept > 0


def test_unsafe_retries_are_listed_and_counted_with_their_operation() -> None:
    path = "/v1/customers/cus_NffrFeUfNV2Hib/charges"
    tries = [seen("POST", path, content=b"c", status=504, unsure=True), seen("POST", path, content=b"c")]
    catalog = catalog_of(*tries, seen("POST", path, content=b"d"), seen("POST", path, content=b"d"))
    [unsafe] = catalog.unsafe
    assert (unsafe.app, unsafe.method, unsafe.path, unsafe.at) == ("shop", "POST", "/v1/customers/{}/charges", 1000.0)
    [operation] = catalog.operations("api.shop.example")
    assert (operation.record.calls, operation.record.unsafe, operation.record.repeats) == (4, 1, 1)


def test_a_tunnel_is_a_host_and_no_call() -> None:
    catalog = catalog_of()
    catalog.tunnel("vault.example:8200")
    assert (catalog.hosts["vault.example:8200"].tunnels, catalog.calls) == (1, 0)


def test_no_id_of_a_known_shape_is_in_what_is_listed() -> None:
    assert shaped("/users/ada%40example.org/files/42.json") == "/users/{}/files/{}.json"


def test_a_full_tree_is_settled_and_goes_on() -> None:
    names = ["".join(chr(97 + (number >> shift) % 26) for shift in (0, 3, 6, 9)) for number in range(5000)]
    catalog = catalog_of(*(seen("GET", f"/users/{name}/{part}") for name in names for part in ("keys", "repos")))
    found = [one.template for one in catalog.operations("api.shop.example")]
    assert found[-2:] == ["/users/{}/keys", "/users/{}/repos"]
