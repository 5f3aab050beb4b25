"""Tests of proxy/stages/observers/."""
