"""Orders as Shopify sends them. Imports fields and ports."""
