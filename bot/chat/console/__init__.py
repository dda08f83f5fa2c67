"""The terminal as a chat: cards are printed above a prompt, typed lines are commands."""
