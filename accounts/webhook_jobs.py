"""Workers' tasks for webhooks. They hold ids only and may run any number of times: what is due says the database."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from accounts.models import Organization
from accounts.webhooks.delivering import deliver, spread
from accounts.webhooks.forgetting import forget_old_deliveries
from accounts.webhooks.queue import DELIVER, SPREAD, wake_endpoint

SECONDS = 20.0  # then others have their turn


@app.task(name=SPREAD)
def spread_webhooks(*, organization_id: int) -> None:
    organization = Organization.objects.get(pk=organization_id)
    for endpoint_id in spread(organization):
        wake_endpoint(organization_id, endpoint_id)


@app.task(name=DELIVER, pass_context=True)
def deliver_webhooks(context: JobContext, *, organization_id: int, endpoint_id: int) -> None:
    organization = Organization.objects.get(pk=organization_id)
    if deliver(organization, endpoint_id, seconds=SECONDS, is_stopping=context.should_abort):
        wake_endpoint(organization_id, endpoint_id)


@app.periodic(cron="* * * * *")
@app.task(name="sweep_webhooks", queueing_lock="sweep_webhooks")
def sweep_webhooks(timestamp: int) -> None:
    """Whatever nobody was woken for: tries that have come due, and what a dead worker left."""
    for organization in Organization.objects.order_by("pk"):
        spread_webhooks(organization_id=organization.pk)


@app.periodic(cron="23 3 * * *")
@app.task(name="forget_deliveries", queueing_lock="forget_deliveries")
def forget_deliveries(timestamp: int) -> None:
    """Keep the log from growing for ever."""
    for organization in Organization.objects.order_by("pk"):
        forget_old_deliveries(organization)
