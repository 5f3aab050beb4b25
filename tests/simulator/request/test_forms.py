"""Form text becomes nested text, and what is no form is refused by name."""

import pytest

from tidegate.simulator.request.forms import FIELDS_MAX, FormError, Node, decode, form_fields, gather, listed, paired


def test_plain_fields_stay_text() -> None:
    assert decode("amount=1099&currency=eur&note=") == {"amount": "1099", "currency": "eur", "note": ""}


def test_brackets_nest_and_percent_signs_are_decoded() -> None:
    assert decode("shipping%5Baddress%5D%5Bcity%5D=K%C3%B6ln&shipping[name]=A+B") == {
        "shipping": {"address": {"city": "Köln"}, "name": "A B"}
    }


def test_entries_of_a_list_are_numbered_whether_or_not_they_name_their_place() -> None:
    assert decode("expand[]=a&expand[]=b") == {"expand": {"0": "a", "1": "b"}}
    assert decode("expand[0]=a&expand[1]=b") == {"expand": {"0": "a", "1": "b"}}


def test_a_number_in_brackets_may_as_well_be_a_name() -> None:
    assert decode("metadata[6735]=x") == {"metadata": {"6735": "x"}}


def test_a_field_given_more_than_once_becomes_a_list() -> None:
    assert decode("a=1&a=2&a=3&b=4") == {"a": ["1", "2", "3"], "b": "4"}


def test_a_name_that_is_given_twice_is_a_list_in_brackets_too() -> None:
    assert decode("a=1&a=2&b[c]=1&b[c]=2&b[c]=3") == {"a": ["1", "2"], "b": {"c": ["1", "2", "3"]}}


def test_a_name_with_brackets_of_its_own_is_taken_as_it_is() -> None:
    assert decode("a[]=1&a[]=2&b[]=3", {"a[]"}) == {"a[]": ["1", "2"], "b": {"0": "3"}}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a[b=1", "a[b"),
        ("a]b[=1", "a]b["),
        ("[a]=1", "[a]"),
        ("a[b]x=1", "a[b]x"),
        ("a=1&a[b]=2", "a[b]"),
        ("a[b]=2&a=1", "a"),
        ("a[b][c]=2&a[b]=1", "a[b]"),
        ("a=1&a=2&a[b]=3", "a[b]"),
        ("a" + "[b]" * 40 + "=1", "a" + "[b]" * 40),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(text: str, name: str) -> None:
    with pytest.raises(FormError) as refused:
        decode(text)
    assert refused.value.name == name


def test_too_many_fields_and_text_that_is_not_utf8_are_refused() -> None:
    with pytest.raises(FormError, match="at most"):
        decode("&".join(f"a{n}=1" for n in range(FIELDS_MAX + 1)))
    with pytest.raises(FormError, match="UTF-8"):
        decode("a=%ff")


def test_fields_by_their_whole_names_are_the_first_of_each() -> None:
    assert form_fields("a[b]=1&c=&a[b]=2") == {"a[b]": "1", "c": ""}


def test_lists_and_objects_are_read_out_of_one_text_or_of_several_fields() -> None:
    assert [listed(*given) for given in (("", None), ("a", None), ("a b", " "))] == [[], ["a"], ["a", "b"]]
    assert paired("R,1,G,2,x", ",") == {"R": "1", "G": "2"}
    form: dict[str, Node] = {"R": "1", "n": "x"}
    gather(form, "color", {"R", "G"})
    assert form == {"n": "x", "color": {"R": "1"}}
    gather(form, "color", {"n"})
    assert form == {"n": "x", "color": {"R": "1"}}
