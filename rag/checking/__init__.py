"""Whether quotes bear a sentence out: by rule, by a fitted probability, by a judge model."""
