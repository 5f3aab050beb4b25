"""Tests of tidegate.scan.python."""
