from django.urls import path

from policy import views

app_name = "policy"

urlpatterns = [
    path("counter/policy/terms/", views.terms, name="terms"),
    path("counter/policy/terms/export/", views.terms_export, name="terms_export"),
    path("counter/policy/terms/<str:name>/", views.term_history, name="term_history"),
    path("counter/policy/terms/<str:name>/propose/", views.change_propose, name="change_propose"),
    path("counter/policy/changes/decide/", views.change_decide_batch, name="change_decide_batch"),
    path("counter/policy/changes/<int:pk>/", views.change, name="change"),
    path("counter/policy/changes/<int:pk>/decide/", views.change_decide, name="change_decide"),
]
