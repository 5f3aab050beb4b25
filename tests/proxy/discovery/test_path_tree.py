"""A tree of paths is bounded whatever apps send, and what comes often outlives what came once."""

import tracemalloc

from tests.proxy.discovery.sightings import seen
from tidegate.proxy.discovery.path_tree import ANY, DEPTH_MAX, METHODS_MAX, NODES_MAX, SOFT_MAX, WORDS_MAX, PathTree


def test_ids_share_a_place_and_what_stands_behind_them_keeps_them_apart() -> None:
    tree = PathTree()
    for segment in ("cus_NffrFeUfNV2Hib", "550e8400-e29b-41d4-a716-446655440000", "507f1f77bcf86cd799439011.json"):
        assert tree.record_of(seen("GET", f"/v1/{segment}")) is not None
    assert [*tree.root.children["v1"].children] == [ANY, ANY + ".json"]


def test_few_dates_stay_versions_and_many_are_ids() -> None:
    tree = PathTree()
    for month in range(1, SOFT_MAX + 1):
        tree.record_of(seen("GET", f"/api/2026-{month:02}/orders"))
    assert len(tree.root.children["api"].children) == SOFT_MAX
    tree.record_of(seen("GET", "/api/2026-12/orders"))
    assert [*tree.root.children["api"].children] == [ANY]
    assert tree.root.children["api"].children[ANY].calls == SOFT_MAX + 1


def test_too_many_words_at_a_place_become_one_and_the_frequent_ones_stay() -> None:
    tree = PathTree()
    for _ in range(3):
        for word in ("search", "charges"):
            tree.record_of(seen("GET", f"/v1/{word}"))
    letters = "abcdefghijklmnopqrstuvwxyz"
    for number in range(3 * WORDS_MAX):
        tree.record_of(seen("GET", f"/v1/{letters[number % 26]}{letters[number // 26 % 26]}-{letters[number // 676]}"))
    children = tree.root.children["v1"].children
    assert len(children) <= WORDS_MAX + 1
    assert {"search", "charges", ANY} <= {*children}


def test_an_adversary_cannot_grow_it_beyond_its_bound() -> None:
    tree = PathTree()
    tracemalloc.start()
    for number in range(30_000):
        word = "".join(chr(97 + (number >> shift) % 26) for shift in (0, 2, 4, 6, 8, 10))
        tree.record_of(seen("GET", f"/{word}/{word[::-1]}/{word}x/{'/'.join(word)}"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.nodes <= NODES_MAX
    assert tree.unkept > 0
    assert peak < 16 * 1024 * 1024


def test_paths_that_are_known_are_counted_though_the_tree_is_full() -> None:
    tree = PathTree()
    assert tree.record_of(seen("GET", "/v1/charges")) is not None
    tree.nodes = NODES_MAX
    assert tree.record_of(seen("GET", "/v1/charges")) is not None
    assert tree.record_of(seen("GET", "/v1/refunds")) is None
    assert tree.unkept == 1


def test_too_deep_a_path_and_too_many_methods_are_not_kept() -> None:
    tree = PathTree()
    assert tree.record_of(seen("GET", "/a" * (DEPTH_MAX + 1))) is None
    kept = [tree.record_of(seen(f"M{number}", "/a")) for number in range(METHODS_MAX + 3)]
    assert sum(record is not None for record in kept) == METHODS_MAX
