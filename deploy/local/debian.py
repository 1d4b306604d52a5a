"""RabbitMQ from Debian's or Ubuntu's archive: installed as root, or unpacked below the data folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.rabbit_node import Installation
from deploy.local.servers import Say, ServerError

POLICY = Path("/usr/sbin/policy-rc.d")
PACKAGE_LINE = re.compile(r"^[a-z0-9][a-z0-9.+-]*$")


@contextmanager
def services_stay_down(policy: Path = POLICY) -> Iterator[None]:
    """Debian starts a service as it installs it, on the usual port; policy-rc.d answering 101 forbids that."""
    kept = policy.with_name(f"{policy.name}.footprint")
    existed = policy.exists()
    if existed:
        policy.rename(kept)
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)
        if existed:
            kept.rename(policy)


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"),
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"{' '.join(command[:3])} …: {done.stderr.strip()[-600:]}")
    return done.stdout


def install(*, package: str, say: Say) -> None:
    """As root; the system's own service is not started."""
    say(f"apt-get install {package}")
    with services_stay_down():
        run("apt-get", "update")
        run("apt-get", "install", "-y", "--no-install-recommends", package)


def package_names(listing: str) -> list[str]:
    """Package names of `apt-cache depends --recurse`: unindented lines; virtual ones are in <brackets>."""
    return sorted({line.split(":")[0] for line in listing.splitlines() if PACKAGE_LINE.match(line.split(":")[0])})


def installed_packages() -> set[str]:
    listing = run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n")
    return {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}


def own_lists(folder: Path) -> tuple[str, ...]:
    """apt options that keep lists and archives below `folder`, so that no root is needed to refresh them."""
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return ("-o", f"Dir::State::lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache")


def unpack(*, package: str, folder: Path, say: Say) -> Installation:
    """Downloads the package and what it needs and is absent, and unpacks all of it into `folder`."""
    tree = folder / "tree"
    if not server_script(tree):
        archives = folder / "archives"
        archives.mkdir(parents=True, exist_ok=True)
        options = own_lists(folder)
        say("apt-get update (自有目录 own lists)")
        run("apt-get", *options, "update")
        kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
        listing = run("apt-cache", *options, "depends", "--recurse", *(f"--no-{kind}" for kind in kinds), package)
        wanted = [name for name in package_names(listing) if name not in installed_packages()]
        say(f"下载并解包 downloading and unpacking {len(wanted)} packages")
        run("apt-get", *options, "download", *wanted, cwd=archives)
        for archive in sorted(archives.glob("*.deb")):
            run("dpkg", "-x", str(archive), str(tree))
        relocate_erlang(tree)
        shutil.rmtree(archives)
    script = server_script(tree)
    if script is None:
        raise ServerError(f"{package} 解包后未找到脚本。 No server script after unpacking {package} into {tree}.")
    libraries = sorted({file.parent for file in tree.glob("**/*-linux-gnu*/*.so*")})
    return Installation(script=script, path=(tree / "usr" / "bin",), libraries=tuple(libraries))


def relocate_erlang(tree: Path) -> None:
    """Debian writes /usr/lib/erlang into Erlang's start scripts; point them at the unpacked tree."""
    root = tree / "usr" / "lib" / "erlang"
    for script in (*root.glob("bin/*"), *root.glob("erts-*/bin/*")):
        if not script.is_file() or script.is_symlink() or script.read_bytes()[:2] != b"#!":
            continue
        text = script.read_text()
        script.write_text(re.sub(r"(?<![\w/])/usr/lib/erlang", str(root), text))
    for link in (tree / "usr" / "bin").glob("*"):
        if link.is_symlink() and str(link.readlink()).startswith("/usr/lib/erlang"):
            target = tree / str(link.readlink()).lstrip("/")
            link.unlink()
            link.symlink_to(target)


def server_script(tree: Path) -> Path | None:
    """The real script. Debian's /usr/sbin wrapper does `su rabbitmq` and would serve the system's node."""
    places = ("usr/lib/rabbitmq/bin/rabbitmq-server", "usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server")
    for place in places:
        for found in sorted(tree.glob(place)):
            if found.exists():
                return found
    return None
