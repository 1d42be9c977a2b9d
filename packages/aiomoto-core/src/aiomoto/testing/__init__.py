"""The kit for authors of plugins: what a service package runs on itself.

Load its fixtures in the ``conftest.py`` beside your project's ``pyproject.toml``::

    pytest_plugins = ["aiomoto.testing.fixtures"]

Needs the extra ``aiomoto-core[testing]``. ``import aiomoto`` doesn't import it.

=================  ===========================================================
``fixtures``       the fixtures; each says what it gives
``network``        no test leaves this machine, and who tried is remembered
``clients``        clients of both HTTP backends that cost little to make
``twin``           moto's own server behind TLS on loopback
``worlds``         one test body, in process and over the wire to the twin
``outcome``        what a body did, and how two worlds differ
``state``          all that a mock may touch, compared before and after
``blocking``       the event loop never stands still
``programs``       a program in an interpreter of its own
=================  ===========================================================
"""
