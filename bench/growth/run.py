#!/usr/bin/env python3
"""Times networks that grow in one respect, each size in a process of its own, and draws the curves of docs/performance.md.

Keeps the figures in bench/results/growth.json. Curves are of processor time on one thread, which other processes hardly
disturb; only the gain by more threads is timed by the clock. Of the repetitions the best is taken. Needs the standard
library only.
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench", "peers"))

import diagram  # noqa: E402
import report  # noqa: E402
from run import busy_s, children_s, commit, machine, wait_for_quiet  # noqa: E402

PROGRAM = os.path.join(ROOT, "build", "bench", "cornu-growth")
BEGIN, END = "<!-- growth -->", "<!-- /growth -->"
QUIET = 0.15  # cores that others may use while threads are compared
# What is run with one thread more each time, up to all cores: a series and a size.
SCALED = [("batch", 128), ("depth", 32), ("recurrence", 200), ("attention", 512)]


def known_series():
    lines = subprocess.run([PROGRAM, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def measure(series, size, threads, args):
    """The best of the repetitions, or None where none came to an end."""
    command = [PROGRAM, "--series", series, "--size", str(size), "--threads", str(threads), "--seconds", str(args.seconds)]
    env = {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}
    best = None
    for _ in range(args.repetitions):
        try:
            output = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, timeout=args.timeout, text=True).stdout
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as e:
            print("%s %d: %s" % (series, size, e), file=sys.stderr)
            return best
        result = json.loads(output)
        if best is None:
            best = result
        for name in ("p10_ms", "peak_rss_mb", "build_s", "first_step_s", "step_s"):
            best[name] = min(best[name], result[name])
    print("%s %d, %d threads: %.4g ms, %.0f MB, made in %.3f s, first step %.3f s" % (
        series, size, threads, best["step_s"] * 1e3 if threads == 1 else best["p10_ms"], best["peak_rss_mb"],
        best["build_s"], best["first_step_s"]), file=sys.stderr, flush=True)
    return best


def points(results, series, name, factor=1):
    return [(r["size"], r[name] * factor) for r in results if r["workload"] == series]


def proportional(results, series):
    """The times if all work were done as fast as at the largest size."""
    rows = [r for r in results if r["workload"] == series]
    last = rows[-1]
    return [(r["size"], 1e3 * last["step_s"] / last["work"] * r["work"]) for r in rows]


def draw(folder, series, data):
    results, scaling = data["results"], data["scaling"]
    with_layers = [s for s in series if s["size"] == "layers" and s["series"].endswith(("layers", "training"))]
    networks = [s for s in series if s not in with_layers and points(results, s["series"], "step_s")]
    times, memory = [], []
    for s in networks:
        panel = diagram.Panel("%s: %s" % (s["series"], s["what"]), s["size"], "milliseconds a training step")
        panel.add("", points(results, s["series"], "step_s", 1e3))
        panel.add("as the work", proportional(results, s["series"]), dashed=True)
        times.append(panel)
        panel = diagram.Panel("%s: %s" % (s["series"], s["what"]), s["size"], "peak memory of the process, MB")
        panel.add("", points(results, s["series"], "peak_rss_mb"))
        memory.append(panel)
    layers = []
    for s in with_layers:
        panel = diagram.Panel(s["what"], s["size"], "seconds")
        panel.add("make", points(results, s["series"], "build_s"))
        panel.add("compile and first step", points(results, s["series"], "first_step_s"))
        panel.add("a step", points(results, s["series"], "step_s"))
        layers.append(panel)
    panel = diagram.Panel("threads: as fast as one thread", "threads", "times")
    for name, size in SCALED:
        rows = [r for r in scaling if r["workload"] == name]
        panel.add("%s %d" % (name, size), [(r["threads"], rows[0]["p10_ms"] / r["p10_ms"]) for r in rows])
    for name, panels in (("growth_time", times + [panel]), ("growth_memory", memory), ("growth_layers", layers)):
        if any(p.curves for p in panels):
            diagram.write(os.path.join(folder, name + ".svg"), panels)


def times_more(value):
    return "%.0f" % value if value >= 100 else "%.3g" % value


def growth_table(series, data):
    rows = []
    for s in series:
        own = [r for r in data["results"] if r["workload"] == s["series"]]
        if len(own) < 2:
            continue
        a, b = own[0], own[-1]
        cells = [s["series"], s["what"], "%d to %d %s" % (a["size"], b["size"], s["size"]),
                 times_more(b["work"] / a["work"])]
        cells += [times_more(b[name] / a[name]) for name in ("build_s", "first_step_s", "step_s", "peak_rss_mb")]
        rows.append(cells)
    return report.markdown(["series", "network", "from", "work", "making it", "first step", "a step", "memory"], rows)


def document_text(series, data):
    scaled = []
    for name, size in SCALED:
        own = [r for r in data["scaling"] if r["workload"] == name]
        scaled += [[name, size, r["threads"], report.number(r["p10_ms"]),
                    "%.2f" % (own[0]["p10_ms"] / r["p10_ms"])] for r in own]
    m = data["machine"]
    text = [growth_table(series, data), "",
            "How many times more work, time and memory at the largest size than at the smallest.", "",
            "![Time of a step](growth_time.svg)", "", "![Memory](growth_memory.svg)", "",
            "![Many layers](growth_layers.svg)", "",
            report.markdown(["series", "size", "threads", "ms", "times as fast"], scaled) if scaled else
            "What more threads gain was not measured: others used %.2f cores meanwhile." % data["foreign_cores"], "",
            "%s, commit %s, `%s`, on %s, %d cores, %s. The first table and the curves are of processor time on one thread." % (
                data["date"], data["commit"], data["command"], m["cpu"], m["cores"], m["memory"])]
    return "\n".join(text)


def main():
    series = known_series()
    p = argparse.ArgumentParser(prog="./dev bench --growth", description=__doc__)
    p.add_argument("--series", default="", help="with commas between them; all, and threads, by default: " +
                   ", ".join(s["series"] for s in series))
    p.add_argument("--seconds", type=float, default=1.0, help="for how long the steps of a size are timed")
    p.add_argument("--repetitions", type=int, default=2)
    p.add_argument("--timeout", type=int, default=120, help="seconds after which a size is given up")
    p.add_argument("--patience", type=float, default=60, help="seconds to wait for a quiet machine, before threads")
    p.add_argument("--results", default=os.path.join(ROOT, "bench", "results", "growth.json"), metavar="FILE")
    p.add_argument("--document", default=os.path.join(ROOT, "docs", "performance.md"), metavar="FILE",
                   help="the curves go beside it")
    args = p.parse_args()
    chosen = args.series.split(",") if args.series else [s["series"] for s in series]

    data = {"command": "./dev bench --growth" + "".join(" " + a for a in sys.argv[1:]), "commit": commit(),
            "date": datetime.date.today().isoformat(), "machine": machine(), "results": [],
            "scaling": []}
    for s in series:
        if s["series"] in chosen:
            for size in s["sizes"]:
                result = measure(s["series"], size, 1, args)
                if result is None:
                    break  # what is larger takes longer still
                data["results"].append(result)
    if not args.series:
        wait_for_quiet(QUIET, args.patience)
        begin, busy, own = time.monotonic(), busy_s(), children_s()
        for name, size in SCALED:
            for threads in range(1, os.cpu_count() + 1):
                result = measure(name, size, threads, args)
                if result is not None:
                    data["scaling"].append(result)
        data["foreign_cores"] = round((busy_s() - busy - (children_s() - own)) / (time.monotonic() - begin), 2)
        if data["foreign_cores"] > QUIET:
            data["scaling"] = []  # with a third busy process two threads are slower than one
    if args.series:  # a part is looked at, not kept
        print(growth_table(series, data))
        return
    report.write_lines(args.results, data)
    draw(os.path.dirname(args.document), series, data)
    report.write_between(args.document, BEGIN, END, document_text(series, data))


if __name__ == "__main__":
    main()
