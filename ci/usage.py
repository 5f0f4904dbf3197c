#!/usr/bin/env python3
"""Write src/guideline/usage.json: which EC2 actions common clients and tools call, and since when they are there.

Read from packages as published on PyPI, without running anything of them: an action counts as called where the
source names it, as `RunInstances` in a string or as a method `run_instances`. What a guideline's criteria
"Widely Deployed", "Used by Clients", "Used by Tools" and "Stable" rest on. The actions of OpenStack's ec2-api are
those that ci/incumbent.py read from its package.
"""

import argparse
import ast
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import botocore
from botocore import xform_name

HERE = pathlib.Path(__file__).parent
FILE = HERE / ".." / "src" / "guideline" / "usage.json"
INCUMBENT = HERE / ".." / "src" / "coverage" / "incumbent.json"
MODEL = HERE / ".." / "src" / "model" / "ec2-2016-11-15.json"

# What is read: package, version, what it is, the folders in it that are about EC2.
CLIENTS = [("boto", "2.49.0", "boto", r"boto/(ec2|vpc)/")]
TOOLS = [
    ("ansible", "12.3.0", "Ansible", r"ansible_collections/(amazon|community)/aws/plugins/"),
    ("apache-libcloud", "3.9.1", "Apache Libcloud", r"libcloud/compute/drivers/ec2\.py"),
    ("c7n", "0.9.53", "Cloud Custodian", r"c7n/"),
]


def archive(package, version):
    """The published package as a mapping of path to text of its Python files."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", folder, f"{package}=={version}"], check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as opened:
            for name in opened.namelist():
                if name.endswith(".py"):
                    yield name, opened


def called(package, version, where, actions):
    """Actions that the code of a package names, in calls or as strings that are the whole name."""
    by_method = {xform_name(action): action for action in actions}
    found = set()
    for name, opened in archive(package, version):
        if not re.match(where, name):
            continue
        for node in ast.walk(ast.parse(opened.read(name))):
            if isinstance(node, ast.Attribute) and node.attr in by_method:
                found.add(by_method[node.attr])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(a for a in (node.value, by_method.get(node.value)) if a in actions)
    return sorted(found)


def versions(actions):
    """The dated versions of the API that botocore has, and in how many of them each action is."""
    folder = pathlib.Path(botocore.__file__).parent / "data" / "ec2"
    dated = sorted(p.name for p in folder.iterdir() if p.is_dir())
    count = dict.fromkeys(sorted(actions), 0)
    for version in dated:
        path = next((folder / version).glob("service-2.json*"))
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as file:
            for action in json.load(file)["operations"]:
                if action in count:
                    count[action] += 1
    return dated, count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is there, and write nothing")
    args = parser.parse_args()
    actions = set(json.loads(MODEL.read_text())["actions"])
    read = lambda packages: [
        {"package": p, "version": v, "title": t, "actions": called(p, v, w, actions)} for p, v, t, w in packages
    ]
    dated, count = versions(actions)
    service = json.loads(INCUMBENT.read_text())
    package, _, version = service["service"].partition(" ")
    cloud = {"package": package, "version": version, "title": "OpenStack's ec2-api", "actions": service["offers"]}
    facts = {
        "clouds": [cloud],
        "clients": read(CLIENTS),
        "tools": read(TOOLS),
        "api_versions": dated,
        "in_versions": count,
    }
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    if not args.check:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit(f"{FILE} is not what the packages give: run {pathlib.Path(__file__).name} without --check")


if __name__ == "__main__":
    main()
