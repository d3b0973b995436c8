"""Kiosks that were cut off: ranges of numbers, handing in, and what windows called by hand (Q9, docs/cut-off.md)."""
