"""Tests of adapters/github/."""
