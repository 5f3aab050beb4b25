"""Tests of chaos/play/cast."""
