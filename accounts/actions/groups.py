"""Roles as django-guardian groups: one per organization and role, with the role's rights on that organization."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from guardian.models import GroupObjectPermission

from accounts.models import Organization, User
from accounts.roles import ROLE_RIGHTS, Role, group_name


def make_role_groups(organization: Organization) -> None:
    """Make the groups of all roles with their rights; what is there already stays."""
    content_type = ContentType.objects.get_for_model(Organization)
    names = {role: group_name(organization.slug, role) for role in Role}
    Group.objects.bulk_create([Group(name=name) for name in names.values()], ignore_conflicts=True)
    groups = {group.name: group for group in Group.objects.filter(name__in=names.values())}
    permissions = {one.codename: one for one in Permission.objects.filter(content_type=content_type)}
    GroupObjectPermission.objects.bulk_create(
        [
            GroupObjectPermission(
                group=groups[names[role]],
                permission=permissions[right],
                content_type=content_type,
                object_pk=str(organization.pk),
            )
            for role, rights in ROLE_RIGHTS.items()
            for right in sorted(rights)
        ],
        ignore_conflicts=True,
    )


def put_in_group(user: User, organization: Organization, role: str | None) -> None:
    """Leave the person in the group of this role alone, or in none of the organization's."""
    wanted = group_name(organization.slug, role) if role else None
    names = [group_name(organization.slug, each) for each in Role]
    present = set(user.groups.filter(name__in=names).values_list("name", flat=True))
    user.groups.remove(*Group.objects.filter(name__in=present - {wanted}))
    if wanted and wanted not in present:
        user.groups.add(Group.objects.get(name=wanted))
    forget_rights(user)


def forget_rights(user: User) -> None:
    """Rights are kept on the person while a request lasts; ask again after a change."""
    user.__dict__.pop("_rights", None)
