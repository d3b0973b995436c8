"""Help now (H5): one press, and free helpers of the hall hear it until one accepts."""
