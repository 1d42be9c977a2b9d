"""What aiomoto costs beside the others that do the same: `hatch run bench --help`."""
