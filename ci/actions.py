#!/usr/bin/env python3
"""Write src/judge/client/actions.rs: the actions whose answers AWS's SDK for Rust can decode.

Read from the source of the aws-sdk-ec2 that Cargo.lock names, which cargo has on disk. Which of the
API model's actions that SDK does not have yet is written down too: a newer model or a newer SDK shows
as a difference, and a test holds the list against the model.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
FILE = HERE / ".." / "src" / "judge" / "client" / "actions.rs"
MODEL = HERE / ".." / "src" / "model" / "ec2-2016-11-15.json"
HEAD = """\
//! The actions that the client layer can read. Written by `ci/actions.py`; do not edit.

/// Actions of the API model that {sdk} does not have.
#[cfg(test)]
pub(super) const NOT_IN_SDK: &[&str] = &[
{missing}];

super::decoders! {{
"""


def sdk():
    """Name and version of the SDK, and the folder of its operations."""
    host = re.search(r"host: (\S+)", subprocess.check_output(["rustc", "-vV"], text=True))[1]
    # Without the filter cargo fetches the crates of every other platform.
    command = ["cargo", "metadata", "--format-version=1", "--locked", f"--filter-platform={host}"]
    packages = json.loads(subprocess.check_output(command, cwd=HERE))["packages"]
    package = next(p for p in packages if p["name"] == "aws-sdk-ec2")
    operations = pathlib.Path(package["manifest_path"]).parent / "src" / "operation"
    return f"aws-sdk-ec2 {package['version']}", operations


def text():
    """The whole file."""
    name, folder = sdk()
    operations = {}
    for path in sorted(folder.glob("*.rs")):
        found = re.findall(r"^pub struct (\w+);$", path.read_text(encoding="utf-8"), re.MULTILINE)
        if len(found) != 1:
            sys.exit(f"actions.py: {path} should define one operation, not {found}")
        operations[found[0]] = path.stem
    actions = json.loads(MODEL.read_text(encoding="utf-8"))["actions"]
    missing = "".join(f'    "{action}",\n' for action in sorted(actions) if action not in operations)
    lines = (f"    {module} {name} {name}Error;\n" for name, module in sorted(operations.items()))
    return HEAD.format(sdk=name, missing=missing) + "".join(lines) + "}\n"


def main():
    parser = argparse.ArgumentParser(description="List the actions that AWS's SDK can decode.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if the list is not the SDK's"
    )
    if parser.parse_args().check:
        if FILE.read_text(encoding="utf-8") != text():
            sys.exit("actions.py: the list is not that of the SDK and the model; run ci/actions.py")
        print("the client layer has every action of the SDK")
        return
    FILE.write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
