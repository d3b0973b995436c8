"""Tickets: order, calling, passing, and everything a queue does."""
