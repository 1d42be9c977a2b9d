"""What this package touches of other libraries' internals, one module a service.

Each looks its names up when the first mock starts, so that a moto that changed is
refused by name before anything is patched.
"""
