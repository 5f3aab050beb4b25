"""Tests of tidegate/monitoring."""
