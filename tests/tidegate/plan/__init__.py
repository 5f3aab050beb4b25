"""Tests of tidegate/plan."""
