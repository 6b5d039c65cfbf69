#!/usr/bin/env python3
"""How close cornu's workloads come to what their kernels and memory allow, each in a process of its own.

Keeps the figures in bench/results/limit.json and writes the table of docs/performance.md; of the repetitions the least time
of each kind counts. With --workload or --steps it prints where the time of the steps goes instead, and keeps nothing. Needs
the standard library only.
"""
import argparse
import datetime
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench", "peers"))

import report  # noqa: E402
from run import PLAN, commit, machine, wait_for_quiet  # noqa: E402

PROGRAM = os.path.join(ROOT, "build", "bench", "cornu-bench-limit")
BEGIN, END = "<!-- limit -->", "<!-- /limit -->"
# Without fashion_epoch, whose steps are those of lenet_train.
WORKLOADS = [w for w in PLAN if w != "fashion_epoch"]


def command(args, *more):
    return [PROGRAM, "--threads", str(args.threads), "--batch-factor", str(args.batch_factor), "--seconds",
            str(args.seconds), "--cache-mb", str(args.cache_mb), *more]


def environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}  # as a user runs it


def ratio(result):
    return result["call_ms"] / result["limit_ms"]


def best_of(results):
    """The least time of each kind, and memory at its fastest: what others disturb is only longer."""
    best = dict(results[0])
    for name in best:
        if name != "workload":
            best[name] = (max if name == "memory_gb_per_s" else min)(r[name] for r in results)
    return best


def measure(workload, args):
    results = []
    for _ in range(args.repetitions):
        wait_for_quiet(args.max_foreign, args.patience)
        output = subprocess.run(command(args, "--workload", workload, "--summary"), env=environment(), check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        results.append(json.loads(output))
        print("%-21s %.2f times its limit of %s ms" % (workload, ratio(results[-1]), report.number(results[-1]["limit_ms"])),
              file=sys.stderr, flush=True)
    return best_of(results)


def table(results):
    rows = [[r["workload"]] + [report.number(r[name]) for name in ("alone_ms", "memory_mb", "memory_ms", "limit_ms",
                                                                   "in_step_ms", "call_ms")]
            + ["%.2f" % (r["call_ms"] / r["alone_ms"]), "%.2f" % (r["call_ms"] / (r["alone_ms"] + r["memory_ms"])),
               "%.2f" % ratio(r), "%.3f" % r["arena_ratio"]] for r in results]
    return report.markdown(["workload", "kernels alone, ms", "memory, MB", "memory, ms", "limit, ms", "in the step, ms",
                            "call, ms", "call / alone", "call / (alone + memory)",
                            "call / limit", "arena / in use at once"], rows)


def document_text(data):
    m = data["machine"]
    speeds = sorted(r["memory_gb_per_s"] for r in data["results"])
    return "\n".join([table(data["results"]), "",
                      "%s, commit %s, `%s`, %d threads on %s, %d cores, %s, whose memory moved %.1f to %.1f GB/s." % (
                          data["date"], data["commit"], data["command"], data["threads"], m["cpu"], m["cores"],
                          m["memory"], speeds[0], speeds[-1])])


def main():
    p = argparse.ArgumentParser(prog="./dev bench --limit", description=__doc__,
                                formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--workload", choices=WORKLOADS, help="where the time of its steps goes")
    p.add_argument("--steps", action="store_true", help="the same, step by step")
    p.add_argument("--threads", type=int, default=os.cpu_count(), help="all cores by default")
    p.add_argument("--batch-factor", type=int, default=1, metavar="N", help="times the batch of each workload")
    p.add_argument("--seconds", type=float, default=0.02, help="for how long a step is run by itself")
    p.add_argument("--cache-mb", type=int, default=0, metavar="N",
                   help="last-level cache that is left for it; as much as the system says by default")
    p.add_argument("--repetitions", type=int, default=3)
    p.add_argument("--max-foreign", type=float, default=0.15, metavar="CORES", help="what everything else may use")
    p.add_argument("--patience", type=float, default=20, help="seconds to wait for a quiet machine")
    p.add_argument("--results", default=os.path.join(ROOT, "bench", "results", "limit.json"), metavar="FILE")
    p.add_argument("--document", default=os.path.join(ROOT, "docs", "performance.md"), metavar="FILE")
    args = p.parse_args()
    if args.workload or args.steps:
        more = (["--workload", args.workload] if args.workload else []) + (["--steps"] if args.steps else [])
        return subprocess.run(command(args, *more), env=environment(), check=False).returncode
    data = {"command": " ".join(["./dev bench --limit"] + sys.argv[1:]), "commit": commit(),
            "date": datetime.date.today().isoformat(), "machine": machine(), "threads": args.threads,
            "results": [measure(w, args) for w in WORKLOADS]}
    report.write_lines(args.results, data)
    report.write_between(args.document, BEGIN, END, document_text(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
