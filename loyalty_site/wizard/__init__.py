"""Making a program step by step: trade, one objective, earning, rewards, check."""
