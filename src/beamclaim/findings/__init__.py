"""Rules, policy and tables make findings that explain themselves."""
