"""Print the names of the codecs that compress the columns of a Parquet file, as pyarrow reads its footer.

usage: codecs_of.py FILE
"""
import sys

import pyarrow.parquet as pq

if __name__ == "__main__":
    footer = pq.ParquetFile(sys.argv[1]).metadata
    groups = (footer.row_group(group) for group in range(footer.num_row_groups))
    codecs = {group.column(column).compression for group in groups for column in range(group.num_columns)}
    print(" ".join(sorted(codecs)))
