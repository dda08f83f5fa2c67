"""At least 500 hostile inputs, made by code. `python -m tests.hostile.corpus` tries them all and prints the figures."""
