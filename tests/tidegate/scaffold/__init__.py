"""Tests of tidegate.scaffold."""
