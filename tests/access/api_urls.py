"""Operations behind the API door, for tests of the door: they write a visible row and answer."""

from django.http import HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from access import doors
from access.models import User
from access.states import Perm
from hpf.errors import NotJustNow, Refusal


class NotToday(Refusal):
    message = "今天不办理"
    code = "not_today"


class Line(serializers.Serializer):
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)


class Order(serializers.Serializer):
    username = serializers.CharField(max_length=8)
    lines = Line(many=True, required=False)


@doors.api(Perm.REPORT_RECEIPTS)
@api_view(["GET", "POST"])
def orders(request):
    """Makes a user of the name given, as an effect that can be counted."""
    if request.method == "GET":
        return Response({"client": request.client.name, "day": str(request.business_day)})
    order = Order(data=request.data)
    order.is_valid(raise_exception=True)
    user = User.objects.create(username=order.validated_data["username"], name="x", post="BANK")
    if user.username == "refuse":
        raise NotToday
    if user.username == "later" and not User.objects.filter(username="moment over").exists():
        raise NotJustNow
    if user.username == "break":
        raise ZeroDivisionError
    return Response({"made": user.pk}, status=201)


@doors.api(Perm.CLOSE_DAY)
@api_view(["GET"])
def not_for_banks(request):
    return HttpResponse("never")


urlpatterns = [
    path("api/orders/", orders),
    path("api/not-for-banks/", not_for_banks),
]

handler400 = "access.views.bad_request"
handler500 = "access.views.broken"
