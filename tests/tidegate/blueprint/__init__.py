"""Tests of tidegate.blueprint."""
