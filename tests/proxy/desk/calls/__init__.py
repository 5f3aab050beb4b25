"""Tests of proxy/desk/calls."""
