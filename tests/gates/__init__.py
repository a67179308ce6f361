"""What jumpqr may cost, in figures that are the same on a busy machine: system calls, instructions, bytes."""
