from django.urls import path

from access import views

app_name = "access"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("session/", views.session, name="session"),
    path("sign-out/", views.sign_out, name="sign_out"),
]
