"""Of the kept market."""

TEXTS = {
    "live_market_diverged": "实时最优方案与重新求解不一致",
}
