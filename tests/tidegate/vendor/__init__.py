"""Tests of tidegate/vendor."""
