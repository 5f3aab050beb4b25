"""Tests of adapters/openai/."""
