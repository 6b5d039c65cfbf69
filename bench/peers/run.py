#!/usr/bin/env python3
"""Runs cornu, alone or with its peers side by side, over the workloads of cornu-bench.

Each run is a process of its own. For every repetition and every workload all peers run one after the other, so that a
noisy minute hits all of them; of the repetitions the best median is kept. Alone it prints a table; with --peers it keeps
every run in bench/results and writes the table of docs/performance.md. Needs the standard library only; see README.md.
"""
import argparse
import datetime
import json
import os
import platform
import resource
import shlex
import subprocess
import sys
import time

import report
from environment import ROOT, Environment

TRAIN = ["keras_tf_fit", "keras_tf_graph", "keras_tf_xla", "keras_jax", "keras_torch",
         "torch_eager", "torch_compile", "torch_jit", "libtorch"]
CONV_TRAIN = TRAIN + ["torch_eager_cl", "torch_compile_cl", "libtorch_cl"]
INFER = ["keras_tf_graph", "keras_tf_xla", "keras_tf_frozen", "keras_tf_predict", "keras_jax",
         "torch_eager", "torch_compile", "torch_jit", "libtorch"]
CONV_INFER = INFER + ["torch_eager_cl", "torch_compile_cl", "libtorch_cl"]
SMALL_INFER = ["keras_tf_call", "keras_tf_pob", "keras_torch"]

# Who is measured on what.
PLAN = {
    "siamese_mlp_train": TRAIN,
    "siamese_conv_train": CONV_TRAIN,
    "lenet_train": CONV_TRAIN + ["keras_jax_fit"],
    "resnet20_train": CONV_TRAIN,
    "lstm_train": TRAIN,
    "gru_train": TRAIN,
    "transformer_train": TRAIN,
    "resnet50_infer_b1": CONV_INFER,
    "resnet50_infer_b8": CONV_INFER,
    "mobilenetv2_infer_b1": CONV_INFER,
    "mlp_infer_b1": INFER + SMALL_INFER,
    "lenet_infer_b1": CONV_INFER + SMALL_INFER,
    "fashion_epoch": ["keras_tf_fit", "keras_tf_graph", "keras_tf_xla", "keras_jax_fit", "keras_torch",
                      "torch_eager", "torch_eager_cl", "torch_compile", "torch_jit", "libtorch", "libtorch_cl"],
}


def busy_s():
    """CPU seconds that everything on the machine has used."""
    with open("/proc/stat") as f:
        ticks = [int(x) for x in f.readline().split()[1:]]
    idle, waiting = ticks[3], ticks[4]
    return (sum(ticks) - idle - waiting) / float(os.sysconf("SC_CLK_TCK"))


def children_s():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def wait_for_quiet(limit, patience):
    """Waits until everything else uses less than `limit` cores, at most `patience` seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        begin, busy = time.monotonic(), busy_s()
        time.sleep(0.4)
        if (busy_s() - busy) / (time.monotonic() - begin) < limit:
            return
        time.sleep(1.0)


def run_once(peer, workload, args, environment):
    command = environment.command(peer) + ["--workload", workload, "--threads", str(args.threads),
                                           "--seconds", str(args.seconds)]
    if args.batch_factor != 1:
        command += ["--batch-factor", str(args.batch_factor)]
    result = {"workload": workload, "peer": peer}
    env = dict(os.environ, CUDA_VISIBLE_DEVICES="", PYTHONDONTWRITEBYTECODE="1")
    env.setdefault("FASHION_MNIST_DIR", "/usr/share/datasets/fashion-mnist")
    env.pop("OMP_WAIT_POLICY", None)  # as a user runs it
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        env[name] = str(args.threads)
    busy, own, begin = busy_s(), children_s(), time.monotonic_ns()
    env["BENCH_T0_NS"] = str(begin)
    try:
        process = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 timeout=args.timeout, text=True)
    except subprocess.TimeoutExpired:
        return dict(result, error="no result after %d s" % args.timeout)
    except OSError as e:
        return dict(result, error=e.strerror)
    seconds = (time.monotonic_ns() - begin) / 1e9
    for line in reversed(process.stdout.strip().splitlines()):
        if line.startswith("{"):
            result.update(json.loads(line))
            # Cores that the rest of the machine used meanwhile.
            result["foreign_cores"] = round(max(0.0, busy_s() - busy - (children_s() - own)) / seconds, 3)
            return result
    last = (process.stderr.strip().splitlines() or ["no output"])[-1][:200]
    return dict(result, error="exit code %d: %s" % (process.returncode, last))


def run_quietly(peer, workload, args, environment):
    """A run; repeated as long as other processes disturbed it, the least disturbed one kept."""
    best = None
    for _ in range(1 + args.retries):
        wait_for_quiet(args.max_foreign, args.patience)
        result = run_once(peer, workload, args, environment)
        if "error" in result:
            return result
        if best is None or result["foreign_cores"] < best["foreign_cores"]:
            best = result
        if best["foreign_cores"] <= args.max_foreign:
            break
    return best


def machine():
    cpu, memory = platform.machine(), ""
    try:
        with open("/proc/cpuinfo") as f:
            cpu = next(line.split(":", 1)[1].strip() for line in f if line.startswith("model name"))
        with open("/proc/meminfo") as f:
            memory = "%.0f GiB" % (int(f.readline().split()[1]) / 1048576.0)
    except (OSError, StopIteration):
        pass
    return {"cpu": cpu, "cores": os.cpu_count(), "memory": memory, "os": platform.system()}


def commit():
    describe = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    return describe.stdout.strip()


def names(text):
    return [name for name in text.split(",") if name]


def parse_args():
    p = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--peers", nargs="?", const=",".join(sorted({q for plan in PLAN.values() for q in plan})),
                   metavar="LIST", help="side by side with these, with commas between them; with all, if none is named")
    p.add_argument("--workloads", default=",".join(PLAN), metavar="LIST", help="with commas between them; all by default")
    p.add_argument("--threads", type=int, default=os.cpu_count(), help="all cores by default")
    p.add_argument("--batch-factor", type=int, default=1, metavar="N", help="times the batch of each workload")
    p.add_argument("--seconds", type=float, default=5, help="for how long the steps of a run are timed")
    p.add_argument("--repetitions", type=int, help="3 with peers, else 1")
    p.add_argument("--timeout", type=int, default=400, help="seconds after which a run is given up")
    p.add_argument("--max-foreign", type=float, default=0.15, metavar="CORES",
                   help="what everything else may use before a run is repeated")
    p.add_argument("--retries", type=int, default=1, help="how often")
    p.add_argument("--patience", type=float, default=20, help="seconds to wait for a quiet machine")
    p.add_argument("--results", default=os.path.join(ROOT, "bench", "results"), metavar="FOLDER")
    p.add_argument("--document", default=os.path.join(ROOT, "docs", "performance.md"), metavar="FILE")
    args = p.parse_args()
    unknown = sorted(set(names(args.workloads)) - set(PLAN))
    if unknown:
        p.error("no workload is named %s; there are %s" % (", ".join(unknown), ", ".join(PLAN)))
    args.repetitions = args.repetitions or (3 if args.peers else 1)
    return args


def main():
    args = parse_args()
    workloads, peers = names(args.workloads), names(args.peers or "")
    environment = Environment([p for p in peers if any(p in PLAN[w] for w in workloads)])
    results = []
    for repetition in range(args.repetitions):
        for workload in workloads:
            for peer in [p for p in PLAN[workload] if p in peers] + ["cornu"]:
                result = run_quietly(peer, workload, args, environment)
                results.append(dict(result, repetition=repetition))
                print("%d %-21s %-17s %s" % (repetition, workload, peer, report.line(result)), file=sys.stderr, flush=True)
    if not peers:
        print(report.own_table(results))
        return any("error" in r for r in results)
    print(report.side_by_side(results))
    run = {"command": "./dev bench " + " ".join(shlex.quote(a) for a in sys.argv[1:]), "commit": commit(),
           "date": datetime.date.today().isoformat(), "machine": machine(), "threads": args.threads,
           "batch_factor": args.batch_factor}
    report.keep(args.results, run, results)
    report.update_document(args.document, args.results)
    return any("error" in r for r in results if r["peer"] == "cornu")


if __name__ == "__main__":
    sys.exit(main())
