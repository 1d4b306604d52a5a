"""A registry database with 100 000 organisations: synthetic (合成), the same for a seed; a copy each."""

from __future__ import annotations

import io
import os
import random
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection

from bench import say
from bench.crew import python
from bench.keys import DISTRICT
from bench.servers import Servers
from chassis import ids
from deploy.local.layout import ROOT
from deploy.local.seed_rows import found_by
from deploy.local.servers import ServerError

TEMPLATE = "bench_seed_registry"
SYNTHETIC = "合成"
_COLUMNS = (
    *("id", "district_code", "street_code", "version", "created_at", "name", "name_key", "kind", "legal_tier"),
    *("filing_number", "responsible_person", "phone", "fields", "community_code", "hub_id", "introduction"),
    *("founded_on", "status", "in_breach", "legal_form", "assure_from"),
    *("bigrams", "sounds", "pinyin", "initials", "search_version"),
)
_FIELDS = ("elder_care", "disability", "youth", "community_building", "culture_sports", "environment", "charity")
_BEGAN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What the load may ask for."""

    organisations: list[str]
    streets: list[str]
    communities: dict[str, str]
    hubs: dict[str, str]

    @property
    def street(self) -> str:
        """Whose communities take the created ones."""
        return next(iter(self.communities))


def connect(servers: Servers, database: str) -> Connection:
    made: Connection = psycopg2.connect(f"{servers.database_url}/{database}")
    made.autocommit = True
    return made


def make_template(servers: Servers, env: dict[str, str], *, count: int, seed: int) -> Seeded:
    """Migrate, places, rows, statistics."""
    drop(servers, [TEMPLATE])
    env = env | {"DATABASE_PREFIX": "bench_seed_", "INTERNAL_SIGNING_KEY_FILE": ""}
    for command in ("migrate", "bootstrap"):
        done = subprocess.run(
            python("services.registry", command), env=env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ServerError(f"services.registry {command}: {done.stderr.strip()[-800:]}")
    connection = connect(servers, TEMPLATE)
    with connection.cursor() as cursor:
        seeded, rows = _plan(cursor, count=count, seed=seed)
        cursor.copy_expert(f"COPY organisation ({', '.join(_COLUMNS)}) FROM STDIN", io.StringIO("".join(rows)))
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()
    say(f"{SYNTHETIC} {count} 个组织 synthetic organisations")
    return seeded


def copies(servers: Servers, databases: Sequence[str]) -> None:
    """One each: the same rows and statistics, nobody's writes in another's way."""
    drop(servers, databases)
    connection = connect(servers, "postgres")
    strategy = " STRATEGY = file_copy" if connection.server_version >= 150000 else ""
    with connection.cursor() as cursor:
        for name in databases:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"{strategy}')
        cursor.execute("CHECKPOINT")
    connection.close()


def drop(servers: Servers, databases: Sequence[str]) -> None:
    connection = connect(servers, "postgres")
    with connection.cursor() as cursor:
        for name in databases:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    connection.close()


def counts(servers: Servers, database: str, tables: Sequence[str]) -> dict[str, int]:
    """Rows of each table."""
    connection = connect(servers, database)
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = int((cursor.fetchone() or (0,))[0])
    connection.close()
    return found


def _plan(cursor: Any, *, count: int, seed: int) -> tuple[Seeded, Iterator[str]]:
    dice = random.Random(seed)
    cursor.execute("SELECT code FROM place WHERE level = 'street' ORDER BY code")
    streets = [row[0] for row in cursor.fetchall()]
    cursor.execute("SELECT street_code, min(code) FROM place WHERE level = 'community' GROUP BY 1 ORDER BY 1")
    communities = dict(cursor.fetchall())
    hubs = {street: ids.encode("org", _uuid(dice, number)) for number, street in enumerate(streets)}
    own = [_uuid(dice, len(streets) + number) for number in range(count)]
    seeded = Seeded(
        organisations=[ids.encode("org", each) for each in own], streets=streets, communities=communities, hubs=hubs
    )
    return seeded, _rows(dice, seeded, own)


def _uuid(dice: random.Random, number: int) -> uuid.UUID:
    """Version 7, a second apart, so that newest first means something."""
    stamp = int((_BEGAN + timedelta(seconds=number)).timestamp() * 1000)
    return uuid.UUID(int=stamp << 80 | 0x7 << 76 | dice.getrandbits(12) << 64 | 0b10 << 62 | dice.getrandbits(62))


def _rows(dice: random.Random, seeded: Seeded, own: Sequence[uuid.UUID]) -> Iterator[str]:
    """COPY lines: a hub for each street first, then the community's own organisations, street by street in turn."""
    people, phones = _sealed(dice)
    for number, (street, hub) in enumerate(seeded.hubs.items()):
        facts: dict[str, Any] = {
            "kind": "hub",
            "legal_tier": "guided",
            "name": f"{SYNTHETIC}枢纽{number}",
            "hub_id": None,
        }
        yield _line(dice, ids.decode("org", hub), number, street, seeded, people[0], phones[0], facts)
    for number, row_id in enumerate(own):
        street = seeded.streets[number % len(seeded.streets)]
        filed = number % 3 > 0
        facts = {
            "kind": "cso",
            "legal_tier": "filed" if filed else "guided",
            "name": f"{SYNTHETIC}社区社会组织第{number:06d}号",
            "filing_number": f"HC-{number:06d}" if filed else None,
            "hub_id": ids.decode("org", seeded.hubs[street]),
        }
        person, phone = people[number % len(people)], phones[number % len(phones)]
        yield _line(dice, row_id, number, street, seeded, person, phone, facts)


def _line(
    dice: random.Random,
    row_id: uuid.UUID,
    number: int,
    street: str,
    seeded: Seeded,
    person: str,
    phone: str,
    facts: dict[str, Any],
) -> str:
    name = facts["name"]
    row = {
        "id": row_id,
        "district_code": DISTRICT,
        "street_code": street,
        "version": 1,
        "created_at": (_BEGAN + timedelta(seconds=number)).isoformat(),
        "assure_from": (_BEGAN + timedelta(seconds=number)).isoformat(),
        "name_key": name,
        "legal_form": "none",
        **{column: _array(value) for column, value in found_by(name).items()},
        "responsible_person": person,
        "phone": phone,
        "fields": '["' + '","'.join(dice.sample(_FIELDS, dice.randint(1, 3))) + '"]',
        "community_code": seeded.communities.get(street),
        "introduction": f"{SYNTHETIC}数据，仅供压测。" * dice.randint(1, 6),
        "founded_on": (date(2015, 1, 1) + timedelta(days=dice.randrange(3500))).isoformat(),
        "status": "active",
        "in_breach": "f",
        **facts,
    }
    return "\t".join(r"\N" if row.get(column) is None else str(row[column]) for column in _COLUMNS) + "\n"


def _array(value: Any) -> Any:
    return "{" + ",".join(value) + "}" if isinstance(value, list) else value


def _sealed(dice: random.Random) -> tuple[list[str], list[str]]:
    """Encrypted as the product encrypts them; a few hundred are enough, each decrypts at the same cost."""
    from chassis import secretbox
    from services.registry import settings

    using = secretbox.keys(settings.DATA_KEY_FILE)
    names = ["".join(dice.choices("王李张刘陈杨黄赵周吴", k=3)) for _ in range(300)]
    numbers = [f"139{dice.randrange(10**8):08d}" for _ in range(300)]
    people = [secretbox.seal(name, purpose="organisation.responsible_person", using=using) for name in names]
    return people, [secretbox.seal(number, purpose="organisation.phone", using=using) for number in numbers]


def use_data_key(env: dict[str, str]) -> None:
    """The seeding process seals with the contestants' key."""
    os.environ["DATA_KEY_FILE"] = env["DATA_KEY_FILE"]
