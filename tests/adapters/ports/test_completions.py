"""The completions port."""

import inspect

import pytest

from tidegate.adapters.anthropic.adapter import AnthropicCompletions
from tidegate.adapters.openai.adapter import OpenAICompletions
from tidegate.adapters.ports.completions import Completions


@pytest.mark.parametrize("adapter", [OpenAICompletions, AnthropicCompletions])
def test_every_vendor_has_the_ports_operations(adapter: type) -> None:
    for name in ("complete", "stream"):
        assert inspect.signature(getattr(adapter, name)) == inspect.signature(getattr(Completions, name))
