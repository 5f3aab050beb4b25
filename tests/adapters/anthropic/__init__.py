"""Tests of adapters/anthropic/."""
