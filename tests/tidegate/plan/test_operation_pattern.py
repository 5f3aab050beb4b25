"""A pattern means what a person would read in it."""

from tidegate.plan.operation_pattern import is_pattern, matches


def test_square_brackets_in_a_pattern_mean_themselves() -> None:
    assert matches("GET /a[x]*", "GET /a[x]/b")
    assert not matches("GET /a[x]*", "GET /ax/b")
    assert is_pattern("Post*")
    assert not is_pattern("GET /a/{id}")
