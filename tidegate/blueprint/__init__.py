"""The written blueprint of a vendor, made from the plans that the proxy runs on. Imports monitoring and below."""
