"""The numbers somebody who signed in is known by 本人号码: what a password of theirs must not hold."""

from access.models import User
from accounts.models import Handler, Member


def numbers_of(user: User) -> list[str]:
    """Certificate and mobile number of a member, mobile numbers of a handler 本人证件号码和手机号; none of staff."""
    members = Member.objects.filter(user=user).order_by("pk")
    mandates = Handler.objects.filter(user=user).order_by("pk")
    found = [number for member in members for number in (member.id_number, member.mobile)]
    return [number for number in [*found, *(mandate.mobile for mandate in mandates)] if number]
