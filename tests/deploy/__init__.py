"""What stands in deploy/, held to what reads it: Docker, Prometheus, Alertmanager, Grafana, Kubernetes, systemd."""
