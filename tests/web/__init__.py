"""Tests that need a browser or npm."""
