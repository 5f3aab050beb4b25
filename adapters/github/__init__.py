"""GitHub, whose issues are records: its facts and policy (vendor.yaml), its document, and the adapter of the port."""
