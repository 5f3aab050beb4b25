"""Storage: objects by kind and key, pages of them, and uploaded files. Imports document and below."""
