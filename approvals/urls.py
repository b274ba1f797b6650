from django.urls import path

from approvals import views

app_name = "approvals"

urlpatterns = [
    path("counter/approvals/", views.inbox, name="inbox"),
    path("counter/approvals/sent/", views.sent, name="sent"),
]
