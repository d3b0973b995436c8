"""Registered agents (企业经办人、代办人): whoever draws for many has limits of their own (Q8)."""
