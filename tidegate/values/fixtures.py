"""The vendor's own sample objects, from a file: `{"resources": {kind: object}}`. Values of new objects follow them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from tidegate.problems import UsageError


def read_fixtures(path: Path) -> Mapping[str, Any]:
    """Sample objects by the name of their kind. Raises UsageError where the file cannot be read as that."""
    try:
        document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise UsageError(f"{path}: the fixtures cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path}: the fixtures are not JSON: {error}") from error
    kinds = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(kinds, dict):
        raise UsageError(f'{path}: the fixtures must be {{"resources": {{kind: object}}}}')
    return {name: thing for name, thing in kinds.items() if isinstance(thing, dict)}
