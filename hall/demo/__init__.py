"""The demo hall: Xi County's, with twelve lines, twenty windows and a clerk at each, open round the clock."""
