"""What watches a vendor in production, made from its vendor file: alerts and dashboards. Imports plan and all below."""
