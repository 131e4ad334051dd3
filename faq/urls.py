from django.urls import path

# It registers the converter `key`.
from articles import urls as _articles  # noqa: F401

from . import views

app_name = "faq"
urlpatterns = [
    path("", views.question_list, name="question_list"),
    path("topics/<slug:slug>/", views.topic_questions, name="topic_questions"),
    path("topics/<slug:slug>/after/<key:after>/", views.topic_questions, name="more_of_topic"),
    path("<slug:slug>/", views.question_detail, name="question_detail"),
]
