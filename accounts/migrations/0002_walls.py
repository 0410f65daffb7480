from django.conf import settings
from django.db import migrations

from accounts.tenancy.operations import Protect

ROLE = settings.APP_ROLE


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        # The role that serves owns nothing: it reads and writes rows, now and in tables made later by this owner.
        migrations.RunSQL(
            f"""
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
            """,
            migrations.RunSQL.noop,
        ),
        Protect("Membership", "Invitation", "ApiKey", "Counter", "Job"),
        # Before an organization is chosen a person sees their own memberships, and may change none of them.
        migrations.RunSQL(
            """
            CREATE POLICY own_memberships ON accounts_membership FOR SELECT
                USING (user_id = NULLIF(current_setting('app.user', true), '')::bigint);
            CREATE TABLE backflush_cache (
                cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
            );
            CREATE INDEX backflush_cache_expires ON backflush_cache (expires);
            """,
            "DROP TABLE backflush_cache; DROP POLICY own_memberships ON accounts_membership;",
        ),
    ]
