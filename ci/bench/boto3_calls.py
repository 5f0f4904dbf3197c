"""Asks an endpoint the same question many times, as a program written with boto3 does.

    python3 ci/bench/boto3_calls.py URL CALLS
"""

import os
import sys

import boto3

url, calls = sys.argv[1], int(sys.argv[2])
client = boto3.client("ec2", region_name=os.environ["AWS_REGION"], endpoint_url=url)
for _ in range(calls):
    regions = client.describe_regions()["Regions"]
    assert regions[0]["RegionName"], regions
