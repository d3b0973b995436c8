"""The outcome at the window: decided at once where item and person are authorised, else on to the department (I3)."""
