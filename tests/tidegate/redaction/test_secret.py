"""A secret asked in any way but `reveal` shows nothing."""

import copy
import json
import pickle
import pprint
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
import pytest

from tidegate.redaction.secret import REDACTED, Secret

VALUE = "sk_live_a/b+c=d e\"f'é"


class TestSecret:
    """Asked in any way but `reveal`, it shows nothing."""

    secret = Secret(VALUE)

    def test_it_is_revealed_only_on_request(self) -> None:
        assert self.secret.reveal() == VALUE
        for shown in (repr(self.secret), str(self.secret), f"{self.secret}", f"{self.secret:>40}", f"{[self.secret]}"):
            assert "sk_live" not in shown

    def test_a_pickle_does_not_hold_it(self) -> None:
        stored = pickle.dumps(self.secret)
        assert b"sk_live" not in stored
        assert pickle.loads(stored).reveal() == REDACTED

    def test_a_copy_is_the_same_secret(self) -> None:
        assert copy.copy(self.secret) is self.secret
        assert copy.deepcopy({"a": self.secret})["a"] is self.secret

    def test_it_is_no_text_and_joins_with_none(self) -> None:
        with pytest.raises(TypeError):
            "Bearer " + self.secret  # type: ignore[operator]  # that it cannot is the point
        with pytest.raises(TypeError):
            json.dumps({"key": self.secret})

    def test_a_traceback_does_not_show_it(self) -> None:
        shown = traceback.format_exception(ValueError(self.secret))
        assert "sk_live" not in "".join(shown)

    def test_it_compares_by_value(self) -> None:
        assert self.secret == Secret(VALUE)
        assert self.secret != Secret("other")
        assert self.secret != VALUE
        assert hash(self.secret) == hash(Secret(VALUE))
        assert not Secret("")


@dataclass
class Holder:
    """A record with a secret in it."""

    secret: Secret
    several: list[Secret] = field(default_factory=list)


HELD = Holder(Secret(VALUE), [Secret(VALUE)])


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(lambda: "%s %r %10s" % (HELD.secret, HELD.secret, HELD), id="percent"),  # noqa: UP031 - it is tried
        pytest.param(
            lambda: f"{HELD} {HELD.secret!s} {HELD.secret!r} {HELD.secret!a} {HELD.secret:^60}", id="f-string"
        ),
        pytest.param(lambda: "{} {0.secret}".replace("{}", "").format(HELD), id="format"),
        pytest.param(lambda: str(asdict(HELD)), id="as a dictionary"),
        pytest.param(lambda: json.dumps(asdict(HELD), default=str), id="JSON by str"),
        pytest.param(lambda: json.dumps(asdict(HELD), default=repr), id="JSON by repr"),
        pytest.param(lambda: pprint.pformat(HELD, width=20), id="pretty"),
        pytest.param(lambda: str(copy.deepcopy(HELD)), id="deep copy"),
        pytest.param(lambda: str([HELD, {HELD.secret: 1}, (HELD.secret,)]), id="containers"),
        pytest.param(lambda: str(Exception(HELD)) + repr(KeyError(HELD.secret)), id="exceptions"),
        pytest.param(lambda: str(dir(HELD.secret)) + str(HELD.secret.__class__), id="its attributes"),
    ],
)
def test_however_it_is_printed_it_does_not_show(shown: Callable[[], str]) -> None:
    assert "sk_live" not in shown()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_protocol_of_pickle_holds_it(protocol: int) -> None:
    assert b"sk_live" not in pickle.dumps(HELD, protocol)


@pytest.mark.parametrize("use", [vars, len, bytes, iter, orjson.dumps])
def test_what_would_take_it_apart_fails_and_does_not_tell(use: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, orjson.JSONEncodeError)) as error:
        use(HELD.secret)
    assert "sk_live" not in str(error.value)


def test_the_locals_of_a_traceback_do_not_show_it() -> None:
    def broken(secret: Secret) -> None:
        raise ValueError(secret)

    with pytest.raises(ValueError, match="redacted") as error:
        broken(HELD.secret)
    shown = traceback.TracebackException.from_exception(error.value, capture_locals=True).format()
    assert "sk_live" not in "".join(shown)
