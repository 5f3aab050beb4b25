"""Tests of tidegate.scan.syntax."""
