from django.urls import path

from . import bulk, card, export, handover, holding, outcomes, reports, saving, views

app_name = "intake"
urlpatterns = [
    path("", views.request_list, name="list"),
    path("search/", views.search, name="search"),
    path("next/", views.take_next, name="next"),
    path("here/", views.here, name="here"),
    path("pulse/", views.pulse, name="pulse"),
    path("pulse/list/", views.refreshed_list, name="refreshed_list"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("lists/", saving.save_list, name="save_list"),
    path("lists/<int:pk>/remove/", saving.remove_list, name="remove_list"),
    path("handover/", handover.handover, name="handover"),
    path("handover/<uuid:pk>/", handover.handover_detail, name="handover_detail"),
    path(
        "handover/<uuid:pk>/acknowledge/",
        handover.handover_acknowledge,
        name="handover_acknowledge",
    ),
    path("requests/<uuid:pk>/", card.request_card, name="request"),
    path("requests/<uuid:pk>/claim/", holding.claim, name="claim"),
    path("requests/<uuid:pk>/reveal/", holding.reveal, name="reveal"),
    path("requests/<uuid:pk>/renew/", holding.renew, name="renew"),
    path("requests/<uuid:pk>/release/", holding.release, name="release"),
    path("requests/<uuid:pk>/hand-over/", holding.hand_over, name="hand_over"),
    path("requests/<uuid:pk>/assign/", holding.assign, name="assign"),
    path("requests/<uuid:pk>/attempt/", outcomes.attempt, name="attempt"),
    path("requests/<uuid:pk>/close/", outcomes.close, name="close"),
    path("requests/<uuid:pk>/plan/", outcomes.plan, name="plan"),
    path("requests/<uuid:pk>/reopen/", outcomes.reopen, name="reopen"),
    path("requests/<uuid:pk>/note/", outcomes.note, name="note"),
    path("requests/<uuid:pk>/link/", outcomes.link, name="link"),
    path("reports/", reports.reports, name="reports"),
    path("reports/statistics/", reports.statistics, name="statistics"),
    path("reports/export/", export.export, name="export"),
]
