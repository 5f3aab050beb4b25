"""WooCommerce, a shop: its facts and policy (vendor.yaml), its document, and the adapter behind the port."""
