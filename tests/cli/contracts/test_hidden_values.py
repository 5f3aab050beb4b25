"""Values to hide are named by environment variables."""

import pytest

from tidegate.cli.contracts.hidden_values import hidden_patterns, secret_values
from tidegate.problems import UsageError


def test_the_values_of_variables_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "sk_live_1")
    assert secret_values(["THE_KEY"]) == ["sk_live_1"]
    assert secret_values(None) == []
    with pytest.raises(UsageError, match="NOT_SET_ANYWHERE is not set"):
        secret_values(["THE_KEY", "NOT_SET_ANYWHERE"])


def test_kinds_of_personal_data_are_known_by_their_names() -> None:
    assert hidden_patterns(["phone", "email"]) == ("email", "phone")
    assert hidden_patterns(None) == ()
    with pytest.raises(UsageError, match=r"--hide emial: .*did you mean email"):
        hidden_patterns(["emial"])
