"""Run moto's own test suite through async AWS clients and compare test by test.

The side that starts things (`cli`, `runner`, `archive`, `results`, `compare`, `report`) runs in
the tool's process. `nursery` is a process that forks one for each module; there runs the side
inside pytest: `recorder`, and `bridge` with what it is made of (`loops`, `twins`, `events`,
`bodies`, `pages`, `plain`, `transfers`, `tally`), loaded with `-p conformance.recorder` and
`-p conformance.bridge`. Of the results, `ledger` makes the committed report, and `porting` with
`notes` and `chart` makes PORTING.md.
"""
