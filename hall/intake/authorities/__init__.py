"""Written authorities: who accepts, and decides where one desk may, which items at the window (I1, I3)."""
