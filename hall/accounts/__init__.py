"""Staff, devices, roles and sessions."""
