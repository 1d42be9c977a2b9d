"""For the tests of several packages: what watches their event loops, how streams are read."""
