"""Addresses of exports inside an organization."""

from django.urls import path

from exports.views import answers, batches, templates

app_name = "exports"

urlpatterns = [
    path("exports/", batches.batch_list, name="batches"),
    path("exports/new/", batches.new_batch, name="new_batch"),
    path("exports/templates/", templates.template_list, name="templates"),
    path("exports/templates/new/", templates.new_template, name="new_template"),
    path("exports/templates/<int:pk>/", templates.template_page, name="template"),
    path("exports/templates/<int:pk>/edit/", templates.edit_template, name="edit_template"),
    path("exports/templates/<int:pk>/duplicate/", templates.duplicate, name="duplicate_template"),
    path("exports/templates/<int:pk>/switch/", templates.switch, name="switch_template"),
    path("exports/<str:number>/", batches.batch_page, name="batch"),
    path("exports/<str:number>/file/", batches.batch_file, name="file"),
    path("exports/<str:number>/spreadsheet/", batches.batch_spreadsheet, name="spreadsheet"),
    path("exports/<str:number>/evidence/", batches.batch_evidence, name="evidence"),
    path("exports/<str:number>/answers/", answers.answer_lines, name="answer_lines"),
    path("exports/<str:number>/answers/file/", answers.answer_file, name="answer_file"),
    path("exports/<str:number>/withdraw/", batches.withdraw, name="withdraw"),
    path("exports/<str:number>/put-back/", batches.put_back, name="put_back"),
]
