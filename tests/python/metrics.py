"""Parses metrics as Prometheus does when it is given its newer text format, and prints them as JSON.

usage: metrics.py < TEXT

Each sample is under its name, or its name and labels in order: veilpoint_requests_total{a="b",c="d"}.
"""
import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

samples, kinds = {}, {}
for family in text_string_to_metric_families(sys.stdin.read()):
    kinds[family.name] = family.type
    for sample in family.samples:
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
        samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
print(json.dumps({"kinds": kinds, "samples": samples}))
