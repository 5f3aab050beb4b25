"""Tests of chaos/play/fallback/."""
