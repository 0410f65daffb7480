from django.urls import path

from ui import views

app_name = "ui"

urlpatterns = [
    path("styleguide", views.styleguide, name="styleguide"),
    path("styleguide/progress/<int:done>", views.styleguide_progress, name="styleguide_progress"),
]
