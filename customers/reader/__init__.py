"""Reads a shopkeeper's CSV file: what it is, which column is what, what each cell says, which rows belong together.

It knows no models: text in, plain values out, staged in a scratch file of its own. What is done with the rows is
decided above. `staging.stage()` is the way in. Upwards: source, vocabulary and the parsers of cells (amounts, dates,
texts), columns, plan, receipts, staging.
"""
