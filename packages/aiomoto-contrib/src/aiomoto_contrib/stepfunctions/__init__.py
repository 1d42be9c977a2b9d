"""Step Functions: state machines whose threads go by the mock's clock and end with the mock."""
