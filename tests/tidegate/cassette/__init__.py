"""Tests of tidegate/cassette/."""
