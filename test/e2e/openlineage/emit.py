"""Sends what a pipeline sends with the real client: the address of a hub, a step, and its run ids.

Each event goes out `TIMES` times. Reports what came of it as lines of JSON.
"""

import json
import os
import sys
from datetime import datetime, timedelta, timezone

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
    StaticDataset,
)
from openlineage.client.transport.http import HttpConfig, HttpTransport

PRODUCER = "https://pipelines.test/churn"
START = datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)
TIMES = int(os.environ.get("TIMES", "1"))
url, step, *run_ids = sys.argv[1:]


def client(**more):
    config = {
        "url": url,
        "endpoint": "api/v1/lineage?project=main/churn",
        "auth": {"type": "api_key", "apiKey": os.environ["OPENLINEAGE_KEY"]},
        "retry": {"total": 0},
        **more,
    }
    return OpenLineageClient(transport=HttpTransport(HttpConfig.from_dict(config)))


def run_event(state, run_id, minute, **more):
    return RunEvent(
        eventType=state,
        eventTime=(START + timedelta(minutes=minute)).isoformat(),
        run=Run(run_id),
        job=Job("churn", "features"),
        producer=PRODUCER,
        **more,
    )


def emit(event, to):
    for _ in range(TIMES):
        to.emit(event)


def report(**fields):
    print(json.dumps({"step": step, **fields}))


raw = InputDataset("s3://lake", "raw/customers")
features = OutputDataset("s3://lake", "features/customers")
plain, packed = client(), client(compression="gzip")

if step == "life":
    failed, done = run_ids
    emit(run_event(RunState.START, failed, 0, inputs=[raw], outputs=[features]), plain)
    emit(run_event(RunState.RUNNING, failed, 1), plain)
    emit(run_event(RunState.FAIL, failed, 2), packed)
    emit(run_event(RunState.START, done, 3, inputs=[raw]), packed)
    emit(run_event(RunState.COMPLETE, done, 4, outputs=[features]), packed)
    time = START.isoformat()
    dataset = StaticDataset("s3://lake", "raw/customers")
    emit(DatasetEvent(eventTime=time, dataset=dataset, producer=PRODUCER), plain)
    emit(JobEvent(eventTime=time, job=Job("churn", "features"), producer=PRODUCER), plain)
    report(sent=7)
elif step == "refused":
    try:
        client(auth={"type": "api_key", "apiKey": "ledgerline-" + "0" * 48}).emit(
            run_event(RunState.START, run_ids[0], 0)
        )
        report(status=None)
    except Exception as error:
        report(status=getattr(getattr(error, "response", None), "status_code", str(error)))
elif step == "many":
    acknowledged = []
    for minute, run_id in enumerate(run_ids):
        try:
            plain.emit(run_event(RunState.START, run_id, minute, outputs=[features]))
        except Exception:
            break
        acknowledged.append(run_id)
        print(json.dumps({"step": f"sent-{len(acknowledged)}"}), flush=True)
    report(acknowledged=acknowledged)
