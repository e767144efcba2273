"""Dockerfile and compose.yaml, which cannot be run here: that what they name exists."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from geo.settings import ROOT, Settings

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SETTINGS = {entry.metadata["env"] for entry in dataclasses.fields(Settings)}
# The instructions in use; a misspelt one is not among them.
INSTRUCTIONS = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "CMD"}


def instructions() -> list[tuple[str, str]]:
    """Each instruction and what it is given, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [
        (word, rest)
        for word, _, rest in (line.partition(" ") for line in joined.split("\n") if line)
    ]


def test_the_dockerfile_uses_known_instructions_and_files_that_are_there() -> None:
    found = instructions()
    assert {word for word, _ in found} <= INSTRUCTIONS
    assert found[0][0] == "FROM"
    assert re.search(r":[\w.-]*\d", found[0][1]), "the image is pinned"
    for word, rest in found:
        if word == "COPY":
            *sources, _ = rest.split()
            assert all((ROOT / source).exists() for source in sources)
        if word == "ENV":
            assert set(re.findall(r"(\w+)=", rest)) <= SETTINGS
    users = [rest for word, rest in found if word == "USER"]
    assert len(users) == 1, "nothing runs as root"
    assert int(users[0]) > 0
    assert f"--uid {users[0]} " in DOCKERFILE
    command = json.loads(found[-1][1])
    assert found[-1][0] == "CMD"
    assert (ROOT / command[command.index("run") + 1]).exists()


def test_hadolint_finds_nothing_in_the_dockerfile(tmp_path: Path) -> None:
    lint = str(Path(sys.executable).parent / "hadolint")
    said = subprocess.run([lint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.replace(" --no-install-recommends", "").replace("USER 10001", ""))
    said = subprocess.run([lint, worse], capture_output=True, text=True, check=False)
    assert (said.returncode, "DL3015" in said.stdout) == (1, True)


def test_the_image_leaves_out_what_is_this_machines_own() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "data/local"} <= set(left_out)


def test_compose_names_services_volumes_and_settings_that_exist() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"dashboard", "postgres", "scheduler", "worker"}
    known = {"build", "image", "environment", "ports", "volumes", "healthcheck", "depends_on",
             "command"}  # fmt: skip
    for name, service in services.items():
        assert set(service) <= known, name
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in COMPOSE["volumes"]
        if name != "postgres":
            assert service["image"] == "dateline"
            assert set(service.get("environment", ())) <= SETTINGS
    # Nothing is opened to the network, the scheduler least of all.
    assert {name for name, one in services.items() if "ports" in one} == {"dashboard"}
    assert all(port.startswith("127.0.0.1:") for port in services["dashboard"]["ports"])


def test_the_health_check_asks_a_route_that_exists() -> None:
    asked = COMPOSE["services"]["dashboard"]["healthcheck"]["test"][-1]
    path = re.search(r":8501(/\w+)", asked)
    assert path
    assert f'Route("{path.group(1)}"' in (ROOT / "pages/served.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("service", ["scheduler", "worker"])
def test_dask_knows_the_options_of_the_services(service: str) -> None:
    from distributed.cli import dask_scheduler, dask_worker

    command = COMPOSE["services"][service]["command"]
    assert command[:4] == ["python", "-m", "dask", service]
    cli = {"scheduler": dask_scheduler, "worker": dask_worker}[service].main
    known = {option for entry in cli.params for option in (*entry.opts, *entry.secondary_opts)}
    assert {word for word in command if word.startswith("--")} <= known
