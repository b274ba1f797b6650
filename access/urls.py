from django.urls import path

from access import views

app_name = "access"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("session/", views.session, name="session"),
    path("my/keys/", views.my_keys, name="my_keys"),
    path("my/keys/reset/", views.my_keys_reset, name="my_keys_reset"),
    path("printing/", views.printing_help, name="printing_help"),
    path("night/", views.night_banner, name="night_banner"),
    path("password/", views.password_change, name="password_change"),
    path("counter/users/", views.users, name="users"),
    path("counter/users/<int:pk>/reset/", views.user_reset, name="user_reset"),
    path("counter/users/<int:pk>/given/", views.user_reset_done, name="user_reset_done"),
    path("sign-out/", views.sign_out, name="sign_out"),
]
