"""Tests of proxy/stages/limits."""
