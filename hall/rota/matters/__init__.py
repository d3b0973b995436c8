"""Hard matters that heads take up (M6): booked by citizens, or brought to the window; what was promised, and kept."""
