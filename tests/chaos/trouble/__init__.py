"""Tests of chaos/trouble/."""
