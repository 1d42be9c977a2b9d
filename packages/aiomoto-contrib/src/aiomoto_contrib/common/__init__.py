"""What several services of this package share."""
