"""Tests of chaos/apps."""
