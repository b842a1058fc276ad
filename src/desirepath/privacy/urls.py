"""Addresses of one's own data, and of what looks after everybody's."""

from django.urls import path

from desirepath.privacy.views import corrections, own, schedule

app_name = "privacy"
urlpatterns = [
    path("your-account/data", own.data, name="own-data"),
    path("your-account/data/file.zip", own.data_file, name="own-data-file"),
    path("corrections", corrections.waiting, name="corrections"),
    path("corrections/<uuid:correction>", corrections.answer, name="answer-correction"),
    path("retention", schedule.retention, name="retention"),
]
