"""Keeping a reception: the manager sets it up, makes its terms, gives it days, publishes, and decides what is asked."""
