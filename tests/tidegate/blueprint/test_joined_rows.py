"""Operations with the same row share it, and none is lost."""

from tidegate.blueprint.joined_rows import NAMES_MAX, first_cell, joined, joined_table, table


def test_names_with_the_same_row_share_it_in_the_order_of_the_first() -> None:
    assert joined({"a": ("1",), "b": ("2",), "c": ("1",)}) == [(["a", "c"], ("1",)), (["b"], ("2",))]


def test_a_cell_names_a_few_and_counts_the_others() -> None:
    assert first_cell(["a"]) == "`a`"
    assert first_cell(["a", "b", "c"]) == "`a`, `b`, `c`"
    assert first_cell([f"n{n}" for n in range(NAMES_MAX + 7)]) == "`n0`, `n1`, `n2` and 7 more"


def test_hundreds_of_operations_make_a_table_of_few_lines_and_each_is_named() -> None:
    text = joined_table(("Operation", "Resend"), {f"op{n}": ("yes" if n % 2 else "no",) for n in range(452)})
    assert len([line for line in text.splitlines() if line.startswith("|")]) == 4
    assert all(f"`op{n}`" in text for n in range(452))


def test_a_group_that_is_shown_whole_is_not_listed_again() -> None:
    assert joined_table(("a", "b"), {"x": ("1",), "y": ("1",)}).endswith("| `x`, `y` | 1 |")


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert "a\\|b" in table(("x",), [("a|b",)])


def test_a_cell_is_one_line() -> None:
    assert table(["a"], [["b|c\nd\n"]]) == "| a |\n| --- |\n| b\\|c d |"
