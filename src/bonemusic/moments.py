"""What a programme asks of a groove at each moment."""
