#!/usr/bin/env python3
"""Checks what a live run left in its folder: complete, judged, and without a secret.

    python3 ci/live.py DIR

Reads AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which the run was made with, and looks for them,
for signatures and for private keys in every file.
"""

import json
import os
import pathlib
import re
import sys

FILES = ["run.json", "transcript.jsonl", "result.json", "report.html", "junit.xml"]
# A signature of SigV4 is 64 hexadecimal digits behind this word.
SIGNATURE = re.compile(rb"Signature=[0-9a-f]{64}")
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    wrong = []
    for name in FILES:
        path = folder / name
        if not path.is_file() or path.stat().st_size == 0:
            wrong.append(f"{name} is missing or empty")
            continue
        content = path.read_bytes()
        for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            secret = os.environ.get(variable, "").encode()
            if secret and secret in content:
                wrong.append(f"{name} holds {variable}")
        for what, pattern in (("a signature", SIGNATURE), ("a private key", PRIVATE_KEY)):
            if pattern.search(content):
                wrong.append(f"{name} holds {what}")
    if not wrong:
        result = json.loads((folder / "result.json").read_text())
        if not result["run"]["complete"]:
            wrong.append("the run is not complete")
        unclear = [c["name"] for c in result["cases"] if c["verdict"] == "inconclusive"]
        if unclear:
            wrong.append(f"inconclusive: {', '.join(unclear)}")
        for case in result["cases"]:
            wrong += [
                f"{case['name']}: {finding['rule']} without evidence"
                for finding in case["findings"]
                if not finding["evidence"]
            ]
        print(f"{len(result['cases'])} cases: {result['summary']['verdicts']}")
    for line in wrong:
        print(f"wrong: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
