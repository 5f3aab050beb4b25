"""The block `redact`: what of the vendor's secrets and of personal data may be seen, by the app and by people."""

from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block, HeaderName, Pointer
from tidegate.redaction.patterns import USUAL, PatternName


class Redact(Block):
    """What is hidden, and what is not."""

    echo: Literal["mask", "pass"] = "mask"
    """What becomes of our own secret where the vendor repeats it in an answer. `mask`: the app gets a mask of the same
    length in its place, as it was sent or escaped for JSON, HTML or a URL, in header lines, bodies and streams. `pass`:
    the answer goes on as it came."""
    headers: Annotated[tuple[HeaderName, ...], Field(examples=[["X-Shop-Id"]])] = ()
    """Headers of the vendor's whose values people may see besides those that are known to be harmless."""
    fields: Annotated[tuple[Pointer, ...] | None, Field(examples=[["/id", "/status"]])] = None
    """The members of JSON bodies that people may see, with all that stands below them; `*` stands for any step. Left
    out: all but personal data, and what sounds like a secret."""
    patterns: Annotated[tuple[PatternName, ...], Field(examples=[["card", "iban", "email", "phone"]])] = USUAL
    """What is hidden from people by its form, wherever it stands in a body. Numbers of cards and accounts count only
    with the right check digits. A telephone number has none, so `phone` must be written."""
