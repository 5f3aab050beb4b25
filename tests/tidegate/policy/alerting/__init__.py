"""Tests of tidegate/policy/alerting."""
