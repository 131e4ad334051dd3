from django.urls import path

from .visitor import views
from .visitor.own_request import my_request

app_name = "contact"
urlpatterns = [
    path("", views.callback, name="callback"),
    path("thanks/", views.callback_thanks, name="callback_thanks"),
    path("my-request/", my_request.my_request, name="my_request"),
]
