#!/usr/bin/env python3
"""Write src/coverage/incumbent.json: what ec2api-tempest-plugin tests and what ec2-api offers.

Read from the packages as published on PyPI, by their syntax trees; nothing of them is run. A test's
`hidden` are its checks that only run with `run_incompatible_tests`, the switch behind which that suite
keeps where OpenStack differs from AWS. Those `in_guest` are skipped without `run_ssh`: what they check in
the end is inside a machine.
"""

import argparse
import ast
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

from botocore import xform_name

SUITE, SUITE_VERSION = "ec2api-tempest-plugin", "1.7.0"
SERVICE, SERVICE_VERSION = "ec2-api", "17.0.0"
HERE = pathlib.Path(__file__).parent
FILE = HERE / ".." / "src" / "coverage" / "incumbent.json"
MODEL = HERE / ".." / "src" / "model" / "ec2-2016-11-15.json"
SWITCH, IN_GUEST = "run_incompatible_tests", "run_ssh"


def sources(package, version):
    """The Python files of a published package: path and syntax tree."""
    with tempfile.TemporaryDirectory() as folder:
        requirement = f"{package}=={version}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*command, requirement], check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = sorted(n for n in archive.namelist() if n.endswith(".py"))
            return {name: ast.parse(archive.read(name)) for name in names}


def names_switch(node, switch=SWITCH):
    return any(isinstance(n, ast.Attribute) and n.attr == switch for n in ast.walk(node))


def reason(node):
    """Why something is skipped, as its authors say it."""
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return " ".join("".join(texts).split())


def hidden(function):
    """What a function does only with the switch: whole (its decorators), or in parts."""
    for decorator in function.decorator_list:
        if names_switch(decorator):
            yield reason(decorator)
    for node in ast.walk(function):
        if isinstance(node, ast.If) and names_switch(node.test):
            statements = (n for part in node.body for n in ast.walk(part))
            shown = next(n for n in statements if isinstance(n, (ast.Assert, ast.Call, ast.Raise)))
            skips = any("skipException" in ast.dump(n) for n in node.body)
            yield reason(shown) if skips else ast.unparse(shown)


def tests(trees):
    """Every test: its name as tempest shows it, its id, and what it hides."""
    for path, tree in trees.items():
        module = path.removesuffix(".py").replace("/", ".")
        for a_class in (n for n in tree.body if isinstance(n, ast.ClassDef)):
            methods = [n for n in a_class.body if isinstance(n, ast.FunctionDef)]
            shared = [why for m in methods if m.name == "setUpClass" for why in hidden(m)]
            for method in methods:
                ids = [
                    d.args[0].value
                    for d in method.decorator_list
                    if isinstance(d, ast.Call) and getattr(d.func, "attr", "") == "idempotent_id"
                ]
                if ids:
                    name = f"{module}.{a_class.name}.{method.name}"
                    in_guest = any(names_switch(d, IN_GUEST) for d in method.decorator_list)
                    checks = shared + list(hidden(method))
                    yield {"name": name, "id": ids[0], "hidden": checks, "in_guest": in_guest}


def called(trees, actions):
    """Actions that the suite's code calls, by the names of its client's methods."""
    names = {n.attr for tree in trees.values() for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    return sorted(action for name, action in actions.items() if name in names)


def asserted(trees):
    """Error codes that the suite asserts."""
    calls = (n for tree in trees.values() for n in ast.walk(tree) if isinstance(n, ast.Call))
    raises = (n for n in calls if getattr(n.func, "attr", "") == "assertRaises" and n.args)
    codes = {n.args[0].value for n in raises if isinstance(n.args[0], ast.Constant)}
    return sorted(code for code in codes if isinstance(code, str))


def offered(trees, actions):
    """Actions of the service: the methods of its controllers that take a request's context."""
    (tree,) = (tree for path, tree in trees.items() if path.endswith("/api/cloud.py"))
    methods = {
        node.name
        for a_class in tree.body
        if isinstance(a_class, ast.ClassDef)
        for node in a_class.body
        if isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args][:2] == ["self", "context"]
    }
    unknown = methods - actions.keys()
    if unknown:
        sys.exit(f"incumbent.py: no actions of AWS: {sorted(unknown)}")
    return sorted(actions[name] for name in methods)


def text():
    """The whole file."""
    model = json.loads(MODEL.read_text(encoding="utf-8"))
    actions = {xform_name(action): action for action in model["actions"]}
    suite, service = sources(SUITE, SUITE_VERSION), sources(SERVICE, SERVICE_VERSION)
    found = sorted(tests(suite), key=lambda test: test["name"] + test["id"])
    facts = {
        "suite": f"{SUITE} {SUITE_VERSION}",
        "service": f"{SERVICE} {SERVICE_VERSION}",
        "offers": offered(service, actions),
        "calls": called(suite, actions),
        "error_codes": asserted(suite),
        "tests": found,
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Write down what the incumbent suite tests.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is not so")
    arguments = parser.parse_args()
    made = text()
    if not arguments.check:
        FILE.write_text(made, encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != made:
        sys.exit(f"{FILE.name} is not what the packages hold; run ci/incumbent.py")


if __name__ == "__main__":
    main()
