"""Pictures read from files: X-rays as grey values, and nothing else of what their files hold."""
