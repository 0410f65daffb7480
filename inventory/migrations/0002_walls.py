from django.db import migrations

from accounts.tenancy.operations import AppendOnly, Protect


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        Protect(
            "Location",
            "Item",
            "UnitConversion",
            "ItemCost",
            "Lot",
            "ReasonCode",
            "StockEntry",
            "StockBalance",
            "StockException",
            "Period",
            "AccountMapping",
            "JournalEntry",
            "JournalLine",
            "EntryOutcome",
        ),
        AppendOnly("StockEntry", "JournalEntry", "JournalLine"),
        # An entry's lines are written in one statement, and that statement balances.
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_unbalanced_journal() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE off_entry bigint;
            BEGIN
                SELECT entry_id INTO off_entry FROM written GROUP BY entry_id HAVING sum(amount_minor) <> 0 LIMIT 1;
                IF off_entry IS NOT NULL THEN
                    RAISE EXCEPTION 'the lines of journal entry % do not sum to zero', off_entry
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balances';
                END IF;
                RETURN NULL;
            END $$;
            CREATE TRIGGER journal_entry_balances AFTER INSERT ON inventory_journalline
                REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced_journal();
            """,
            "DROP TRIGGER journal_entry_balances ON inventory_journalline; DROP FUNCTION refuse_unbalanced_journal();",
        ),
    ]
