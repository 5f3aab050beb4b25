"""`malformed`: the answer's JSON lacks its last bracket."""

from dataclasses import replace
from typing import ClassVar, Literal

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.aimed_fault import RequestFault


class Malformed(RequestFault):
    """The request is carried out; the answer's JSON lacks its last bracket, under a right Content-Length."""

    kind: Literal["malformed"] = "malformed"
    harmful: ClassVar[bool] = True

    def spoil(self, answer: Answer, noise: int) -> Answer:
        """The body, or each event of a stream, without its last byte."""
        del noise
        events = tuple(event.rstrip()[:-1] + b"\n\n" for event in answer.events)
        return replace(answer, body=answer.body[:-1], events=events)
