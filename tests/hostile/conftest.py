"""`--hypothesis-profile=long` tries a hundred times as many inputs as every run does."""

from hypothesis import HealthCheck, settings

settings.register_profile("long", max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
