"""What this package touches of other libraries' internals, one module a service.

Each looks its names up when a mock is active and moto's module is imported, whichever
comes last, so that a moto that changed is refused by name before anything is patched.
"""
