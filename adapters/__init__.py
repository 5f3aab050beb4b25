"""Domain ports and the vendors behind them, spoken to in plain HTTP through a proxy."""
