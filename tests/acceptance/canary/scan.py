"""Looks for canaries in what came out, in every encoding. It shares no code with what hides them."""

import base64
import gzip
import html
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from tests.acceptance.canary.slots import Canary


@dataclass(frozen=True, slots=True)
class Hit:
    """A canary in an output, and some of what stands around it."""

    slot: str
    output: str
    encoding: str
    around: str

    def __str__(self) -> str:
        return f"{self.slot}: {self.encoding} in {self.output}: {self.around}"


def encodings(value: str) -> dict[str, bytes]:
    """Name → the bytes of the value in this encoding. Of base64 what does not depend on its neighbours."""
    raw = value.encode()
    quoted = {"plain": value, "URL": quote(value, safe=""), "form": quote_plus(value), "path": quote(value)}
    texts = {
        **quoted,
        **{f"{name} in lower case": text.lower() if "%" in text else text for name, text in quoted.items()},
        "JSON": json.dumps(value)[1:-1],
        "JSON with slashes": json.dumps(value)[1:-1].replace("/", "\\/"),
        "JSON twice": json.dumps(json.dumps(value)[1:-1])[1:-1],
        "HTML": html.escape(value),
        "repr": repr(value)[1:-1],
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "backwards": value[::-1],
    }
    found = {name: text.encode() for name, text in texts.items()}
    for before in range(3):
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            coded = encode(b"\0" * before + raw + b"\0\0")
            first = (before * 8 + 5) // 6
            last = (before + len(raw)) * 8 // 6
            found[f"{name} at {before}"] = coded[first:last]
    return found


def opened(output: bytes) -> list[bytes]:
    """The output, and what it stands for where it is compressed."""
    shapes = [output]
    if output[:2] == b"\x1f\x8b":
        shapes.append(gzip.decompress(output))
    elif output[:1] == b"\x78":
        try:
            shapes.append(zlib.decompress(output))
        except zlib.error:
            return shapes
    return shapes


def hits(canaries: Iterable[Canary], outputs: Mapping[str, bytes]) -> list[Hit]:
    """Every canary that is found."""
    shapes = {name: opened(output) for name, output in outputs.items()}
    found: list[Hit] = []
    for canary in canaries:
        for encoding, text in encodings(canary.value).items():
            for name, several in shapes.items():
                for output in several:
                    at = output.find(text)
                    if at >= 0 and not any(hit.slot == canary.slot and hit.output == name for hit in found):
                        around = repr(output[max(at - 60, 0) : at + len(text) + 20])
                        found.append(Hit(canary.slot, name, encoding, around))
    return found
