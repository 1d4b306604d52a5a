"""Finding and configuring broker and database: the parts that need no server."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local import broker, database, debian
from deploy.local.layout import Layout
from deploy.local.pg_cluster import PgCluster, RunAs
from deploy.local.rabbit_node import Installation, RabbitNode, configuration, missing_flags
from deploy.local.servers import GivenServer, ServerError, described


def silent(_text: str) -> None:
    return None


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(root=tmp_path, var=tmp_path / "var")


def test_a_given_broker_is_used_and_never_started_or_stopped(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URI", "amqp://guest:guest@127.0.0.1:1/")
    server = broker.provide(layout=layout, say=silent)
    assert isinstance(server, GivenServer)
    assert server.pids == []
    with pytest.raises(ServerError, match="unset AMQP_URI"):
        server.start()


def test_a_given_database_is_used(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@127.0.0.1:1")
    server = database.provide(layout=layout, say=silent)
    assert server.url == "postgresql://somebody@127.0.0.1:1"


def test_debians_real_script_is_found_and_not_the_wrapper(tmp_path: Path) -> None:
    executable(tmp_path / "usr/sbin/rabbitmq-server")
    assert debian.server_script(tmp_path) is None
    real = executable(tmp_path / "usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8/sbin/rabbitmq-server")
    assert debian.server_script(tmp_path) == real


def test_without_erlang_a_script_on_disk_is_no_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "usr/lib/rabbitmq/bin/rabbitmq-server")
    monkeypatch.setattr(Installation, "environment", lambda _self: {"PATH": str(tmp_path / "bin")})
    assert broker.on_disk(tmp_path) is None
    executable(tmp_path / "bin/erl")
    assert broker.on_disk(tmp_path) is not None


def test_with_nothing_to_be_had_the_commands_to_run_are_told(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMQP_URI", raising=False)
    monkeypatch.setattr(broker, "on_disk", lambda: None)
    monkeypatch.setattr(broker, "fetched", lambda **_: None)
    monkeypatch.setattr(broker, "docker_answers", lambda: False)
    with pytest.raises(ServerError, match="apt-get install -y rabbitmq-server"):
        broker.provide(layout=layout, say=silent)


def test_the_newest_postgresql_is_taken_unless_the_data_are_of_another(tmp_path: Path) -> None:
    for version in ("9", "15", "17"):
        for name in ("postgres", "initdb"):
            executable(tmp_path / f"usr/lib/postgresql/{version}/bin/{name}")
    executable(tmp_path / "usr/lib/postgresql/18/bin/psql")
    newest = database.on_disk(root=tmp_path)
    assert newest is not None
    assert newest.parent.name == "17", "18 has a client only"
    older = database.on_disk(root=tmp_path, data_version=15)
    assert older is not None
    assert older.parent.name == "15"


def test_data_of_another_major_version_are_refused_with_advice(tmp_path: Path) -> None:
    server = executable(tmp_path / "bin/postgres")
    server.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.2 (Debian 17.2-1)'\n")
    cluster = PgCluster(tmp_path / "bin", home=tmp_path / "home", log=tmp_path / "log", user=RunAs())
    (tmp_path / "home/data").mkdir(parents=True)
    (tmp_path / "home/data/PG_VERSION").write_text("15\n")
    with pytest.raises(ServerError, match=r"\./run clean"):
        cluster.start()


def test_a_project_the_servers_user_cannot_enter_keeps_its_data_outside(layout: Layout) -> None:
    class Excluded(RunAs):
        def reaches(self, path: Path) -> bool:
            return False

    home = database.home_for(layout=layout, user=Excluded())
    assert layout.key in home.name
    assert layout.var not in home.parents
    assert database.home_for(layout=layout, user=RunAs()) == layout.var / "postgres"


def test_the_node_listens_on_loopback_only_and_has_its_own_names(tmp_path: Path) -> None:
    node = RabbitNode(
        Installation(script=tmp_path / "sbin/rabbitmq-server"), home=tmp_path / "home", log=tmp_path / "l"
    )
    node._prepare()
    env = node.environment()
    ports = {env["RABBITMQ_NODE_PORT"], env["RABBITMQ_DIST_PORT"], env["ERL_EPMD_PORT"]}
    assert len(ports) == 3
    assert not ports & {"5672", "25672", "4369"}
    assert env["RABBITMQ_NODE_IP_ADDRESS"] == env["ERL_EPMD_ADDRESS"] == "127.0.0.1"
    assert "+sbwt none" in env["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]
    inside = [env[name] for name in env if name.startswith("RABBITMQ_") and env[name].startswith("/")]
    assert all(path.startswith(str(tmp_path)) for path in inside)
    assert oct((tmp_path / "home/home/.erlang.cookie").stat().st_mode)[-3:] == "400"
    assert oct((tmp_path / "home/node.json").stat().st_mode)[-3:] == "600"


def test_a_node_keeps_its_password_and_ports_from_start_to_start(tmp_path: Path) -> None:
    first = RabbitNode(Installation(script=tmp_path), home=tmp_path / "home", log=tmp_path / "l")
    first._prepare()
    second = RabbitNode(Installation(script=tmp_path), home=tmp_path / "home", log=tmp_path / "l")
    second._prepare()
    assert second.url == first.url


def test_the_configuration_names_port_and_user() -> None:
    text = configuration(port=5999, user="footprint", password="secret")
    assert "listeners.tcp.1 = 127.0.0.1:5999" in text
    assert "default_user = footprint" in text
    assert "heartbeat = 60" in text


def test_feature_flags_are_read_from_the_nodes_own_file() -> None:
    whole = "[classic_mirrored_queue_version,implicit_default_bindings,\n quorum_queue,stream_queue,user_limits].\n"
    assert missing_flags(whole) == []
    assert missing_flags("[quorum_queue].") == ["stream_queue"]
    assert missing_flags("") == ["quorum_queue", "stream_queue"]


def test_package_names_leave_out_relations_and_virtual_packages() -> None:
    listing = (
        "rabbitmq-server\n  Depends: erlang-base\n  Depends: <logrotate-any>\nerlang-base\n<mail-agent>\nlibc6:amd64\n"
    )
    assert debian.package_names(listing) == ["erlang-base", "libc6", "rabbitmq-server"]


def test_an_unpacked_erlang_points_at_its_own_tree(tmp_path: Path) -> None:
    script = executable(tmp_path / "usr/lib/erlang/bin/erl")
    script.write_text('#!/bin/sh\nROOTDIR=/usr/lib/erlang\nexec "$ROOTDIR/erts/bin/erlexec"\n')
    link = tmp_path / "usr/bin/erl"
    link.parent.mkdir(parents=True)
    link.symlink_to("/usr/lib/erlang/bin/erl")
    debian.relocate_erlang(tmp_path)
    assert f"ROOTDIR={tmp_path}/usr/lib/erlang\n" in script.read_text()
    assert link.resolve() == script
    once = script.read_text()
    debian.relocate_erlang(tmp_path)
    assert script.read_text() == once


@pytest.mark.parametrize("existing", [None, "#!/bin/sh\nexit 0\n"])
def test_the_service_policy_is_restored_whatever_happens(tmp_path: Path, existing: str | None) -> None:
    policy = tmp_path / "policy-rc.d"
    if existing:
        policy.write_text(existing)

    def install_and_fail() -> None:
        with debian.services_stay_down(policy):
            assert "exit 101" in policy.read_text()
            raise ServerError("apt failed")

    with pytest.raises(ServerError):
        install_and_fail()
    assert (policy.read_text() if policy.exists() else None) == existing


def test_a_printed_address_carries_no_password() -> None:
    assert described("amqp://footprint:secret@127.0.0.1:5999/") == "127.0.0.1:5999"
