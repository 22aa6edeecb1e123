"""Adjustments: what is done to proposed charges before they are told: parts, stays, pairs, repeats, places, limits."""
