from django.urls import path

from . import views

app_name = "faq"
urlpatterns = [
    path("", views.question_list, name="question_list"),
    path("<slug:slug>/", views.question_detail, name="question_detail"),
]
