"""Which view a path of the console means. It knows nothing of what views show."""

from collections.abc import Iterable
from urllib.parse import unquote

from tidegate.proxy.console.view import View

SEGMENT_CHARS_MAX = 512


class ViewRoutes:
    """The routes of one console. A literal segment goes before one in braces."""

    def __init__(self, views: Iterable[View]) -> None:
        self.views = tuple(views)
        split = [(tuple(view.path.strip("/").split("/")), view) for view in self.views]
        self._routes = sorted(split, key=lambda one: [segment.startswith("{") for segment in one[0]])

    def find(self, path: str) -> tuple[View, dict[str, str]] | None:
        """The view of a path below the console's, as it was sent, and what stands in its braces."""
        segments = [unquote(segment) for segment in path.strip("/").split("/")]
        if any(len(segment) > SEGMENT_CHARS_MAX for segment in segments):
            return None
        for pattern, view in self._routes:
            if len(pattern) == len(segments):
                names = _matched(pattern, segments)
                if names is not None:
                    return view, names
        return None


def _matched(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    names = dict[str, str]()
    for expected, segment in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            if not segment:
                return None
            names[expected.strip("{}")] = segment
        elif expected != segment:
            return None
    return names
