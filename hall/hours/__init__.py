"""Opening hours: when a line issues tickets (Q10)."""
