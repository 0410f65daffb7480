from django.conf import settings
from django.db import migrations

ROLE = settings.APP_ROLE


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls")]

    operations = [
        # After bulk writes the role that serves brings the planner's statistics up to date (accounts/tenancy/plans.py).
        # The right reads and writes no row. Servers before 17 do not have it; there autovacuum does it a minute later.
        migrations.RunSQL(
            f"""
            DO $$ BEGIN
                IF current_setting('server_version_num')::int >= 170000 THEN
                    EXECUTE 'GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {ROLE}';
                    EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT MAINTAIN ON TABLES TO {ROLE}';
                END IF;
            END $$
            """,
            f"""
            DO $$ BEGIN
                IF current_setting('server_version_num')::int >= 170000 THEN
                    EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE MAINTAIN ON TABLES FROM {ROLE}';
                    EXECUTE 'REVOKE MAINTAIN ON ALL TABLES IN SCHEMA public FROM {ROLE}';
                END IF;
            END $$
            """,
        ),
    ]
