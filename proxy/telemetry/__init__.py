"""What is reported of each call: log lines, metrics, spans, recent calls. Imports call; decides nothing."""
