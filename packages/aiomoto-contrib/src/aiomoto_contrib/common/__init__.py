"""Code that several services of this package share."""
