"""SWF: polls for tasks wait, and hold up nobody meanwhile."""
