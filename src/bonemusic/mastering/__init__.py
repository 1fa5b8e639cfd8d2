"""Sound -> sound that a groove can hold: filters, limiters, measures. Limiters take arrays of what is allowed."""
