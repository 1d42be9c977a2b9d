"""SNS: messages to HTTP endpoints and to Lambda functions go out when moto has answered."""
