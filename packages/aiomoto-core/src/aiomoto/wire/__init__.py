"""One module for each HTTP client; each turns its requests into ours and back."""
