"""Tests of adapters/twilio/."""
