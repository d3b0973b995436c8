"""A hall of several processes on one machine: PostgreSQL, Redis, nginx and the application, together."""
