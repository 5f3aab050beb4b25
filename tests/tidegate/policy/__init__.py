"""Tests of tidegate/policy."""
