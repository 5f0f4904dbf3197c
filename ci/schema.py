#!/usr/bin/env python3
"""Validates every case against the JSON Schema that `parallax schema` prints.

    python3 ci/schema.py target/debug/parallax

What an editor says of a case has to be what the program says. This is not a Rust test because a
validator among the dependencies of tests would have the SDK compiled a second time for them.
"""

import copy
import json
import pathlib
import subprocess
import sys

import jsonschema
import yaml

GOOD = {
    "id": "93a8ca40-34db-4ded-b490-fe5310e28841",
    "title": "t",
    "capability": "c",
    "steps": [{"id": "a", "call": "CreateKeyPair", "undo": {"call": "DeleteKeyPair"}}],
}
# Where a wrong key or value is put into the good case.
WRONG = [
    ([], "tittle", "t"),
    ([], "title", 1),
    ([], "steps", {}),
    (["steps", 0], "cal", "CreateKeyPair"),
    (["steps", 0], "setup", "yes"),
    (["steps", 0, "undo"], "cal", "x"),
]


def main() -> int:
    schema = json.loads(subprocess.check_output([sys.argv[1], "schema"]))
    validator_type = jsonschema.validators.validator_for(schema)
    validator_type.check_schema(schema)
    validator = validator_type(schema)
    wrong = []
    no_cases = ("guidelines", "preparations")
    cases = sorted(p for p in pathlib.Path("cases").glob("*/*.yaml") if p.parent.name not in no_cases)
    if len(cases) < 30:
        wrong.append(f"only {len(cases)} cases were found")
    preparations = sorted(pathlib.Path("cases/preparations").glob("*.yaml"))
    if not preparations:
        wrong.append("no preparations were found")
    of_preparations = validator_type(json.loads(subprocess.check_output([sys.argv[1], "schema", "preparation"])))
    for path, by in [(p, validator) for p in cases] + [(p, of_preparations) for p in preparations]:
        for error in by.iter_errors(yaml.safe_load(path.read_text())):
            wrong.append(f"{path}: {error.json_path}: {error.message}")
    if not validator.is_valid(GOOD):
        wrong.append("the good case is refused")
    for place, key, value in WRONG:
        bad = copy.deepcopy(GOOD)
        target = bad
        for step in place:
            target = target[step]
        target[key] = value
        if validator.is_valid(bad):
            wrong.append(f"accepted: {bad}")
    if of_preparations.is_valid(GOOD):
        wrong.append("a case is taken for a preparation")
    for key in ("id", "title", "capability", "steps"):
        if validator.is_valid({k: v for k, v in GOOD.items() if k != key}):
            wrong.append(f"accepted without {key}")
    for line in wrong:
        print(f"wrong: {line}", file=sys.stderr)
    print(f"{len(cases)} case files fit the schema" if not wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
