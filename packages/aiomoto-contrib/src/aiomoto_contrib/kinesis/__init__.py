"""Kinesis: SubscribeToShard (enhanced fan-out), on moto's streams."""
