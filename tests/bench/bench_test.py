"""The programs of bench and what makes tables of their results.

usage: bench_test.py FOLDER, with cornu-bench, cornu-bench-limit and cornu-growth in FOLDER. Needs the standard library only.
"""
import gzip
import importlib.util
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path += [os.path.join(ROOT, "bench", folder) for folder in ("peers", "growth")]
sys.dont_write_bytecode = True
FOLDER = sys.argv.pop() if len(sys.argv) > 1 else os.path.join(ROOT, "build", "bench")

import diagram  # noqa: E402
import report  # noqa: E402
import run  # noqa: E402

def script(folder):
    """bench/FOLDER/run.py as a module: all of them have one name."""
    spec = importlib.util.spec_from_file_location(folder, os.path.join(ROOT, "bench", folder, "run.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


limit, scaling = script("limit"), script("scaling")

# Of Keras 3.15.1, in the first step and after five updates.
LOSSES = {"siamese_mlp_train": (3.557189, 1.13722), "lenet_train": (2.332819, 2.11640), "lstm_train": (2.295441, 1.96364),
          "gru_train": (2.296912, 1.89176), "mlp_infer_b1": (0.085395, 0.08539), "lenet_infer_b1": (0.037929, 0.03793)}
KEYS = {"workload", "peer", "batch_size", "median_ms", "p10_ms", "p90_ms", "steps", "cold_start_s", "peak_rss_mb",
        "loss_first", "loss_step5", "loss_last", "params", "threads", "version"}


def program(name, *arguments, env=None):
    return subprocess.run([os.path.join(FOLDER, name), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=env)


def result(workload, peer, milliseconds, **more):
    return dict({"workload": workload, "peer": peer, "batch_size": 1, "median_ms": milliseconds, "p10_ms": milliseconds,
                 "p90_ms": milliseconds, "cold_start_s": 1.0, "peak_rss_mb": 100.0, "loss_first": 0.5, "loss_step5": 0.25,
                 "loss_last": 0.125, "foreign_cores": 0.0, "version": "1"}, **more)


def a_run(**more):
    return dict({"command": "./dev bench", "commit": "abc", "date": "2026-01-01", "threads": 2, "batch_factor": 1,
                 "machine": {"cpu": "a processor", "cores": 2, "memory": "4 GiB"}}, **more)


class Programs(unittest.TestCase):
    def test_cornu_bench_trains_the_networks_of_the_peers(self):
        for workload, (first, after_five) in LOSSES.items():
            with self.subTest(workload):
                line = json.loads(program("cornu-bench", "--workload", workload, "--threads", "1", "--seconds", "0").stdout)
                self.assertEqual(set(line), KEYS)
                self.assertAlmostEqual(line["loss_first"] / first, 1, delta=2e-5)  # they are given to six decimals
                self.assertAlmostEqual(line["loss_step5"] / after_five, 1, delta=2e-4)

    def test_batches_grow_by_their_factor(self):
        line = json.loads(program("cornu-bench", "--workload", "mlp_infer_b1", "--batch-factor", "4", "--threads", "1",
                                  "--seconds", "0").stdout)
        self.assertEqual(line["batch_size"], 4)

    def test_the_plan_has_all_workloads(self):
        self.assertEqual(sorted(program("cornu-bench", "--list").stdout.split()), sorted(run.PLAN))

    def test_mistakes_are_named(self):
        for arguments in (["--workload", "no_such"], ["--no-such", "1"], [],
                          ["--workload", "lenet_train", "--batch-factor", "0"]):
            wrong = program("cornu-bench", *arguments)
            self.assertEqual((wrong.returncode, wrong.stdout), (1, ""))
            self.assertIn("cornu-bench: ", wrong.stderr)

    def test_growth_measures_the_size_asked_for(self):
        for line in map(json.loads, program("cornu-growth", "--list").stdout.splitlines()):
            with self.subTest(line["series"]):
                size = min(line["sizes"])
                measured = json.loads(program("cornu-growth", "--series", line["series"], "--size", str(min(size, 30)),
                                              "--threads", "1", "--seconds", "0").stdout)
                self.assertEqual(measured["size"], min(size, 30))
                self.assertGreater(measured["first_step_s"], 0)

    def test_limit_tells_computing_from_moving(self):
        arguments = ["--workload", "lenet_train", "--threads", "1", "--seconds", "0"]
        line = json.loads(program("cornu-bench-limit", *arguments, "--summary").stdout)
        self.assertEqual(line["workload"], "lenet_train")
        self.assertGreaterEqual(line["limit_ms"], max(line["alone_ms"], line["memory_ms"]))
        self.assertLessEqual(line["limit_ms"], line["alone_ms"] + line["memory_ms"])
        # 1 MB/ms is 1 GB/s.
        self.assertAlmostEqual(line["memory_ms"] * line["memory_gb_per_s"], line["memory_mb"], delta=1e-6 * line["memory_mb"])
        table = program("cornu-bench-limit", *arguments).stdout
        for word in ("memory MB", "limit ms", "conv_kernel_gradient", "call / kernels alone", "call / limit"):
            self.assertIn(word, table)

    def test_the_epoch_says_how_much_of_it_are_steps(self):
        count = 130
        pixels = bytes(i * 7 % 256 for i in range(count * 28 * 28))
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("images-idx3", struct.pack(">IIII", 0x803, count, 28, 28) + pixels),
                                  ("labels-idx1", struct.pack(">II", 0x801, count) + bytes(i % 10 for i in range(count)))):
                with gzip.open(os.path.join(folder, "train-%s-ubyte.gz" % name), "wb") as f:
                    f.write(content)
            line = json.loads(program("cornu-bench", "--workload", "fashion_epoch", "--threads", "1",
                                      env=dict(os.environ, FASHION_MNIST_DIR=folder)).stdout)
        self.assertGreater(line["share_in_steps"], 0)
        self.assertLess(line["share_in_steps"], 1)


class Limit(unittest.TestCase):
    def test_the_least_times_of_the_repetitions_count(self):
        best = limit.best_of([{"workload": "w", "limit_ms": 2.0, "call_ms": 3.0, "memory_gb_per_s": 40.0},
                              {"workload": "w", "limit_ms": 2.5, "call_ms": 2.9, "memory_gb_per_s": 50.0}])
        self.assertEqual(best, {"workload": "w", "limit_ms": 2.0, "call_ms": 2.9, "memory_gb_per_s": 50.0})

    def test_a_call_is_compared_with_each_sum(self):
        text = limit.table([{"workload": "w", "alone_ms": 2.0, "memory_mb": 30.0, "memory_ms": 1.5, "limit_ms": 2.5,
                             "in_step_ms": 2.75, "call_ms": 3.0, "arena_ratio": 1.0}])
        cells = [cell.strip() for cell in text.splitlines()[-1].split("|")]
        self.assertEqual(cells[-5:-1], ["1.50", "0.86", "1.20", "1.000"])


class Scaling(unittest.TestCase):
    def test_counts_end_with_all_cores(self):
        self.assertEqual(scaling.counts(1), [1])
        self.assertEqual(scaling.counts(2), [1, 2])
        self.assertEqual(scaling.counts(12), [1, 2, 4, 8, 12])

    def test_the_best_repetition_is_compared_with_one_thread(self):
        results = [result("lenet_train", "cornu", ms, threads=t) for ms, t in ((9.0, 1), (8.0, 1), (5.0, 2), (6.0, 2))]
        results += [{"workload": "lenet_train", "peer": "cornu", "error": "broken", "threads": 2}]
        best = scaling.best_of(results)
        self.assertEqual(best, {"lenet_train": {1: 8.0, 2: 5.0}})
        self.assertIn("1.60", scaling.table(best))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "d.svg")
            scaling.draw(path, best)
            with open(path) as f:
                text = f.read()
        self.assertIn("lenet_train", text)
        self.assertNotIn("mlp_infer_b1", text)


class Report(unittest.TestCase):
    def test_the_best_repetition_counts(self):
        best = report.best_of([result("w", "a", 3.0), result("w", "a", 2.0, cold_start_s=5.0), result("w", "a", 4.0),
                               {"workload": "w", "peer": "a", "error": "broken"}])
        self.assertEqual((best["w", "a"]["median_ms"], best["w", "a"]["cold_start_s"]), (2.0, 1.0))

    def test_the_ratio_is_that_to_the_best_peer(self):
        text = report.comparison([result("w", "cornu", 2.0), result("w", "slow", 9.0), result("w", "fast", 5.0)])
        self.assertIn("| fast 5 ms | ", text)
        self.assertIn(" 2.50 | slow 9 ms ", text)

    def test_a_peer_that_failed_is_left_out_and_named(self):
        results = [result("w", "cornu", 2.0), result("w", "slow", 9.0), {"workload": "w", "peer": "fast", "error": "no file"}]
        self.assertIn("slow 9 ms", report.comparison(results))
        self.assertIn("did not run: no file", report.side_by_side(results))

    def test_other_losses_are_reported(self):
        keras = result("w", "keras_jax", 2.0)
        self.assertEqual(report.disagreements([keras, result("w", "cornu", 1.0)]), [])
        self.assertEqual(len(report.disagreements([keras, result("w", "cornu", 1.0, loss_first=0.51)])), 1)

    def test_a_later_run_replaces_its_workloads_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            document = os.path.join(folder, "page.md")
            with open(document, "w") as f:
                f.write("before\n%s\nwhat was here\n%s\nafter\n" % (report.BEGIN, report.END))
            both = [result(w, p, 2.0) for w in ("one", "two") for p in ("cornu", "peer")]
            report.keep(folder, a_run(), both)
            report.keep(folder, a_run(command="./dev bench --workloads two"),
                        [result("two", "cornu", 4.0), result("two", "peer", 2.0)])
            report.keep(folder, a_run(batch_factor=4), both)
            report.update_document(document, folder)
            with open(document) as f:
                text = f.read()
        self.assertTrue(text.startswith("before\n") and text.endswith("after\n"))
        self.assertNotIn("what was here", text)
        self.assertIn("### 2 threads\n", text)
        self.assertGreater(text.index("### 2 threads, 4 times the batch\n"), text.index("### 2 threads\n"))
        self.assertIn(" 0.50 |", text)
        self.assertIn("- two: 2026-01-01, commit abc, `./dev bench --workloads two`", text)

    def test_the_share_of_the_steps_is_said(self):
        epoch = [result("fashion_epoch", "cornu", 2.0, wall_s=1.0, share_in_steps=0.987, run=0),
                 result("fashion_epoch", "peer", 2.0, wall_s=3.0, run=0)]
        self.assertIn("cornu spent 98.7 % within training steps", report.section({"runs": [a_run()], "results": epoch}))


class Diagram(unittest.TestCase):
    def test_curves_stay_within_their_panel(self):
        panel = diagram.Panel("title", "x < y", "milliseconds")
        panel.add("a & b", [(1, 10), (10, 100), (1000, 5)])
        panel.add("", [(0, 0)])  # has no place on logarithmic axes
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "d.svg")
            diagram.write(path, [panel, panel])
            with open(path) as f:
                text = f.read()
        self.assertIn("x &lt; y", text)
        self.assertIn("a &amp; b", text)
        self.assertEqual(text.count("<circle"), 6)
        self.assertIn('width="%d" height="%d"' % (2 * diagram.WIDTH, diagram.HEIGHT), text)


if __name__ == "__main__":
    unittest.main()
