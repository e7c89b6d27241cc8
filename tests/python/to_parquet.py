"""Write a CSV as Parquet, with the types that pyarrow sees in it and texts as dictionaries.

usage: to_parquet.py INPUT.csv OUTPUT.parquet
"""
import sys

from pyarrow import csv, parquet

table = csv.read_csv(sys.argv[1], convert_options=csv.ConvertOptions(auto_dict_encode=True))
parquet.write_table(table, sys.argv[2], row_group_size=10_000)
