"""Who works at the demo companies, and how they are set up."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.roles import Role

PASSWORD = "larkfield-demo"  # noqa: S105  known to everybody: demo companies are made on the embedded server alone


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Company:
    """An organization, its first admin, and who else belongs to it."""

    slug: str
    name: str
    currency_code: str
    time_zone: str
    admin: Person
    people: tuple[Person, ...]


LARKFIELD = Company(
    slug="larkfield",
    name="Larkfield Espresso",
    currency_code="USD",
    time_zone="America/Chicago",
    admin=Person("admin@larkfield.example", "Sam Whitaker", Role.ADMIN),
    people=(
        Person("planner@larkfield.example", "Priya Nair", Role.PLANNER),
        Person("planner2@larkfield.example", "Jonas Weber", Role.PLANNER),
        Person("supervisor@larkfield.example", "Rosa Delgado", Role.SUPERVISOR),
        Person("controller@larkfield.example", "Marcus Oyelaran", Role.CONTROLLER),
        Person("controller2@larkfield.example", "Helen Zhou", Role.CONTROLLER),
        Person("finance@larkfield.example", "Ingrid Solberg", Role.FINANCE),
        Person("auditor@larkfield.example", "Akiko Mori", Role.AUDITOR),
    ),
)
NORTHMERE = Company(
    slug="northmere",
    name="Northmere Oars",
    currency_code="EUR",
    time_zone="Europe/Amsterdam",
    admin=Person("admin@northmere.example", "Wim de Boer", Role.ADMIN),
    people=(
        Person("planner@larkfield.example", "Priya Nair", Role.PLANNER),
        Person("controller@northmere.example", "Lotte Vos", Role.CONTROLLER),
    ),
)
