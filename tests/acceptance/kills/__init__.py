"""Kills real proxies at named points, and judges from the vendor's and the app's journals what was lost or doubled."""
