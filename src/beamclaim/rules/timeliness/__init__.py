"""TIM: timeliness."""
