"""Tests of adapters/fallback/."""
