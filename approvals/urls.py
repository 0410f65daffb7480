"""Addresses of documents and signatures inside an organization."""

from django.urls import path

from approvals.views import deciding, document, editing, lots, notices, queue, shortages, tiers, variances

app_name = "approvals"

urlpatterns = [
    path("review/", queue.queue, name="queue"),
    path("review/approve/", queue.approve_many, name="approve_many"),
    path("backflushes/", queue.document_list, name="documents"),
    path("variances/", variances.variance_list, name="variances"),
    path("backflushes/draft/", queue.draft_waiting, name="draft_waiting"),
    path("review/<str:number>/", document.document, name="document"),
    path("review/<str:number>/submit/", deciding.submit, name="submit"),
    path("review/<str:number>/approve/", deciding.approve, name="approve"),
    path("review/<str:number>/return/", deciding.send_back, name="return"),
    path("review/<str:number>/discard/", deciding.discard, name="discard"),
    path("review/<str:number>/reverse/", deciding.reverse_posting, name="reverse"),
    path("review/<str:number>/recompute/", deciding.compute_again, name="recompute"),
    path("review/<str:number>/lines/add/", editing.add_line, name="add_line"),
    path("review/<str:number>/lines/<int:line_id>/", editing.edit_line, name="edit_line"),
    path("review/<str:number>/lines/<int:line_id>/reset/", editing.reset_line, name="reset_line"),
    path("review/<str:number>/lines/<int:line_id>/lots/", editing.choose_lots, name="choose_lots"),
    path("review/<str:number>/lines/<int:line_id>/what-if/", document.what_if, name="what_if"),
    path("stock/lots/<int:pk>/", lots.lot_page, name="lot"),
    path("stock/shortages/<int:pk>/resolve/", shortages.resolve, name="resolve_shortage"),
    path("stock/shortages/<int:pk>/sign/", shortages.sign, name="sign_shortage"),
    path("stock/shortages/<int:pk>/send-back/", shortages.send_back, name="send_shortage_back"),
    path("settings/notices/", notices.notices, name="notices"),
    path("settings/signatures/", tiers.tiers, name="tiers"),
    path("settings/signatures/new/", tiers.tier, name="new_tier"),
    path("settings/signatures/<int:pk>/", tiers.tier, name="tier"),
    path("settings/signatures/<int:pk>/remove/", tiers.remove, name="remove_tier"),
]
