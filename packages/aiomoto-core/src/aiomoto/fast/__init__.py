"""Fast paths: what never changes is worked out once. Each can be switched off."""
