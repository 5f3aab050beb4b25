"""Tests of chaos/judge/credentials."""
