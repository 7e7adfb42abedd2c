"""What customers are worth over the next year: how often they will buy (BG/NBD) times what they spend (Gamma-Gamma).

`fitting` climbs to the highest likelihood and says whether the data tell the parameters; `bgnbd`, `gamma_gamma` and
`quadrature` are the models; `forecasts` applies them to customers; `history` reads what they need; `holdout` tries the
forecast against what was bought since; `valuation` puts it together with a status, `memory` keeps the last one.
"""
