"""Tests of adapters/gitlab/."""
