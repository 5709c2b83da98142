"""Elman (1990), Finding Structure in Time."""
