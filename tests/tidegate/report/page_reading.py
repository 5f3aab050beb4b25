"""Reads a page as a browser would, and refuses what a page that needs nothing else has not."""

from html.parser import HTMLParser

VOID = frozenset({"meta", "rect", "path"})
"""Elements without an end, in HTML or as our SVG writes them."""


class ReadPage(HTMLParser):
    """The elements and texts of a page."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self._open: list[str] = []
        self.feed(markup)
        assert self._open == []
        assert len(self.ids) == len(set(self.ids))
        assert set(self.named) <= set(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "use", "image", "foreignobject"}
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in {"src", "href", "xlink:href", "style"}
            self.ids += [value or ""] if name == "id" else []
            self.named += [value or ""] if name in {"aria-labelledby", "aria-describedby"} else []
        self.tags.append(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        """All that a person reads."""
        return "\n".join(text for text in self.texts if text)
