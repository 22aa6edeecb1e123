"""Rules that claims, history and courses alone cannot make fire, each with its reason."""

UNSEEN = {
    "PAY101": "it reads a remittance (835)",
    "PAY102": "it reads a remittance (835)",
    "PAY104": "it reads a case of repayment that a person has confirmed",
    "WVR101": "it reads a file of waivers",
}
