"""The texts and vectors of a language model's answers: the question again, JSON by a schema, or numbers.

It knows no vendor, no envelope and no HTTP.
"""

import hashlib
import math
import struct
from base64 import b64encode
from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.values.json_value import Obj, Value
from tidegate.values.value_generator import FULL, ValueGenerator

TOP_MAX = 20
"""So many likely tokens are told at one place."""

DIMENSIONS_MAX = 16_384
"""A vector has so many numbers at most."""


def repeated(question: str) -> str:
    """What a model says to a question, in plain words."""
    return f"You said: {question}" if question else "You said:"


def structured(kind: object, schema: object, question: str) -> str | None:
    """The same as JSON: an object, or what fits the schema; None where the request wants plain words."""
    if kind == "json_schema" and isinstance(schema, dict):
        return orjson.dumps(by_schema(schema, question)).decode()
    return orjson.dumps({"answer": repeated(question)}).decode() if kind in ("json_object", "json_schema") else None


def by_schema(schema: dict[str, Any], name: str) -> Value:
    """A value that fits a schema which a client has sent: read as a document of its own, and forgotten."""
    document = Document({**schema, "openapi": "3.1.0", "paths": {}}, "the request's schema")
    return ValueGenerator(1, document.schemas).value("", document.root, name, FULL)


def arguments(schema: dict[str, Any], question: str) -> str:
    """The arguments with which a model calls a tool, as JSON."""
    made = by_schema(schema, question)
    return orjson.dumps(made if isinstance(made, dict) else {}).decode()


def likelihood(token: str, most: int) -> Obj:
    """How likely a token was, and `most` others at its place: the token itself first, then made-up ones."""
    others = [token, *(f"{token}{chr(ord('a') + place)}" for place in range(most - 1))][: min(most, TOP_MAX)]
    told: list[Obj] = [_likely(other, place) for place, other in enumerate(others)]
    return {**_likely(token, 0), "top_logprobs": told}


def _likely(token: str, place: int) -> Obj:
    return {"token": token, "logprob": -0.25 - 2.0 * place, "bytes": list(token.encode())}


def vector(text: str, dimensions: int) -> list[float]:
    """Numbers of a text, the same for the same one, of length one together (so that cosine similarity is defined)."""
    count = min(max(dimensions, 1), DIMENSIONS_MAX)
    drawn = struct.unpack(f"<{count}h", hashlib.shake_128(text.encode()).digest(2 * count))
    length = math.sqrt(sum(number * number for number in drawn)) or 1.0
    return [number / length if any(drawn) else 1.0 for number in drawn]


def in_base64(numbers: list[float]) -> str:
    """Numbers as the bytes of floats of four bytes each (IEEE 754 binary32), the lowest first."""
    return b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
