"""Signing on a tablet: the clerk asks at the window, whoever takes a result signs in front of it."""
