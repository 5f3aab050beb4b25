"""Adyen, the payments vendor: its facts and policy (vendor.yaml), its document, and the adapter behind the port."""
