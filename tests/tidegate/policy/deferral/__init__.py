"""Tests of tidegate/policy/deferral."""
