"""CloudWatch Logs: StartLiveTail goes on after moto's answer, as AWS's does."""
