"""The keywords of a schema that hold patterns, written as the engine takes them."""

from tidegate.openapi.schema_words import Level, Note
from tidegate.openapi.validator import engine_pattern


def write_patterns(schema: Level, note: Note) -> None:
    """Write the patterns of a converted schema as the engine takes them; those that it does not are left out."""
    if "pattern" in schema:
        pattern = schema.pop("pattern")
        if (written := engine_pattern(pattern)) is None:
            note("D009", pattern)
        else:
            schema["pattern"] = written
    for pattern in [*schema.get("patternProperties", ())]:
        inner = schema["patternProperties"].pop(pattern)
        if (written := engine_pattern(pattern)) is None:
            note("D009", pattern)
        else:
            schema["patternProperties"][written] = inner
