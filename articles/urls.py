from django.urls import path, register_converter

from . import views
from .converters import KeyConverter

register_converter(KeyConverter, "key")

app_name = "articles"
urlpatterns = [
    path("", views.article_list, name="article_list"),
    path("older/<key:after>/", views.article_list, name="older_articles"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic_detail"),
    path("topics/<slug:slug>/older/<key:after>/", views.topic_detail, name="older_of_topic"),
    path("<slug:slug>/", views.article_detail, name="article_detail"),
]
