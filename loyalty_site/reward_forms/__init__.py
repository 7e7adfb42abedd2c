"""What the pages of rewards and vouchers ask for; whether it may be so is decided below."""
