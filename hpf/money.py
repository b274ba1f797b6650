"""Money 金额: Decimal yuan. One function rounds, one splits; nothing here knows a rate or a rule."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext

FEN = Decimal("0.01")
YUAN = Decimal("1")
ZERO = Decimal("0.00")

# Decimal's usual 28 digits would round a long quotient once before we do.
EXACT_DIGITS = 60


def rounded(amount: Decimal, unit: Decimal = FEN) -> Decimal:
    """Round half up 四舍五入 to a multiple of `unit` (yuan), and show it with two places.

    The only rounding in the project. `unit` is 0.01, 0.1 or 1 as the parameter deposit.round_unit says, or a
    whole number of yuan. Negative amounts mirror positive ones, so that a reversal cancels to the fen.
    """
    with localcontext(prec=EXACT_DIGITS):
        steps = (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return (steps * unit).quantize(FEN)


def share_out(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount (yuan) in proportion to the weights without losing a fen 按比例分摊.

    Every share is cut to the fen; the fen left over go one each to the largest remainders, earlier ones first.
    The amount is whole fen.

    Raises:
        ValueError: a weight is negative, none is positive, or the amount has a part of a fen.
    """
    total = sum(weights, Decimal(0))
    if total <= 0 or min(weights) < 0:
        raise ValueError("share_out needs weights that are not negative, one of them positive")
    if amount != rounded(amount):
        raise ValueError("share_out splits whole fen")
    with localcontext(prec=EXACT_DIGITS):
        exact = [amount * weight / total for weight in weights]
    shares = [share.quantize(FEN, rounding=ROUND_DOWN) for share in exact]
    left = int((amount - sum(shares, ZERO)) / FEN)
    step = FEN if left >= 0 else -FEN
    by_remainder = sorted(range(len(shares)), key=lambda i: -abs(exact[i] - shares[i]))
    for i in by_remainder[: abs(left)]:
        shares[i] += step
    return shares
