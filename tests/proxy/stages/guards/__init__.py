"""See tidegate.proxy.stages.guards."""
