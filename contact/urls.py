from django.urls import path

from .visitor import my_request, views

app_name = "contact"
urlpatterns = [
    path("", views.callback, name="callback"),
    path("thanks/", views.callback_thanks, name="callback_thanks"),
    path("my-request/", my_request.my_request, name="my_request"),
]
