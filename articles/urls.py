from django.urls import path

from . import views
from .addresses import converters  # noqa: F401

app_name = "articles"
urlpatterns = [
    path("", views.article_list, name="article_list"),
    path("older/<positive_int:after>/", views.article_list, name="older_articles"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic_detail"),
    path(
        "topics/<slug:slug>/older/<positive_int:after>/",
        views.topic_detail,
        name="older_articles_of_topic",
    ),
    path("<slug:slug>/", views.article_detail, name="article_detail"),
]
