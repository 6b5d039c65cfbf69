#!/usr/bin/env python3
"""Times cornu's workloads on one core, two, four, ... and all of them, each run in a process of its own.

Keeps the figures in bench/results/scaling.json, draws the curves and writes the table of docs/performance.md; of the
repetitions the best counts. Needs the standard library only.
"""
import argparse
import datetime
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "bench", folder) for folder in ("peers", "growth")]

import diagram  # noqa: E402
import report  # noqa: E402
from environment import Environment  # noqa: E402
from run import PLAN, commit, machine, names, run_quietly  # noqa: E402

BEGIN, END = "<!-- scaling -->", "<!-- /scaling -->"
DRAWING = "scaling.svg"
# One diagram for each kind of network.
PANELS = [("training: images", ["siamese_conv_train", "lenet_train", "resnet20_train", "fashion_epoch"]),
          ("training: vectors and sequences", ["siamese_mlp_train", "lstm_train", "gru_train", "transformer_train"]),
          ("inference", ["resnet50_infer_b1", "resnet50_infer_b8", "mobilenetv2_infer_b1", "mlp_infer_b1",
                         "lenet_infer_b1"])]


def counts(cores):
    """1, 2, 4, ..., and all of them."""
    return sorted({1 << k for k in range(cores.bit_length()) if 1 << k <= cores} | {cores})


def best_of(results):
    """workload -> threads -> the best figure."""
    best = {}
    for r in results:
        if "error" not in r:
            times = best.setdefault(r["workload"], {})
            times[r["threads"]] = min(report.metric(r), times.get(r["threads"], report.metric(r)))
    return {w: times for w, times in best.items() if 1 in times}


def table(best):
    threads = sorted({t for times in best.values() for t in times})
    rows = []
    for workload, times in best.items():
        unit = " s" if workload in report.METRIC else " ms"
        rows.append([workload] + [report.number(times[t]) + unit if t in times else "" for t in threads]
                    + ["%.2f" % (times[1] / times[t]) if t in times else "" for t in threads[1:]])
    return report.markdown(["workload", "1 thread"] + ["%d threads" % t for t in threads[1:]] +
                           ["%d threads: times as fast" % t for t in threads[1:]], rows)


def draw(path, best):
    panels = []
    for title, workloads in PANELS:
        panel = diagram.Panel(title, "threads", "times as fast as one thread")
        for w in workloads:
            panel.add(w, [(t, best[w][1] / best[w][t]) for t in sorted(best.get(w, {}))])
        most = max((x for _, points, _ in panel.curves for x, _ in points), default=1)
        panel.add("as the threads", [(t, t) for t in counts(most)], dashed=True)
        if len(panel.curves) > 1:
            panels.append(panel)
    diagram.write(path, panels)


def document_text(data):
    m = data["machine"]
    foreign = [r["foreign_cores"] for r in data["results"] if "foreign_cores" in r]
    return "\n".join([table(best_of(data["results"])), "", "![Threads](%s)" % DRAWING, "",
                      "%s, commit %s, `%s`, on %s, %d cores, %s. While a run went on, others used %.2f cores in the median "
                      "and %.2f at most." % (data["date"], data["commit"], data["command"], m["cpu"], m["cores"],
                                             m["memory"], sorted(foreign)[len(foreign) // 2], max(foreign))])


def main():
    p = argparse.ArgumentParser(prog="./dev bench --scaling", description=__doc__,
                                formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--workloads", default=",".join(PLAN), metavar="LIST", help="with commas between them; all by default")
    p.add_argument("--cores", type=int, default=os.cpu_count(), help="the most threads; all cores by default")
    p.add_argument("--batch-factor", type=int, default=1, metavar="N", help="times the batch of each workload")
    p.add_argument("--seconds", type=float, default=3, help="for how long the steps of a run are timed")
    p.add_argument("--repetitions", type=int, default=3)
    p.add_argument("--timeout", type=int, default=400, help="seconds after which a run is given up")
    p.add_argument("--max-foreign", type=float, default=0.15, metavar="CORES",
                   help="what everything else may use before a run is repeated")
    p.add_argument("--retries", type=int, default=1, help="how often")
    p.add_argument("--patience", type=float, default=20, help="seconds to wait for a quiet machine")
    p.add_argument("--results", default=os.path.join(ROOT, "bench", "results", "scaling.json"), metavar="FILE")
    p.add_argument("--document", default=os.path.join(ROOT, "docs", "performance.md"), metavar="FILE",
                   help="the curves go beside it")
    args = p.parse_args()
    environment = Environment([])
    results = []
    for _ in range(args.repetitions):
        for workload in names(args.workloads):
            for threads in counts(args.cores):
                args.threads = threads  # what a run is to use
                result = run_quietly("cornu", workload, args, environment)
                results.append(dict(result, threads=threads))
                print("%-21s %d threads: %s" % (workload, threads, report.line(result)), file=sys.stderr, flush=True)
    data = {"command": " ".join(["./dev bench --scaling"] + sys.argv[1:]), "commit": commit(),
            "date": datetime.date.today().isoformat(), "machine": machine(), "results": results}
    report.write_lines(args.results, data)
    draw(os.path.join(os.path.dirname(args.document), DRAWING), best_of(results))
    report.write_between(args.document, BEGIN, END, document_text(data))
    return any("error" in r for r in results)


if __name__ == "__main__":
    sys.exit(main())
