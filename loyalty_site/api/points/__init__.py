"""What moves points by hand: transfers, pools and adjustments."""
