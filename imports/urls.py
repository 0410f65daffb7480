"""Addresses of files that come in."""

from django.urls import path

from imports.views import columns, mappings, receive, result

app_name = "imports"

urlpatterns = [
    path("imports/", receive.import_list, name="list"),
    path("imports/new/", receive.new_import, name="new"),
    path("imports/samples/<str:name>", receive.sample_file, name="sample"),
    path("imports/mappings/", mappings.mapping_list, name="mappings"),
    path("imports/mappings/new/", mappings.new_mapping, name="new_mapping"),
    path("imports/mappings/<int:pk>/", mappings.edit_mapping, name="edit_mapping"),
    path("imports/mappings/<int:pk>/delete/", mappings.delete, name="delete_mapping"),
    path("imports/mappings/<int:pk>/mapping.json", mappings.kept_file, name="kept_mapping"),
    path("imports/<int:number>/", result.import_page, name="import"),
    path("imports/<int:number>/columns/", columns.columns, name="columns"),
    path("imports/<int:number>/mapping.json", columns.mapping_file, name="mapping"),
    path("imports/<int:number>/rows/", result.rows, name="rows"),
    path("imports/<int:number>/check/", result.check, name="check"),
    path("imports/<int:number>/load/", result.load, name="load"),
    path("imports/<int:number>/drop/", result.drop, name="drop"),
    path("imports/<int:number>/take-back/", result.take_back, name="take_back"),
    path("imports/<int:number>/file", result.original_file, name="file"),
    path("imports/<int:number>/refused.csv", result.refused_rows, name="refused"),
]
