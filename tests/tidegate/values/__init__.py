"""Tests of tidegate/values/."""
