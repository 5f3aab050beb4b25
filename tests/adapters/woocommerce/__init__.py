"""Tests of adapters/woocommerce/."""
