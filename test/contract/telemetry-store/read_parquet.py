"""Reads a folder of Parquet files with pandas and with DuckDB and prints what it finds as JSON."""

import json
import pathlib
import sys

import duckdb
import pandas
import pyarrow.dataset

folder = pathlib.Path(sys.argv[1])
frame = pandas.read_parquet(folder)
print(json.dumps({
    "reader": "pandas",
    "rows": len(frame),
    "lines": [int(frame["_line"].min()), int(frame["_line"].max())],
    "sum": float(frame["a"].sum()),
    "missing": int(frame["b"].isna().sum()),
    "flags": frame["flag"].value_counts().sort_index().tolist(),
    "texts": frame["text"].dropna().tolist()[:2],
}))

files = str(folder / "*.parquet")
query = f"""select count(*), min(_line), max(_line), sum(a), count(*) - count(b), count(*) filter (isnan(odd))
    from read_parquet('{files}', union_by_name = true)"""
rows, first, last, total, missing, nans = duckdb.sql(query).fetchall()[0]
print(json.dumps({
    "reader": "duckdb",
    "rows": rows,
    "lines": [first, last],
    "sum": total,
    "missing": missing,
    "nans": nans,
}))

schema = pyarrow.dataset.dataset(folder, format="parquet").schema
print(json.dumps({"reader": "pyarrow", "types": {field.name: str(field.type) for field in schema}}))
