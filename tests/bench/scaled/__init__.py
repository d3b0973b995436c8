"""What a hall on several processes bears, and how far one process goes: `make bench-scaled`."""
