"""Tests of proxy/store/sealed: what is sealed, opened, and cannot be opened."""
