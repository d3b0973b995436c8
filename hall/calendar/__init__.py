"""Working days: holidays, make-up days, confirmed years."""
