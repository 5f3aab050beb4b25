"""Tests of tidegate/redaction."""
