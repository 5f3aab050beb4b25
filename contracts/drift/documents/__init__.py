"""Two OpenAPI documents compared, by reference and never as trees. Imports tidegate.drift and openapi."""
