"""Helpers (息心帮办): who they are, when they are there, what is booked with them, and what they did."""
