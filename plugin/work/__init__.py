"""Background tasks, the worker process, and its environment."""
