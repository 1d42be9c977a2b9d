"""Run moto's own test suite through async AWS clients and compare test by test.

The side that starts things (`cli`, `runner`, `archive`, `results`, `compare`, `report`) runs in
the tool's process. The side that runs inside pytest (`recorder`, `bridge` and what the
bridge is made of: `loops`, `twins`, `events`, `bodies`, `pages`, `tally`) is loaded there with
`-p conformance.recorder` and `-p conformance.bridge`.
"""
