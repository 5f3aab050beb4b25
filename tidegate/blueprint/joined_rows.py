"""Joins operations whose row in a table is the same: a document has hundreds, and a screen has fifty lines.

Pure. The first column names a few of each group; the others of a larger group are listed below the table.
"""

from collections.abc import Mapping, Sequence

from tidegate.configfile.one_line import one_line

NAMES_MAX = 3
"""So many operations are named in a row; of a larger group the first ones."""

Row = tuple[str, ...]


def joined(rows: Mapping[str, Row]) -> list[tuple[list[str], Row]]:
    """The names that have the same row, in the order of their first, with that row."""
    groups: dict[Row, list[str]] = {}
    for name, row in rows.items():
        groups.setdefault(row, []).append(name)
    return [(names, row) for row, names in groups.items()]


def first_cell(names: Sequence[str]) -> str:
    """The names of a group, or the first of them and how many there are."""
    shown = ", ".join(f"`{name}`" for name in names[:NAMES_MAX])
    more = len(names) - NAMES_MAX
    return f"{shown} and {more} more" if more > 0 else shown


def joined_table(head: Sequence[str], rows: Mapping[str, Row]) -> str:
    """A Markdown table with one row a group, and below it the names of each group that has more than it shows."""
    groups = joined(rows)
    parts = [table(head, [(first_cell(names), *row) for names, row in groups])]
    parts += [
        f"`{names[0]}` and {len(names) - 1} more: {', '.join(f'`{name}`' for name in names[1:])}."
        for names, _ in groups
        if len(names) > NAMES_MAX
    ]
    return "\n\n".join(parts)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(one_line(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
