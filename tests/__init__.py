"""Tests. Each folder mirrors a source folder: tests/proxy/test_breaker.py tests proxy/breaker.py."""
