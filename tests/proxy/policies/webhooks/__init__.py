"""Tests of proxy/policies/webhooks."""
