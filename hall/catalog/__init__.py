"""Departments, service items, materials, bundles, lines and windows."""
