"""Tests of proxy/observation/."""
