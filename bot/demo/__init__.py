"""`tocsin demo`: sample outlets on this machine, whose news runs through the real pipeline."""
