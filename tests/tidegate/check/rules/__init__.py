"""Tests of tidegate/check/rules."""
