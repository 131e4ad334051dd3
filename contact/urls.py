from django.urls import path

from . import views

app_name = "contact"
urlpatterns = [
    path("", views.callback, name="callback"),
    path("thanks/", views.callback_thanks, name="callback_thanks"),
]
