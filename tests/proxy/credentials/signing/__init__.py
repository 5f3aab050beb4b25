"""Tests of the schemes by which a request is signed."""
