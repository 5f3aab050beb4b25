"""Tests of docs/contributing/: each recipe is followed."""
