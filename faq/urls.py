from django.urls import path

from articles.addresses import converters  # noqa: F401

from . import views

app_name = "faq"
urlpatterns = [
    path("", views.question_list, name="question_list"),
    path("topics/<slug:slug>/", views.topic_questions, name="topic_questions"),
    path(
        "topics/<slug:slug>/after/<positive_int:after>/",
        views.topic_questions,
        name="more_topic_questions",
    ),
    path("<slug:slug>/", views.question_detail, name="question_detail"),
]
