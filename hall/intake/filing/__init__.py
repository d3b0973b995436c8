"""At the window: a form is filled, papers are checked, the receipt makes cases of it."""
