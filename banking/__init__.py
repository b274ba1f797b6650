"""Banking 受托银行、专户、到账: where the money is - entrusted banks, their accounts, what arrived.

It knows no employer and no remittance: a receipt is booked to suspense, and the business rooms ask what has come.
"""
