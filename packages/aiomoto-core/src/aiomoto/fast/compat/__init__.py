"""The fast paths that touch private names of other libraries."""
