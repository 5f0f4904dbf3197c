#!/usr/bin/env python3
"""Write src/model/ec2-2016-11-15.json: the facts of the EC2 API, taken from botocore's data files,
and what identifies a resource, from boto3's.

Only facts are kept: names, types, limits, enum values, paginators, waiters and the names of the
filters that the documentation lists. The documentation's prose stays where it is. The vocabulary is
botocore's own (shape, locationName, queryName, idempotencyToken, ...), one action, shape or waiter
to a line, so that the diff of an update shows what AWS changed.

The script stops at a trait it does not know: either the table carries it, or it is named below as
left out with the reason. A fact must never get lost because nobody knew of it.
"""

import argparse
import json
import os
import re
import sys
from html.parser import HTMLParser
from itertools import zip_longest

import boto3
import botocore
from botocore.loaders import Loader

API_VERSION = "2016-11-15"
RESOURCES = os.path.join(
    os.path.dirname(boto3.__file__), "data", "ec2", API_VERSION, "resources-1.json"
)
TABLE = os.path.join(os.path.dirname(__file__), "..", "src", "model", f"ec2-{API_VERSION}.json")
NOTICE = (
    "Derived from botocore and boto3, Copyright 2012-2022 Amazon.com, Inc. or its affiliates. "
    "Licensed under the Apache License, Version 2.0. Changed: only names, types, limits, enum "
    "values, filter names, identifiers, paginators and waiters are kept; documentation is left out."
)

# Traits that the table carries as they are, by where they stand.
MEMBER_TRAITS = ["shape", "locationName", "queryName", "idempotencyToken", "deprecated"]
SHAPE_TRAITS = ["type", "sensitive", "required", "min", "max", "pattern", "enum"]
PAGINATOR_TRAITS = ["input_token", "output_token", "limit_key", "result_key", "more_results"]
WAITER_TRAITS = ["operation", "delay", "maxAttempts", "acceptors"]
ACCEPTOR_TRAITS = ["state", "matcher", "argument", "expected"]

# Traits that are left out.
PROSE = {"documentation", "deprecatedMessage", "deprecatedSince"}
# Always POST on / in this protocol.
OPERATION_LEFT_OUT = {"name", "http", "input", "output"} | PROSE
# Two lists have a name on the shape as well as on its members. AWS's SDKs take the member's, or
# "member" where it has none, and never the shape's.
SHAPE_LEFT_OUT = {"members", "member", "locationName"} | PROSE
# How a client merges pages, not what a page is.
PAGINATOR_LEFT_OUT = {"non_aggregate_keys"}


class Items(HTMLParser):
    """The start of every item of the outermost lists of a piece of documentation.

    A filter's description may itself contain a list, of the filter's values; those items are passed
    over by counting the depth.
    """

    def __init__(self):
        super().__init__()
        self.depth = 0
        self.item = None
        self.items = []

    def handle_starttag(self, tag, attrs):
        if tag in ("ul", "ol"):
            self.depth += 1
        elif tag == "li" and self.depth == 1:
            self.item = []
            self.items.append(self.item)

    def handle_endtag(self, tag):
        if tag in ("ul", "ol"):
            self.depth -= 1
        elif tag == "li" and self.depth == 1:
            self.item = None

    def handle_data(self, data):
        if self.item is not None and self.depth == 1:
            self.item.append(data)


# An item reads `name - what it means`; the dash is a hyphen or an en dash, or a colon that a space
# follows (`tag:<key>` has a colon too), and a few items consist of the name only.
FILTER_ITEM = re.compile(r"\s*([A-Za-z][\w.-]*(?::<key>)?)\s*(?:$|[-–]\s|:\s)")
# The documentation means `tag:<key>` wherever it explains it so, though some items are headed `tag`
# and one `tag-key`.
FILTER_BY_TAG = re.compile(r'specify "?tag:Owner')
# Two actions say it in a sentence instead of a list.
FILTER_SENTENCE = re.compile(r"using the <code>([\w.-]+)</code> filter")


def filters(action, html):
    """Names of the filters that the documentation of an action's filter parameter lists."""
    parser = Items()
    parser.feed(html)
    parser.close()
    if not parser.items:
        return FILTER_SENTENCE.findall(html)
    names = []
    for item in map("".join, parser.items):
        match = FILTER_ITEM.match(item)
        if not match:
            sys.exit(f"model.py: {action}: cannot read a filter name from {item[:80]!r}")
        name = "tag:<key>" if FILTER_BY_TAG.search(item) else match[1]
        if name not in names:
            names.append(name)
    return names


def take(where, facts, kept, left_out=frozenset()):
    """The traits `kept` of `facts`, in that order; stops at one neither kept nor left out."""
    unknown = set(facts) - set(kept) - set(left_out)
    if unknown:
        sys.exit(f"model.py: {where}: unknown trait {', '.join(sorted(unknown))}")
    return {trait: facts[trait] for trait in kept if trait in facts}


def action_facts(name, operation, shapes, paginator, created):
    take(name, operation, [], OPERATION_LEFT_OUT)
    facts = {side: operation[side]["shape"] for side in ("input", "output") if side in operation}
    members = shapes[operation["input"]["shape"]]["members"] if "input" in operation else {}
    for member in ("Filters", "Filter"):
        if member in members:
            names = filters(name, members[member].get("documentation", ""))
            if names:
                facts["filters"] = names
    if name in created:
        facts["creates"] = created[name]
    if paginator:
        page = take(f"paginator {name}", paginator, PAGINATOR_TRAITS, PAGINATOR_LEFT_OUT)
        if isinstance(page["result_key"], str):
            page["result_key"] = [page["result_key"]]
        facts["paginator"] = page
    return facts


def shape_facts(name, shape):
    facts = take(name, shape, SHAPE_TRAITS, SHAPE_LEFT_OUT)
    if shape["type"] == "structure":
        # `members` says what it is, as `member` does below: two lines in three save their type.
        del facts["type"]
        facts["members"] = {
            member: take(f"{name}.{member}", traits, MEMBER_TRAITS, PROSE)
            for member, traits in shape["members"].items()
        }
    elif shape["type"] == "list":
        del facts["type"]
        facts["member"] = take(f"{name}[]", shape["member"], ["shape", "locationName"], PROSE)
    return facts


def waiter_facts(name, waiter):
    facts = take(f"waiter {name}", waiter, WAITER_TRAITS, {"description"})
    facts["acceptors"] = [
        take(f"waiter {name}", acceptor, ACCEPTOR_TRAITS) for acceptor in waiter["acceptors"]
    ]
    return facts


def reachable(shapes, roots):
    found, ahead = set(), list(roots)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            shape = shapes[name]
            ahead += [member["shape"] for member in shape.get("members", {}).values()]
            ahead += [shape["member"]["shape"]] if "member" in shape else []
    return found


def creates(resources):
    """Where an action's answer identifies what it made, by action: a path of member names."""
    found = {}
    for holder in [resources["service"], *resources["resources"].values()]:
        for action in holder.get("actions", {}).values():
            identifiers = action.get("resource", {}).get("identifiers", [])
            if len(identifiers) == 1 and identifiers[0]["source"] == "response":
                found[action["request"]["operation"]] = identifiers[0]["path"]
    return found


def identifiers(resources, operations, shapes, paginators):
    """The member that identifies a structure, by shape.

    Either boto3's resource model says so, or there is an action that lists such structures and
    takes the identifiers to list: DescribeNatGateways takes NatGatewayIds, and each NatGateway that
    it lists has a NatGatewayId. Left out is what has several identifiers (a Route has the
    destination only if that is IPv4) and what can be asked for by several (an Address without
    allocation id is one of EC2-Classic).
    """
    found = {}
    for name, operation in operations.items():
        if not (name.startswith("Describe") and {"input", "output"} <= set(operation)):
            continue
        answer = shapes[operation["output"]["shape"]]["members"]
        results = paginators.get(name, {}).get("result_key", list(answer))
        results = [results] if isinstance(results, str) else results
        items = [
            shapes[answer[result]["shape"]]["member"]["shape"]
            for result in results
            if result in answer and shapes[answer[result]["shape"]]["type"] == "list"
        ]
        items = [item for item in items if shapes[item]["type"] == "structure"]
        if len(items) != 1:
            continue
        asked = [
            member
            for member, traits in shapes[operation["input"]["shape"]]["members"].items()
            if shapes[traits["shape"]]["type"] == "list"
            and member.endswith("s")
            and member[:-1] in shapes[items[0]]["members"]
        ]
        if len(asked) == 1:
            found[items[0]] = {"member": asked[0][:-1], "by": f"{name}.{asked[0]}"}
    for name, resource in resources.items():
        named = [one for one in resource["identifiers"] if "memberName" in one]
        if len(resource["identifiers"]) == len(named) == 1 and resource["shape"] in shapes:
            found[resource["shape"]] = {"member": named[0]["memberName"], "by": f"resource {name}"}
    return found


def table(published):
    """The whole file, as text. `published` is the day on which PyPI got this botocore."""
    # The default search path starts with ~/.aws/models, where anybody may have changed the model.
    loader = Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    service = loader.load_service_model("ec2", "service-2", API_VERSION)
    paginators = loader.load_service_model("ec2", "paginators-1", API_VERSION)["pagination"]
    waiters = loader.load_service_model("ec2", "waiters-2", API_VERSION)["waiters"]
    operations, shapes = service["operations"], service["shapes"]

    with open(RESOURCES, encoding="utf-8") as file:
        resources = json.load(file)
    created = creates(resources)
    actions = {
        name: action_facts(name, operation, shapes, paginators.get(name), created)
        for name, operation in operations.items()
    }
    sides = ("input", "output")
    roots = [facts[side] for facts in actions.values() for side in sides if side in facts]
    sections = {
        "about": {
            "source": f"botocore {botocore.__version__}, data/ec2/{API_VERSION}",
            "resources": f"boto3 {boto3.__version__}, data/ec2/{API_VERSION}",
            "published": published,
            "license": "Apache-2.0",
            "notice": NOTICE,
            "generator": "ci/model.py",
            "api_version": service["metadata"]["apiVersion"],
            "xml_namespace": service["metadata"]["xmlNamespace"],
        },
        "actions": actions,
        "shapes": {name: shape_facts(name, shapes[name]) for name in reachable(shapes, roots)},
        "waiters": {name: waiter_facts(name, waiter) for name, waiter in waiters.items()},
        "identifiers": identifiers(resources["resources"], operations, shapes, paginators),
    }
    return "{\n" + ",\n".join(section(*entry) for entry in sections.items()) + "\n}\n"


def section(name, facts):
    # Members keep their order, which is AWS's; the entries themselves are sorted, so that a new one
    # is one new line.
    keys = list(facts) if name == "about" else sorted(facts)
    lines = (f"{json.dumps(key)}:{compact(facts[key])}" for key in keys)
    return f'"{name}":{{\n' + ",\n".join(lines) + "\n}"


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def check(path):
    """Fail unless the stored table is what the botocore it names gives."""
    with open(path, encoding="utf-8", newline="") as file:
        stored = file.read()
    about = json.loads(stored)["about"]
    source = about["source"]
    version = re.match(r"botocore ([\w.]+),", source)[1]
    if version != botocore.__version__:
        sys.exit(
            f"model.py: the table is of botocore {version}, installed is {botocore.__version__}; "
            f"to check it: pip install botocore=={version}"
        )
    fresh = table(about["published"])
    if stored != fresh:
        pairs = zip_longest(stored.splitlines(), fresh.splitlines())
        line = next((number for number, (old, new) in enumerate(pairs, 1) if old != new), 1)
        sys.exit(f"model.py: {path} differs from {source}, first in line {line}; run ci/model.py")
    print(f"{path}: as {source} gives it")


def main():
    parser = argparse.ArgumentParser(
        description="Write the table of EC2's actions, shapes and waiters from botocore's data."
    )
    parser.add_argument("--output", default=os.path.normpath(TABLE), help="the table (%(default)s)")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail if the table is not what the botocore that it names gives",
    )
    parser.add_argument(
        "--published",
        metavar="YYYY-MM-DD",
        help="when PyPI got this botocore; needed to write the table",
    )
    args = parser.parse_args()
    if args.check:
        check(args.output)
        return
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", args.published or ""):
        parser.error("say with --published when PyPI got this botocore; findings show the date")
    with open(args.output, "w", encoding="utf-8", newline="\n") as file:
        file.write(table(args.published))


if __name__ == "__main__":
    main()
