"""The schema of PostgreSQL, one migration a file: see `storage.postgres.migrations`."""
