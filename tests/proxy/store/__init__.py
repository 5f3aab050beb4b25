"""Tests of proxy."""
