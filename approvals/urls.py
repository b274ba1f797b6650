from django.urls import path

from approvals import views

app_name = "approvals"

urlpatterns = [
    path("counter/approvals/", views.inbox, name="inbox"),
    path("counter/approvals/export/", views.inbox_export, name="inbox_export"),
    path("counter/approvals/sent/", views.sent, name="sent"),
    path("counter/approvals/sent/export/", views.sent_export, name="sent_export"),
]
