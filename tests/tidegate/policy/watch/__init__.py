"""Tests of tidegate/policy/watch/."""
