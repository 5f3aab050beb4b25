"""See tidegate.proxy.discovery."""
