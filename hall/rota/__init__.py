"""Receptions that recur: directors on Mondays (局长周一见), bank managers, county leaders, a township's own (M1–M8)."""
