from django.urls import path

from approvals.views import deputies, inbox, papers

app_name = "approvals"

urlpatterns = [
    path("counter/approvals/", inbox.inbox, name="inbox"),
    path("counter/approvals/export/", inbox.inbox_export, name="inbox_export"),
    path("counter/approvals/sent/", inbox.sent, name="sent"),
    path("counter/approvals/sent/export/", inbox.sent_export, name="sent_export"),
    path("counter/approvals/deputies/", deputies.deputies, name="deputies"),
    path("counter/approvals/deputies/appoint/", deputies.deputy_appoint, name="deputy_appoint"),
    path("counter/approvals/deputies/<int:pk>/end/", deputies.deputy_end, name="deputy_end"),
    path("counter/approvals/cases/<int:pk>/papers/", papers.case_papers, name="case_papers"),
    path("counter/approvals/papers/<int:pk>/remove/", papers.paper_remove, name="paper_remove"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
]
