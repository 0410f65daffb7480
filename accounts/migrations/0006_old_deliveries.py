from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_webhooks")]

    operations = [
        # Attempts are still never rewritten, but go with their delivery when it is old.
        migrations.RunSQL(
            """
            DROP TRIGGER append_only ON accounts_webhookattempt;
            CREATE TRIGGER append_only BEFORE UPDATE ON accounts_webhookattempt
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
            """,
            """
            DROP TRIGGER append_only ON accounts_webhookattempt;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_webhookattempt
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
            """,
        ),
    ]
