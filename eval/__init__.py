"""The evaluation harness: how good the judge and the checker are, with confidence intervals."""
