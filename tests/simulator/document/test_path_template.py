"""Templates are read as places of objects."""

import pytest

from tidegate.simulator.document.path_template import read_template, singular


@pytest.mark.parametrize(
    ("template", "key", "params", "is_object", "word"),
    [
        ("/v1/customers", ("v1", "customers"), (), False, "customers"),
        ("/v1/customers/{customer}", ("v1", "customers", "{}"), ("customer",), True, "customers"),
        ("/x/{id}/verb", ("x", "{}", "verb"), ("id",), False, "verb"),
        (
            "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json",
            ("2010-04-01", "Accounts", "{}", "Messages", "{}"),
            ("AccountSid", "Sid"),
            True,
            "Messages",
        ),
        ("/Accounts/{AccountSid}/Messages.json", ("Accounts", "{}", "Messages"), ("AccountSid",), False, "Messages"),
        ("/responses?beta=true", ("responses",), (), False, "responses"),
        ("/compare/{base}...{head}", ("compare", "{}...{}"), ("base", "head"), False, "{}...{}"),
    ],
)
def test_a_template_names_a_place(
    template: str, key: tuple[str, ...], params: tuple[str, ...], is_object: bool, word: str
) -> None:
    path = read_template(template)
    assert (path.key, path.params, path.is_object, path.word) == (key, params, is_object, word)


def test_plurals_have_a_singular() -> None:
    words = ["repositories", "boxes", "addresses", "customers", "status", "address", "batches", "series"]
    assert [singular(word) for word in words] == [
        "repository", "box", "address", "customer", "status", "address", "batch", "sery"
    ]  # fmt: skip
