"""moto's Lambda: its functions, and its event source mappings."""
