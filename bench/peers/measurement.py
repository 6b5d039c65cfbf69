"""Times the steps of a Python peer, and prints the line of JSON that cornu-bench prints."""
import argparse
import json
import os
import sys
import time

import numpy as np

def _process_start_monotonic_ns():
    """CLOCK_MONOTONIC of the start of the process: BENCH_T0_NS from the runner, else from /proc."""
    env = os.environ.get("BENCH_T0_NS")
    if env:
        return int(env)
    with open("/proc/self/stat") as f:
        ticks = int(f.read().rsplit(")", 1)[1].split()[19])
    boot_ns = int(ticks * 1e9 / os.sysconf("SC_CLK_TCK"))
    return time.monotonic_ns() - (time.clock_gettime_ns(time.CLOCK_BOOTTIME) - boot_ns)


T0_NS = _process_start_monotonic_ns()


def since_start_s():
    return (time.monotonic_ns() - T0_NS) / 1e9


def peak_rss_mb():
    """VmHWM: unlike ru_maxrss it does not inherit the footprint of the forking parent."""
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024.0, 1)
    return None


class Recorder:
    """Collects per-step times; feed() returns True when enough has been measured."""

    WARMUP = 6        # steps never counted; the first one is the cold start
    MIN_STEPS = 5
    MAX_STEPS = 50000

    def __init__(self, seconds):
        self.seconds = seconds
        self.losses = []
        self.times = []
        self.n = 0
        self.cold = None
        self.t_begin = None

    def feed(self, dt, loss):
        self.n += 1
        if self.n == 1:
            self.cold = since_start_s()
        if self.n <= 6:
            self.losses.append(loss)
        self.last = loss
        now = time.perf_counter()
        if self.n <= self.WARMUP:
            self.t_begin = now
            return False
        self.times.append(dt)
        if len(self.times) >= self.MAX_STEPS:
            return True
        return now - self.t_begin >= self.seconds and len(self.times) >= self.MIN_STEPS

    def loop(self, step):
        """step() runs one finished step and returns a python float (or None)."""
        clock = time.perf_counter
        while True:
            t = clock()
            loss = step()
            if self.feed(clock() - t, loss):
                return


def percentile(a, q):
    return float(np.percentile(np.asarray(a) * 1e3, q))


def emit(args, version, rec, batch_size, **extra):
    d = {"workload": args.workload, "peer": args.peer, "batch_size": batch_size}
    d.update(median_ms=round(percentile(rec.times, 50), 5),
             p10_ms=round(percentile(rec.times, 10), 5),
             p90_ms=round(percentile(rec.times, 90), 5),
             steps=len(rec.times),
             cold_start_s=round(rec.cold, 3),
             loss_first=rec.losses[0],
             loss_step5=rec.losses[5] if len(rec.losses) > 5 else None,
             loss_last=rec.last)
    d.update(extra)
    d.update(peak_rss_mb=peak_rss_mb(), threads=args.threads, version=version)
    sys.stdout.flush()
    print(json.dumps(d), flush=True)


def parse_args(peers):
    p = argparse.ArgumentParser()
    p.add_argument("--workload", required=True)
    p.add_argument("--peer", required=True, choices=peers)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seconds", type=float, default=10)
    p.add_argument("--data", default=os.environ.get("FASHION_MNIST_DIR", ""),
                   help="folder of the Fashion-MNIST .gz files (fashion_epoch)")
    p.add_argument("--batch-factor", type=int, default=1, help="times the workload's batch")
    p.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    p.add_argument("--tf32", action="store_true", help="products on a card may round their factors to TF32")
    a = p.parse_args()
    if a.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    for v in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[v] = str(a.threads)
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) > a.threads:  # thread pools sized from the core count (XLA) obey this
        os.sched_setaffinity(0, cpus[:a.threads])
    return a
