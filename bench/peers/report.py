"""Tables of results: for the terminal, and in docs/performance.md between two markers."""
import glob
import json
import os

# The figure that decides; milliseconds of the median step where nothing else is said.
METRIC = {"fashion_epoch": "wall_s"}
BEGIN, END = "<!-- peers -->", "<!-- /peers -->"


def metric(result):
    return result.get(METRIC.get(result["workload"], "median_ms"))


def number(value):
    if value is None:
        return ""
    return "%.0f" % value if value >= 100 else "%.3g" % value


def figure(result):
    return number(metric(result)) + (" s" if result["workload"] in METRIC else " ms")


def line(result):
    if "error" in result:
        return "did not run: " + result["error"]
    return "%s, cold start %.2f s, %.0f MB, others used %.2f cores" % (
        figure(result), result["cold_start_s"], result["peak_rss_mb"], result["foreign_cores"])


def best_of(results):
    """(workload, peer) -> the run with the best deciding figure, with the lowest cold start and memory of all runs."""
    best = {}
    for result in results:
        key = result["workload"], result["peer"]
        before = best.get(key)
        if "error" in result or before is None or "error" in before:
            if before is None or "error" in before:
                best[key] = dict(result)
            continue
        better = dict(min(before, result, key=metric))
        for name in ("cold_start_s", "peak_rss_mb"):
            better[name] = min(before[name], result[name])
        best[key] = better
    return best


def workloads_of(results):
    return list(dict.fromkeys(r["workload"] for r in results))


def markdown(header, rows):
    """A table with columns of even width, numbers to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [header] + rows) for i in range(len(header))]
    right = [i > 0 and all(row[i][:1].isdigit() or not row[i] for row in rows) for i in range(len(header))]

    def text(row):
        return "| " + " | ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right)) + " |"
    rule = "|" + "|".join("-" * (w + 1) + (":" if r else "-") for w, r in zip(widths, right)) + "|"
    return "\n".join([text(header), rule] + [text(row) for row in rows])


def own_table(results):
    best = best_of(results)
    rows = []
    for workload in workloads_of(results):
        r = best[workload, "cornu"]
        if "error" in r:
            rows.append([workload, "did not run: " + r["error"]] + [""] * 8)
            continue
        rows.append([workload, r["batch_size"], figure(r), number(r["p10_ms"]), number(r["p90_ms"]),
                     "%.3f" % r["cold_start_s"], "%.1f" % r["peak_rss_mb"]]
                    + ["%.5f" % r[name] for name in ("loss_first", "loss_step5", "loss_last")])
    return markdown(["workload", "batch", "step", "p10 ms", "p90 ms", "cold start s", "memory MB", "first loss", "after 5",
                     "last"], rows)


def comparison(results):
    """One row for each workload: cornu beside the best two peers."""
    best = best_of(results)
    rows = []
    for workload in workloads_of(results):
        own = best.get((workload, "cornu"))
        peers = sorted((r for (w, p), r in best.items() if w == workload and p != "cornu" and "error" not in r), key=metric)
        if own is None or "error" in own or not peers:
            rows.append([workload, "", "no comparison"] + [""] * 6)
            continue
        second = peers[1] if len(peers) > 1 else None
        cold = min(r["cold_start_s"] for r in peers)
        memory = min(r["peak_rss_mb"] for r in peers)
        rows.append([workload, own["batch_size"], figure(own), "%s %s" % (peers[0]["peer"], figure(peers[0])),
                     "%.2f" % (metric(peers[0]) / metric(own)),
                     "%s %s" % (second["peer"], figure(second)) if second else "",
                     "%.2f s, %.0f times less" % (own["cold_start_s"], cold / max(own["cold_start_s"], 1e-3)),
                     "%.0f MB, %.1f times less" % (own["peak_rss_mb"], memory / own["peak_rss_mb"])])
    return markdown(["workload", "batch", "cornu", "best peer", "ratio", "second", "cold start", "peak memory"], rows)


def disagreements(results):
    """Workloads whose losses are not Keras': nobody should compare times of different networks."""
    best = best_of(results)
    found = []
    for workload in workloads_of(results):
        own = best.get((workload, "cornu"), {})
        keras = [r for (w, p), r in best.items() if w == workload and p.startswith("keras") and "error" not in r]
        # The large networks of keras.applications have other first weights there, and an epoch another order.
        if workload in METRIC or "error" in own or not keras or workload.startswith(("resnet50", "mobilenet")):
            continue
        for name in ("loss_first", "loss_step5"):
            losses = [r[name] for r in keras if r.get(name) is not None]
            if losses and min(abs(own[name] - loss) / abs(loss) for loss in losses) > 1e-3:
                found.append("%s: %s is %.6g; Keras has %.6g" % (workload, name, own[name], losses[0]))
    return found


def side_by_side(results):
    best = best_of(results)
    parts = []
    for workload in workloads_of(results):
        rows = sorted((r for (w, _), r in best.items() if w == workload), key=lambda r: metric(r) or float("inf"))
        parts += [workload] + ["  %-17s %s" % (r["peer"], line(r)) for r in rows]
    return "\n".join(parts + ["", comparison(results), ""] + disagreements(results))


def result_file(folder, run):
    factor = run["batch_factor"]
    return os.path.join(folder, "threads-%d%s.json" % (run["threads"], "-batch-x%d" % factor if factor != 1 else ""))


def keep(folder, run, results):
    """Puts a run into the file of its setting, in place of what that has of the same workloads."""
    path = result_file(folder, run)
    runs, kept = [], []
    if os.path.exists(path):
        with open(path) as f:
            old = json.load(f)
        measured = set(workloads_of(results))
        kept = [r for r in old["results"] if r["workload"] not in measured]
        used = sorted({r["run"] for r in kept})
        runs = [old["runs"][i] for i in used]
        kept = [dict(r, run=used.index(r["run"])) for r in kept]
    runs.append(run)
    kept += [dict(r, run=len(runs) - 1) for r in results]
    os.makedirs(folder, exist_ok=True)
    with open(path + ".tmp", "w") as f:
        f.write('{"runs": [\n%s\n],\n"results": [\n%s\n]}\n' % (",\n".join(map(json.dumps, runs)),
                                                               ",\n".join(map(json.dumps, kept))))
    os.replace(path + ".tmp", path)


def versions(results):
    return ", ".join(sorted({("cornu " if r["peer"] == "cornu" else "") + r["version"] for r in results if "version" in r}))


def section(data):
    runs, results = data["runs"], data["results"]
    first = runs[0]
    times = "" if first["batch_factor"] == 1 else ", %d times the batch" % first["batch_factor"]
    text = ["### %d thread%s%s" % (first["threads"], "" if first["threads"] == 1 else "s", times), "",
            comparison(results), ""]
    for i, run in enumerate(runs):
        of_run = [r for r in results if r["run"] == i]
        m = run["machine"]
        which = "All" if len(runs) == 1 else ", ".join(workloads_of(of_run))
        text.append("- %s: %s, commit %s, `%s`, on %s, %d cores, %s. %s." % (
            which, run["date"], run["commit"], run["command"], m["cpu"], m["cores"], m["memory"], versions(of_run)))
    foreign = [r["foreign_cores"] for r in results if "foreign_cores" in r]
    share = best_of(results).get(("fashion_epoch", "cornu"), {}).get("share_in_steps")
    if share is not None:
        text.append("- Of the epoch of fashion_epoch, cornu spent %.1f %% within training steps." % (100 * share))
    text += ["- While a run went on, others used %.2f cores in the median and %.2f at most." % (
        sorted(foreign)[len(foreign) // 2], max(foreign))]
    return "\n".join(text)


def write_lines(path, data):
    """A file of results, one line for each of them."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(json.dumps(data).replace('{"workload"', '\n{"workload"') + "\n")


def write_between(document, begin, end, text):
    """Puts the text between two markers of the document."""
    with open(document) as f:
        old = f.read()
    if begin not in old or end not in old:
        raise SystemExit("%s: expected the markers %s and %s, between which the figures go" % (document, begin, end))
    with open(document, "w") as f:
        f.write("%s%s\n\n%s\n\n%s%s" % (old.split(begin)[0], begin, text, end, old.split(end)[1]))


def update_document(document, folder):
    """Writes the tables of all result files between the markers of the document."""
    files = []
    for path in glob.glob(os.path.join(folder, "threads-*.json")):
        with open(path) as f:
            files.append(json.load(f))
    files.sort(key=lambda data: (data["runs"][0]["batch_factor"], -data["runs"][0]["threads"]))
    write_between(document, BEGIN, END, "\n\n".join(map(section, files)))
