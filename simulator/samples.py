"""Values for what nobody sent: the schema's default, null where it may be null, its example, else seeded faker.

An id is a digest of the seed and of what made the object (its idempotency key, or its request), never a draw from one
stream, so that requests that run side by side do not change each other's ids.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from tidegate.simulator.parameters import Resolve, Schema, Value

if TYPE_CHECKING:
    from faker import Faker

POOL = 32
"""So many faker values are made for each field name, once; faker is too slow to ask for each object."""

DEPTH_MAX = 8
"""Nested objects deeper than this are left empty: documents may be recursive."""

_LETTERS = bytes.maketrans(b"+/", b"xQ")
_NAMED: dict[str, str] = {
    "name": "name",
    "email": "email",
    "phone": "phone_number",
    "city": "city",
    "country": "country_code",
    "line1": "street_address",
    "postal_code": "postcode",
    "description": "sentence",
    "url": "url",
    "currency": "currency_code",
}


class Samples:
    """Seeded values. `resolve` follows a `$ref`."""

    def __init__(self, seed: int, resolve: Resolve) -> None:
        self._seed = seed
        self._key = str(seed).encode()[:64]
        self._resolve = resolve
        self._pool = cache(self._filled)

    def letters(self, name: str, count: int) -> str:
        """So many letters and digits, the same for the same seed and name."""
        text = b""
        while len(text) < count:
            digest = blake2b(b"%d:%s" % (len(text), name.encode()), key=self._key, digest_size=48).digest()
            text += b64encode(digest).translate(_LETTERS)
        return text[:count].decode()

    def identifier(self, example: str, name: str) -> str:
        """An id of the shape of `example`: its prefix up to the last underscore, and as many letters after it."""
        prefix, mark, rest = example.rpartition("_")
        return prefix + mark + self.letters(f"{prefix}:{name}", len(rest) or 16)

    def is_fixed(self, schema: Schema) -> bool:
        """Whether every object has the same value here."""
        schema = self._resolve(schema)
        return bool(schema.get("nullable")) or any(word in schema for word in ("default", "example", "enum"))

    def value(self, field: str, schema: Schema, name: str, depth: int = 0) -> Value:
        """A value that fits the schema. Lists come out empty."""
        schema = self._resolve(schema)
        if "default" in schema or schema.get("nullable"):
            return schema.get("default")
        if "example" in schema or "enum" in schema:
            return schema["example"] if "example" in schema else schema["enum"][0]
        for union in ("anyOf", "oneOf", "allOf"):
            if schema.get(union):
                return self.value(field, schema[union][0], name, depth)
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, name, depth)
        return self._scalar(field, schema, name)

    def _object(self, schema: Schema, name: str, depth: int) -> dict[str, Value]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        if depth >= DEPTH_MAX:
            return {}
        required = schema.get("required", ())
        return {key: self.value(key, properties[key], name, depth + 1) for key in properties if key in required}

    def _scalar(self, field: str, schema: Schema, name: str) -> Value:
        kind = schema.get("type")
        if kind in ("array", "boolean"):
            return [] if kind == "array" else False
        if kind in ("integer", "number") and not field.endswith("id"):
            return schema.get("minimum", 0)
        pick = int.from_bytes(blake2b(f"{field}:{name}".encode(), key=self._key, digest_size=4).digest(), "big")
        if kind in ("integer", "number"):
            return pick
        return self._pool(field)[pick % POOL]

    def _filled(self, field: str) -> list[str]:
        source = _faker()
        source.seed_instance(f"{self._seed}:{field}")
        make: Callable[[], object] = getattr(source, _NAMED.get(field, "word"))
        return [str(make()) for _ in range(POOL)]


@cache
def _faker() -> "Faker":
    from faker import Faker  # a fifth of a second, and most vendors' answers never need it

    return Faker()
