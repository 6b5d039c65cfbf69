"""The networks' inputs, targets and first kernels, number by number as cornu-bench has them.

Everything follows from integer arithmetic, so that the losses of the first steps prove that all trained the same network.
"""
import gzip
import os

import numpy as np

_M1, _M2, _M3 = (np.uint64(v) for v in
                 (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def hash_u64(stream, n):
    with np.errstate(over="ignore"):
        z = (np.uint64(stream) << np.uint64(40)) + np.arange(n, dtype=np.uint64)
        z = z + _M1
        z = (z ^ (z >> np.uint64(30))) * _M2
        z = (z ^ (z >> np.uint64(27))) * _M3
        return z ^ (z >> np.uint64(31))


def uniform01(stream, shape):
    n = int(np.prod(shape))
    return ((hash_u64(stream, n) >> np.uint64(40)).astype(np.float32)
            * np.float32(2.0 ** -24)).reshape(shape)


def uniform(stream, shape, lo, hi):
    return (uniform01(stream, shape) * np.float32(hi - lo) + np.float32(lo)).astype(np.float32)


def integers(stream, shape, n):
    cnt = int(np.prod(shape))
    return (hash_u64(stream, cnt) % np.uint64(n)).astype(np.int32).reshape(shape)


def kernel(k, shape, fan_sum):
    """k-th kernel of the network: glorot-uniform, limit sqrt(6 / (fan_in + fan_out))."""
    lim = np.float32(np.sqrt(6.0 / fan_sum))
    return ((uniform01(k, shape) * np.float32(2.0) - np.float32(1.0)) * lim).astype(np.float32)


INPUT, LABEL = 1000, 2000  # streams of input and of target number 0

# inputs: list of (shape without batch, lo, hi); labels: None | "bit" | number of classes
WORKLOADS = {
    "siamese_mlp_train": dict(kind="train", batch=128, inputs=[((784,), 0, 1)] * 2, labels="bit",
                              opt=("sgd", 0.01, 0.0)),
    "siamese_conv_train": dict(kind="train", batch=32, inputs=[((64, 64, 3), 0, 1)] * 2,
                               labels=None, opt=("sgd", 0.01, 0.0)),
    "lenet_train": dict(kind="train", batch=64, inputs=[((28, 28, 1), 0, 1)], labels=10,
                        opt=("adam", 1e-3)),
    "resnet20_train": dict(kind="train", batch=128, inputs=[((32, 32, 3), 0, 1)], labels=10,
                           opt=("sgd", 0.01, 0.9)),
    "lstm_train": dict(kind="train", batch=32, inputs=[((100, 64), -1, 1)], labels=10,
                       opt=("adam", 1e-3)),
    "gru_train": dict(kind="train", batch=32, inputs=[((100, 64), -1, 1)], labels=10,
                      opt=("adam", 1e-3)),
    "transformer_train": dict(kind="train", batch=16, inputs=[((128, 256), -1, 1)], labels=10,
                              opt=("adam", 1e-3)),
    "resnet50_infer_b1": dict(kind="infer", batch=1, inputs=[((224, 224, 3), 0, 1)]),
    "resnet50_infer_b8": dict(kind="infer", batch=8, inputs=[((224, 224, 3), 0, 1)]),
    "mobilenetv2_infer_b1": dict(kind="infer", batch=1, inputs=[((224, 224, 3), 0, 1)]),
    "mlp_infer_b1": dict(kind="infer", batch=1, inputs=[((784,), 0, 1)]),
    "lenet_infer_b1": dict(kind="infer", batch=1, inputs=[((28, 28, 1), 0, 1)]),
    "fashion_epoch": dict(kind="epoch", batch=64, inputs=[((28, 28, 1), 0, 1)], labels=10,
                          opt=("adam", 1e-3)),
}


def workload(name, batch_factor=1):
    """The entry of the table, with that many times its batch."""
    w = dict(WORKLOADS[name])
    w["batch"] *= batch_factor
    return w


def make_batch(w):
    """(list of numpy inputs in NHWC / NTC layout, labels or None)"""
    b = w["batch"]
    xs = [uniform(INPUT + i, (b,) + tuple(s), lo, hi) for i, (s, lo, hi) in enumerate(w["inputs"])]
    lab = w.get("labels")
    if lab is None:
        y = None
    elif lab == "bit":
        y = integers(LABEL, (b,), 2).astype(np.float32)
    else:
        y = integers(LABEL, (b,), lab)
    return xs, y


def load_fashion(data_dir, labels_dtype=np.int32):
    """The 60000 training images as float32 [0,1] (60000,28,28,1) and labels, from the .gz files."""
    with gzip.open(os.path.join(data_dir, "train-images-idx3-ubyte.gz"), "rb") as f:
        x = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)
    with gzip.open(os.path.join(data_dir, "train-labels-idx1-ubyte.gz"), "rb") as f:
        y = np.frombuffer(f.read(), np.uint8, offset=8)
    return x.astype(np.float32) / np.float32(255.0), y.astype(labels_dtype)
