"""Backup and restore: database, files and keys of a hall in one archive."""
