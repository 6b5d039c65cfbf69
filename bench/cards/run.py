#!/usr/bin/env python3
"""Times training steps on an NVIDIA card beside PyTorch: the same networks, weights and batches, in float32 and in TF32.

    bench/cards/run.py [--cornu-bench FILE] [--seconds S] [--workloads LIST]

Needs PyTorch with CUDA in this Python (TORCH_PYTHON names another). Prints a table; the figure is the ratio of PyTorch's
fastest step to cornu's: above 1 cornu is faster. "busy" is the share of time in which a kernel of cornu's ran on the
card, as nvidia-smi samples it.
"""
import argparse
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORKLOADS = "siamese_mlp_train,siamese_conv_train,lenet_train,resnet20_train"
PEERS = ["torch_eager", "torch_eager_cl", "torch_compile", "torch_compile_cl"]


def last_line(command):
    """The JSON line that a program prints at its end; None, with what it said, where it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print("failed: %s\n%s" % (" ".join(command), done.stderr[-2000:]), file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def busy_share(command):
    """The median of nvidia-smi's samples while a program runs, without its beginning; None where there is no nvidia-smi."""
    try:
        sampler = subprocess.Popen(["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms",
                                    "200"], stdout=subprocess.PIPE, text=True)
    except OSError:
        return last_line(command), None
    result = last_line(command)
    sampler.terminate()
    samples = [float(line) for line in sampler.communicate()[0].split() if line.isdigit()]
    steady = sorted(samples[len(samples) // 2:-2])
    return result, steady[len(steady) // 2] / 100 if steady else None


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--cornu-bench", default=os.path.join(ROOT, "build", "bench", "cornu-bench"), metavar="FILE")
    p.add_argument("--seconds", default="5")
    p.add_argument("--workloads", default=WORKLOADS, metavar="LIST")
    args = p.parse_args()
    torch = [os.environ.get("TORCH_PYTHON", sys.executable), os.path.join(ROOT, "bench", "peers", "torch_peers.py")]
    print("%-20s %-8s %10s %6s %10s %-18s %6s" % (
        "workload", "products", "cornu ms", "busy", "torch ms", "fastest peer", "ratio"))
    failed = False
    for precision in ("fast", "tf32"):
        for workload in args.workloads.split(","):
            own, busy = busy_share([args.cornu_bench, "--workload", workload, "--seconds", args.seconds, "--device",
                                    "gpu:0", "--precision", precision])
            others = {}
            for peer in PEERS:
                command = torch + ["--workload", workload, "--peer", peer, "--seconds", args.seconds, "--device", "cuda"]
                result = last_line(command + (["--tf32"] if precision == "tf32" else []))
                if result:
                    others[peer] = result["median_ms"]
            if not own or not others:
                failed = True
                continue
            best = min(others, key=others.get)
            print("%-20s %-8s %10.4f %6s %10.4f %-18s %6.2f" % (
                workload, "tf32" if precision == "tf32" else "float32", own["median_ms"],
                "?" if busy is None else "%.2f" % busy, others[best], best, others[best] / own["median_ms"]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
