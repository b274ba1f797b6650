from django.urls import path

from policy import views

app_name = "policy"

urlpatterns = [
    path("counter/policy/terms/", views.terms, name="terms"),
    path("counter/policy/terms/export/", views.terms_export, name="terms_export"),
    path("counter/policy/terms/<str:name>/", views.term_history, name="term_history"),
]
