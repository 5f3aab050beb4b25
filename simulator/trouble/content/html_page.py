"""`html`: a page of HTML comes instead of the answer."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault

PAGE = b"<!DOCTYPE html>\n<html><head><title>%d</title></head><body><h1>Something is wrong here</h1></body></html>\n"


class HtmlPage(RequestFault):
    """A page of HTML comes instead of the answer, as from a gateway or a portal in between."""

    kind: Literal["html"] = "html"
    harmful: ClassVar[bool] = True
    status: Annotated[int, Field(ge=200, le=599)] = 502
    effect: Literal["none", "done"] = "none"

    @property
    def stops(self) -> bool:
        """True where nothing is done."""
        return self.effect == "none"

    def answered(self, answer: Answer | None) -> Answer:
        """The page, whatever the vendor would have answered."""
        del answer
        return Answer(self.status, PAGE % self.status, {"Content-Type": "text/html; charset=utf-8"})
