"""EventBridge: rules give events to Lambda functions, state machines, topics and streams."""
