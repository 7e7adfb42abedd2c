"""What customers say when they are asked: surveys, invitations, answers, and what follows from them."""
