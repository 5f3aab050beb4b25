"""Tests of tidegate/policy/privacy."""
