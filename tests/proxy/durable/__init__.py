"""Tests of proxy/durable."""
