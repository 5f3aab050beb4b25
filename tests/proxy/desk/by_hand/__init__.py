"""Tests of proxy/desk/by_hand."""
