"""The recogniser: which codes a text means, with a verdict and with reasons that can be read."""
