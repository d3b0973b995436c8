"""Who helps, what they know, and when they are there: kept by the manager."""
