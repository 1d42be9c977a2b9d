"""aiomoto plugin for SES: the mails that were sent."""
