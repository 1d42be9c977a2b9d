"""Batch: jobs whose threads end with the mock, and delays by the mock's clock."""
