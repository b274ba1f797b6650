from django.urls import path

from access import views

app_name = "access"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("session/", views.session, name="session"),
    path("my/keys/", views.my_keys, name="my_keys"),
    path("my/keys/reset/", views.my_keys_reset, name="my_keys_reset"),
    path("night/", views.night_banner, name="night_banner"),
    path("sign-out/", views.sign_out, name="sign_out"),
]
