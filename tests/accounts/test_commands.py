"""Organizations, members and keys from the command line: what a person needs is the last line, alone."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import Membership, Organization, User
from accounts.rights import rights_of
from accounts.roles import ROLE_RIGHTS, Role
from accounts.tenancy.binding import bind
from inventory.choices import AccountRole
from inventory.models import AccountMapping, ReasonCode
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def create_acme() -> list[str]:
    return run("create_organization", "acme", "--name=Acme Ltd", "--currency=jpy", "--admin=Ada@Example.com")


def test_create_organization_prints_password_that_signs_in() -> None:
    password = create_acme()[-1]
    ada = User.objects.get(email="ada@example.com")
    assert ada.check_password(password)
    assert EmailAddress.objects.get(user=ada).verified


def test_create_organization_takes_the_currency_decimals() -> None:
    create_acme()
    organization = Organization.objects.get(slug="acme")
    assert (organization.currency_code, organization.currency_decimals) == ("JPY", 0)


def test_create_organization_provides_accounts_and_reasons() -> None:
    create_acme()
    with bind(Organization.objects.get(slug="acme")):
        assert set(AccountMapping.objects.values_list("role", flat=True)) == set(AccountRole.values)
        assert ReasonCode.objects.filter(is_abnormal=True).exists()
        assert AccountMapping.history.count() == len(AccountRole.values)


def test_create_organization_with_taken_slug_says_so() -> None:
    create_acme()
    with pytest.raises(CommandError, match="Slug already exists"):
        create_acme()


def test_create_organization_with_unknown_time_zone_writes_nothing() -> None:
    with pytest.raises(CommandError, match="Europe/Berlin"):
        run(
            "create_organization", "acme", "--name=A", "--currency=USD", "--admin=a@example.com",
            "--time-zone=Berlin",
        )  # fmt: skip
    assert not User.objects.exists()


@pytest.mark.parametrize("role", Role.values)
def test_create_member_gives_exactly_the_rights_of_the_role(role: str) -> None:
    organization = factories.make_organization("acme")
    password = run("create_member", "acme", "new@example.com", f"--role={role}")[-1]
    user = User.objects.get(email="new@example.com")
    assert user.check_password(password)
    assert rights_of(user, organization) == ROLE_RIGHTS[Role(role)]


def test_create_member_of_known_person_leaves_the_password_alone() -> None:
    factories.make_organization("acme")
    other = factories.make_organization("other")
    user = factories.make_member(other, "planner", "known@example.com")
    lines = run("create_member", "acme", "known@example.com", "--role=auditor")
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)
    assert lines[-1] == "known@example.com signs in with the password they have."


def test_create_member_twice_is_refused() -> None:
    factories.make_organization("acme")
    run("create_member", "acme", "new@example.com", "--role=planner")
    with pytest.raises(CommandError, match="is a member already"):
        run("create_member", "acme", "new@example.com", "--role=finance")


def test_create_member_of_unknown_organization_names_those_there_are() -> None:
    factories.make_organization("acme")
    with pytest.raises(CommandError, match="There are: acme"):
        run("create_member", "acne", "new@example.com", "--role=planner")


def test_create_api_key_prints_key_that_acts_as_its_member(organization: Organization, alice: User) -> None:
    text = run("create_api_key", "acme", "alice@example.com")[-1]
    holder = factories.caller_with(text)
    assert holder is not None
    assert (holder.organization, holder.user) == (organization, alice)
    assert text.startswith("bf_acme_")


def test_create_api_key_takes_a_limit_up_to_the_operators(organization: Organization, alice: User) -> None:
    text = run("create_api_key", "acme", "alice@example.com", "--calls-per-minute=60")[-1]
    held = factories.caller_with(text)
    assert held is not None
    assert held.key.allowed_per_minute == 60
    with pytest.raises(CommandError, match="give 1 to 1200"):
        run("create_api_key", "acme", "alice@example.com", "--calls-per-minute=1201")


def test_create_api_key_for_a_stranger_is_refused(organization: Organization) -> None:
    with pytest.raises(CommandError, match="create_member"):
        run("create_api_key", "acme", "nobody@example.com")


def test_member_has_one_group_of_the_organization(organization: Organization, alice: User) -> None:
    assert list(alice.groups.values_list("name", flat=True)) == ["acme:planner"]
    with bind(organization):
        assert Membership.history.filter(user=alice, history_type="+").count() == 1


def test_create_api_key_holds_through_its_last_day() -> None:
    organization = factories.make_organization("acme")
    factories.make_member(organization, "planner", "new@example.com")
    key = run("create_api_key", "acme", "new@example.com", "--last-day=2999-12-31")[-1]
    held = factories.caller_with(key)
    assert held is not None
    assert held.key.expires_at is not None
    assert held.key.expires_at.isoformat() == "3000-01-01T00:00:00+00:00"
    past = run("create_api_key", "acme", "new@example.com", "--last-day=2025-01-01")[-1]
    assert factories.caller_with(past) is None
    with pytest.raises(CommandError, match="write it as 2026-12-31"):
        run("create_api_key", "acme", "new@example.com", "--last-day=soon")
