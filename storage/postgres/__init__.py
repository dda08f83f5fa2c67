"""The store on PostgreSQL. Its libraries come with the extra `postgres`, so nothing here is imported without need."""
