"""The one room of this package that touches internals of moto."""
