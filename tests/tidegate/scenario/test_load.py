"""A load has the keys of its shape, and no others."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.configfile.units import Rate
from tidegate.scenario.load import GivenRequest, Load


def test_a_load_of_before_reads_as_before() -> None:
    load = Load.model_validate({"rate": "5/s", "burst": 20, "mix": {"pay": 3}, "from": "2s", "for": "3s"})
    assert (load.shape, load.rate, load.burst, load.mix) == ("constant", Rate(5, 1), 20, {"pay": 3})
    assert (load.begin, load.end_s) == (2.0, 5.0)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"shape": "ramp", "rate": "1/s"}, "`shape: ramp` needs `rate` and `to`"),
        ({"rate": "1/s", "to": "2/s"}, "`to` is a key of `shape: step`, `ramp` and `spike`"),
        ({"rate": "1/s", "steps": 3}, "`steps` is a key of `shape: step`, and this is `shape: constant`"),
        ({"shape": "ramp", "rate": "1/s", "to": "2/s", "peak_for": "1s"}, "`peak_for` is a key of `shape: spike`"),
        ({"shape": "spike", "rate": "1/s", "to": "2/s", "peak_for": "0s"}, "`peak_for` must be longer than 0s"),
        ({"shape": "replay", "rate": "1/s", "times": [1]}, "`shape: replay` has no `rate`"),
        ({"shape": "replay"}, "needs either `log`, a file, or `times`"),
        ({"shape": "replay", "log": "a", "times": [1]}, "needs either `log`, a file, or `times`"),
        ({"shape": "wave"}, "'constant', 'step', 'ramp', 'spike' or 'replay'"),
        ({"shape": "replay", "times": [-1]}, "greater than or equal to 0"),
        ({"rate": "1/s", "mix": {"a": -1}}, "greater than or equal to 0"),
    ],
)
def test_what_does_not_fit_a_shape_is_said(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Load.model_validate(keys)
    assert says in str(refused.value)


def test_a_given_request_has_an_operation_and_what_is_given_of_it() -> None:
    request = GivenRequest.model_validate({"operation": "book", "body": {"a": [1]}, "takes": {"booking": "/id"}})
    assert (request.operation, request.body, request.draw) == ("book", {"a": [1]}, False)
    assert request.takes == {"booking": "/id"}


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"headers": {"a b": "x"}}, "no header can be called 'a b'"),
        ({"headers": {"": "x"}}, "no header can be called ''"),
        ({"headers": {"X-Shop": "a\r\nb"}}, "the header X-Shop has a character that no header can carry"),
        ({"headers": {"X-Shop": "é"}}, "the header X-Shop has a character that no header can carry"),
        ({"takes": {"booking": "id"}}, "`takes` 'id' is no JSON Pointer; write it like /id or /data/0/id"),
    ],
)
def test_what_no_request_can_carry_is_said(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        GivenRequest.model_validate({"operation": "book", **keys})
    assert says in str(refused.value)
