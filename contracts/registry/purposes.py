"""Why somebody may see personal fields unmasked (PIPL art. 6: no more than the purpose needs), as data."""

from __future__ import annotations

from dataclasses import dataclass

from contracts import roles

ACCOUNT = ("account.name", "account.phone", "account.email")
ORGANISATION = ("organisation.responsible_person", "organisation.phone")
SEED_MEMBER = ("seed_member.name", "seed_member.phone")


@dataclass(frozen=True)
class Purpose:
    """Which roles may state it, and the fields it needs."""

    roles: tuple[str, ...]
    fields: tuple[str, ...]
    zh: str
    en: str


PURPOSES: dict[str, Purpose] = {
    "contact": Purpose(
        (*roles.STAFF, roles.GRID_WORKER),
        (*ACCOUNT, *ORGANISATION, *SEED_MEMBER),
        "联系服务对象",
        "To reach the person for a service",
    ),
    "verification": Purpose(
        (roles.BUREAU, roles.STREET_STAFF, roles.GRID_WORKER),
        ("account.name", "account.phone", "seed_member.name"),
        "核验身份",
        "To verify who somebody is",
    ),
    "emergency": Purpose(
        (*roles.STAFF, roles.GRID_WORKER),
        ("account.name", "account.phone", "organisation.phone", "seed_member.phone"),
        "紧急救助",
        "To help in an emergency",
    ),
    "account_service": Purpose(
        (roles.ADMINISTRATOR,), (*ACCOUNT, "account.login"), "账号服务", "To serve an account's owner"
    ),
    "incident": Purpose(
        (roles.SECURITY,), ("account.name", "account.login", "account.email"), "安全事件处置", "A security incident"
    ),
}
STATERS = tuple(dict.fromkeys(role for purpose in PURPOSES.values() for role in purpose.roles))
CONSENTS = ("service_contact", "photo_publicity", "location_check_in", "health_needs", "child_guardian")
