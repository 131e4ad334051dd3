from django.urls import path

from . import views

app_name = "articles"
urlpatterns = [
    path("", views.article_list, name="article_list"),
    path("topics/<slug:slug>/", views.topic_detail, name="topic_detail"),
    path("<slug:slug>/", views.article_detail, name="article_detail"),
]
