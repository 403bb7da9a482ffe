"""What all trainings share: steps, samples, losses."""
