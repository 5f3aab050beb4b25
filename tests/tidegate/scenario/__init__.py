"""Tests of tidegate/scenario."""
