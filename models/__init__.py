"""Models: the encoder and judges behind two Protocols, and the training of our own judge."""
