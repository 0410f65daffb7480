"""Who calls: the key's text says whose it is before any row can be read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.http import HttpRequest

from accounts.keys import find_key, key_holds
from accounts.models import ApiKey, Organization, User
from accounts.tenancy.binding import bind
from api.models import KeyWindow

SCHEME = "bearer"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls a key may make in a minute, how many are left of this one, and when the next begins."""

    limit: int
    used: int
    reset_seconds: int

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        found = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        if self.is_spent:
            found["Retry-After"] = str(self.reset_seconds)
        return found


@dataclass(frozen=True, slots=True)
class Caller:
    """The member that a key acts as. `holds` is False for a key that is revoked or expired, or whose member is gone."""

    organization: Organization
    user: User
    key: ApiKey
    allowance: Allowance
    holds: bool


class ApiRequest(HttpRequest):
    """What the API's middleware has put on the request. For annotations only: nobody makes one."""

    caller: Caller
    organization: Organization
    user: User
    has_effect: bool  # a view says False where its answer is a good one and nothing was done


def caller_of(request: HttpRequest) -> Caller | None:
    """Whose key this is, or None where nobody ever had it; one call of the key's minute is spent."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != SCHEME:
        return None
    with transaction.atomic():
        holder = find_key(text)
        if holder is None:
            return None
        with bind(holder.organization):
            allowance = _spend(holder.organization, holder.key)
            return Caller(*holder, allowance, key_holds(holder.key))


def _spend(organization: Organization, key: ApiKey) -> Allowance:
    """Count this call. The row is held for this short transaction only, so calls of one key do not wait for another.

    A crash of the server may lose the last counts, which is why the commit need not wait for the disk.
    """
    table = connection.ops.quote_name(KeyWindow._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(
            f"INSERT INTO {table} AS w (organization_id, key_id, started_at, used) "
            "VALUES (%s, %s, date_trunc('minute', clock_timestamp()), 1) "
            "ON CONFLICT (organization_id, key_id) DO UPDATE SET started_at = EXCLUDED.started_at, "
            "used = CASE WHEN w.started_at = EXCLUDED.started_at THEN w.used + 1 ELSE 1 END "
            "RETURNING used, ceil(extract(epoch FROM started_at + interval '1 minute' - clock_timestamp()))::int",
            [organization.pk, key.pk],
        )
        used, seconds = cursor.fetchone()
    return Allowance(key.allowed_per_minute, used, max(1, seconds))
