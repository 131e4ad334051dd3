from django.urls import path

from .card import views as card
from .card.actions import (
    claim_views,
    correction_views,
    outcome_views,
    shopper_views,
    undo_views,
)
from .handover import views as handover
from .new_request import views as new_request
from .places import views as places
from .privacy_officer import (
    disclosure_views,
    erasure_views,
    person_export,
    person_views,
    reading_views,
)
from .privacy_officer import views as privacy_officer
from .queue import views as queue
from .queue.bulk import bulk_actions, bulk_undo
from .queue.selection import saved_filters
from .reports import export
from .reports import views as reports
from .review import views as review
from .team import views as team

app_name = "intake"
urlpatterns = [
    path("", queue.request_list, name="list"),
    path("search/", queue.search_requests, name="search"),
    path("new/", new_request.new_request, name="new_request"),
    path("next/", queue.take_next_request, name="next"),
    path("here/", queue.keep_alive, name="keep_alive"),
    path("pulse/", queue.poll, name="poll"),
    path("pulse/list/", queue.refreshed_list, name="refreshed_list"),
    path("pulse/notices/", team.notices, name="notices"),
    path("places/", places.places, name="places"),
    path("team/", team.team, name="team"),
    path("team/switch/", team.switch_presence, name="switch"),
    path("team/<int:pk>/languages/", team.languages, name="languages"),
    path("bulk/", bulk_actions.bulk, name="bulk"),
    path("bulk/<uuid:group>/undo/", bulk_undo.bulk_undo, name="bulk_undo"),
    path("lists/", saved_filters.save_list, name="save_list"),
    path("lists/<int:pk>/remove/", saved_filters.remove_list, name="remove_list"),
    path("handover/", handover.handover, name="handover"),
    path("handover/<uuid:pk>/", handover.handover_detail, name="handover_detail"),
    path(
        "handover/<uuid:pk>/acknowledge/",
        handover.handover_acknowledge,
        name="handover_acknowledge",
    ),
    path("requests/<uuid:pk>/", card.request_card, name="request"),
    path("requests/<uuid:pk>/claim/", claim_views.claim_request, name="claim"),
    path("requests/<uuid:pk>/talk/", claim_views.talk, name="talk"),
    path("requests/<uuid:pk>/reveal/", claim_views.reveal_number, name="reveal"),
    path("requests/<uuid:pk>/wrong-word/", claim_views.wrong_word, name="wrong_word"),
    path("requests/<uuid:pk>/renew/", claim_views.renew_claim, name="renew"),
    path("requests/<uuid:pk>/still/", claim_views.still_on_it, name="still_on_it"),
    path("requests/<uuid:pk>/release/", claim_views.release_claim, name="release"),
    path("requests/<uuid:pk>/hand-over/", claim_views.hand_over_request, name="hand_over"),
    path("requests/<uuid:pk>/assign/", claim_views.assign_request, name="assign"),
    path("requests/<uuid:pk>/attempt/", outcome_views.attempt, name="attempt"),
    path("requests/<uuid:pk>/close/", outcome_views.close_request, name="close"),
    path("requests/<uuid:pk>/plan/", outcome_views.plan, name="plan"),
    path("requests/<uuid:pk>/reopen/", outcome_views.reopen_request, name="reopen"),
    path("requests/<uuid:pk>/correct/", correction_views.correct_request, name="correct"),
    path("requests/<uuid:pk>/undo/", undo_views.undo_step, name="undo"),
    path("requests/<uuid:pk>/secret-shopper/", shopper_views.secret_shopper, name="secret_shopper"),
    path("requests/<uuid:pk>/note/", outcome_views.keep_note, name="note"),
    path("requests/<uuid:pk>/link/", outcome_views.link_requests, name="link"),
    path("requests/<uuid:pk>/privacy/", person_views.person, name="person"),
    path("requests/<uuid:pk>/privacy/access/", person_views.access, name="person_access"),
    path("requests/<uuid:pk>/privacy/hold/", person_views.hold, name="person_hold"),
    path("requests/<uuid:pk>/privacy/erase/", erasure_views.erase_person, name="person_erase"),
    path(
        "requests/<uuid:pk>/privacy/erase/confirm/",
        erasure_views.confirm_erasure,
        name="confirm_erasure",
    ),
    path("erasures/", erasure_views.erasures, name="erasures"),
    path("requests/<uuid:pk>/privacy/export/", person_export.export_person, name="person_export"),
    path("requests/<uuid:pk>/disclosures/", disclosure_views.disclosures, name="disclosures"),
    path("requests/<uuid:pk>/keep/", review.keep, name="keep"),
    path("review/", review.review, name="review"),
    path("privacy/", privacy_officer.privacy_home, name="privacy_home"),
    path("privacy/reading/<int:pk>/", reading_views.reading, name="reading"),
    path("reports/", reports.reports, name="reports"),
    path("reports/to-share/", reports.reports_to_share, name="reports_to_share"),
    path("reports/shared-screen/", reports.shared_screen, name="shared_screen"),
    path("reports/statistics/", reports.statistics_csv, name="statistics"),
    path("reports/export/", export.export_requests, name="export"),
]
