"""A hall of one's own begins: manager, site, lines and windows in one step, guarded by a code from the terminal."""
