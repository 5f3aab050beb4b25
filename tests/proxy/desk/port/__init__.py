"""Tests of proxy/desk/port."""
