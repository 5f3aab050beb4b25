"""From a tree of paths to templates: which words are names of resources, and which are ids that look like words.

    soft       a version where it is one of few, near the root, and behind no collection; an id elsewhere
    words      ids where at least `ALIKE_MIN` of them stand behind a collection (`users/octocat`) or behind an id
               (`repos/{}/hello-world`), and the same words, or nothing at all, stand behind each of them
    words      ids too where there are `OPEN_MIN` of them, and so many came only once that new ones keep coming

Never ids are words that are themselves collections with ids behind them (`customers`, `charges`), words beside ids of
another shape (`customers/search` beside `customers/cus_…`), and calls by name (`chat.postMessage`). What is in doubt
stays apart: two operations that were taken for one cannot be told apart afterwards, one that was taken for two can be
joined by a person. Pure.
"""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

from tidegate.proxy.discovery.operation_record import OperationRecord
from tidegate.proxy.discovery.path_tree import ANY, PathNode, join
from tidegate.proxy.discovery.segment_shape import is_collection, names_many, shape_of

ALIKE_MIN = 4
LEAVES_MIN = 6
"""Words behind which nothing stands tell less: so many of them are needed."""
OPEN_MIN = 50
OPEN_SHARE = 0.3
"""Of the words at a place, those that came once."""
OWNERS_MIN = 6
OWN_SHARE = 0.8
"""Of the words behind the words at a place, those that stand behind one of them alone."""
SHARED = 0.5
"""A word stands behind this share of the words at a place, or more."""
VERSION_DEPTH = 3
"""A version stands among the first segments."""

_CALL_BY_NAME = re.compile(r"[A-Za-z]+(\.[A-Za-z]+)+")
_API = frozenset(("api", "rest", "version", "versions", "services", "v", "odata", "data", "graph"))


@dataclass(frozen=True, slots=True)
class FoundOperation:
    """One operation. `template` has `{}` for each id; `kinds` are the shapes that stood there, place by place."""

    method: str
    template: str
    kinds: tuple[tuple[str, ...], ...]
    record: OperationRecord


def found_operations(root: PathNode) -> list[FoundOperation]:
    """The operations of a tree, by template. The tree stays as it is."""
    tree = deepcopy(root)
    settle(tree)
    return sorted(_operations(tree, "", ()), key=lambda one: (one.template, one.method))


def settle(root: PathNode) -> int:
    """Join what is one place, from the root on. Returns how many nodes there are fewer."""
    gone, waiting = 0, [(root, "", 0)]
    while waiting:
        node, name, depth = waiting.pop()
        gone += _settle_soft(node, name, depth)
        gone += _settle_words(node, name)
        waiting += [(child, segment, depth + 1) for segment, child in node.children.items()]
    return gone


def _settle_soft(node: PathNode, name: str, depth: int) -> int:
    gone = 0
    for segment in [*node.soft]:
        shape = shape_of(segment)
        near = depth < VERSION_DEPTH and not names_many(name) and not name.startswith(ANY)
        dated = shape.kind_of_id == "date"
        version = near and (depth == 0 or dated or name.lower() in _API) and not shape.ending
        if not version or ANY + shape.ending in node.children:
            gone += join(node, segment, ANY + shape.ending, shape.kind_of_id)
        else:
            del node.soft[segment]
    return gone


def _settle_words(node: PathNode, name: str) -> int:
    gone = 0
    endings: dict[str, list[str]] = {}
    for segment in node.children:
        if not segment.startswith(ANY) and segment not in node.soft and not _CALL_BY_NAME.fullmatch(segment):
            endings.setdefault("", []).append(segment)
    for words in endings.values():
        for word in _ids_among(node, name, words):
            gone += join(node, word, ANY, "word")
    return gone


def _ids_among(node: PathNode, name: str, words: list[str]) -> list[str]:
    """Those of the words at a place that are ids."""
    once = sum(node.children[word].calls == 1 for word in words)
    if len(words) >= OPEN_MIN and once >= OPEN_SHARE * len(words):
        return [word for word in words if not _holds_ids(word, node.children[word])]
    behind_one = name.startswith(ANY)
    plain = [word for word in words if not _holds_ids(word, node.children[word])]
    if not (behind_one or names_many(name)) or sum(map(is_collection, plain)) * 2 > len(plain):
        return []
    owners = [word for word in plain if any(map(_is_name, node.children[word].children))]
    if not behind_one and len(owners) * 2 > len(plain) and _own_names(node, owners):
        for word in owners:
            _own_names_are_ids(node.children[word])
        return plain
    beside_ids = any(child.startswith(ANY) for child in node.children)
    return _alike(node, plain, words) or ([] if behind_one or beside_ids else _of_one_form(node, plain))


def _of_one_form(node: PathNode, words: list[str]) -> list[str]:
    """The words with the very same behind them, where there are enough: usernames, names of branches."""
    forms = {word: _form(node.children[word]) for word in words}
    common = Counter(part for form in forms.values() for part in form)
    shared = {part for part, times in common.items() if times >= max(SHARED * len(words), LEAVES_MIN)}
    alike = [word for word, form in forms.items() if form and 2 * len(form & shared) >= len(form)]
    return alike if len(alike) >= LEAVES_MIN else []


def _form(node: PathNode) -> frozenset[str]:
    """What ends here, and what stands behind: the methods, and the segments with theirs."""
    here = {f"{method} " for method in node.operations}
    behind = {
        f"{method} {name if _is_name(name) else ANY}"
        for name, child in node.children.items()
        for method in ("", *child.operations)
    }
    return frozenset(here | behind)


def _own_names_are_ids(node: PathNode) -> None:
    for name in [*node.children]:
        if _is_name(name):
            join(node, name, ANY, "word")


def _alike(node: PathNode, words: list[str], every: list[str]) -> list[str]:
    """The words behind which the same stands, where there are enough of them. `every` are those with ids behind too."""
    behind = {word: _words_behind(node.children[word]) for word in every}
    common: Counter[tuple[int, str]] = Counter()
    branching = [word for word in words if behind[word]]
    for word in branching:
        common.update(behind[word])
    shared = {feature for feature, times in common.items() if times >= SHARED * len(branching) and times >= ALIKE_MIN}
    alike = [word for word in branching if behind[word] & shared]
    if len(alike) < ALIKE_MIN or len(alike) < SHARED * len(words):
        return []
    known = {feature for word in alike for feature in behind[word]}
    alike = [word for word in every if behind[word] and 2 * len(behind[word] & known) >= len(behind[word])]
    methods = {method for word in alike for method in node.children[word].operations}
    leaves = [word for word in words if not behind[word] and {*node.children[word].operations} <= methods]
    return [*alike, *leaves]


def _own_names(node: PathNode, words: list[str]) -> bool:
    """Whether behind each of these words stand names that stand behind no other: `octocat/hello-world`."""
    behind = Counter(word for place in words for word in node.children[place].children if _is_name(word))
    alone = sum(times == 1 for times in behind.values())
    return len(words) >= OWNERS_MIN and len(behind) >= OWNERS_MIN and alone >= OWN_SHARE * len(behind)


def _words_behind(node: PathNode) -> set[tuple[int, str]]:
    """The words that stand one or two places further, with the place."""
    near = {(1, word) for word in node.children if _is_name(word)}
    far = {(2, word) for child in node.children.values() for word in child.children if _is_name(word)}
    return near | far


def _is_name(segment: str) -> bool:
    return not segment.startswith(ANY) and shape_of(segment).kind == "word"


def _holds_ids(word: str, node: PathNode) -> bool:
    """Whether a word names a collection: a plural with ids of a shape behind it."""
    return is_collection(word) and any(segment.startswith(ANY) for segment in node.children)


def _operations(node: PathNode, path: str, kinds: tuple[tuple[str, ...], ...]) -> Iterator[FoundOperation]:
    for method, record in node.operations.items():
        yield FoundOperation(method, path or "/", kinds, record)
    for segment, child in node.children.items():
        inner = (*kinds, tuple(child.kinds)) if segment.startswith(ANY) else kinds
        yield from _operations(child, f"{path}/{segment}", inner)
