"""Values that may stand in the place of another one, for lists whose items are all different (`uniqueItems`)."""

from tidegate.openapi.schema_types import Level
from tidegate.values.json_value import Value


def others(level: Level, item: Value, count: int) -> list[Value]:
    """So many values that may stand where `item` does."""
    turns = range(1, count + 1)
    if isinstance(item, bool):
        return [not item]
    if isinstance(item, str):
        return [item + str(turn) for turn in turns]
    if isinstance(item, int | float):
        step, least, most = level.get("multipleOf", 1), level.get("minimum"), level.get("maximum")
        near = [item + sign * turn * step for sign in (1, -1) for turn in turns]
        return [one for one in near if (least is None or one >= least) and (most is None or one <= most)]
    if isinstance(item, dict):
        named = [key for key, value in item.items() if isinstance(value, str | int | float)]
        inner = level.get("properties", {})
        return [
            {**item, key: other}
            for key in named
            for other in others(inner.get(key, {}) if isinstance(inner.get(key), dict) else {}, item[key], count)
        ]
    return []
