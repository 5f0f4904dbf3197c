#!/usr/bin/env python3
"""What a script in Python takes to look at the same answers.

    python3 ci/bench/botocore_deepdiff.py FILE ROUNDS

FILE has a line of JSON for each answer: action, status, body. Each is parsed with botocore's parser
for EC2 and compared by deepdiff with what was parsed from the same bytes before: the least that a
comparison with a baseline takes. Prints the medians, in seconds, as JSON.
"""

import json
import resource
import statistics
import sys
import time

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import EC2QueryParser
from deepdiff import DeepDiff


def main() -> None:
    model = ServiceModel(Loader().load_service_model("ec2", "service-2"), "ec2")
    parser = EC2QueryParser()
    answers = []
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            answer = json.loads(line)
            shape = model.operation_model(answer["action"]).output_shape
            response = {
                "status_code": answer["status"],
                "headers": {},
                "body": answer["body"].encode(),
            }
            answers.append((response, shape))

    def parse():
        return [parser.parse(response, shape) for response, shape in answers]

    baseline = parse()
    parsing, all_of_it = [], []
    for _ in range(int(sys.argv[2])):
        start = time.perf_counter()
        parsed = parse()
        parsing.append(time.perf_counter() - start)
        different = [DeepDiff(old, new) for old, new in zip(baseline, parsed)]
        all_of_it.append(time.perf_counter() - start)
        assert not any(different)
    print(
        json.dumps(
            {
                "parse": statistics.median(parsing),
                "parse_and_compare": statistics.median(all_of_it),
                "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
