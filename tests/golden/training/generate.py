"""Writes the cases beside it: optimizers and learning rate schedules of Keras and what they computed.

Made with Keras 3.15.1, TensorFlow backend:  KERAS_BACKEND=tensorflow python tests/golden/training/generate.py
Weights and gradients are multiples of 1/16 in [-2, 2), which float32 and JSON hold exactly.
"""

import json
import os

import keras
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(2024)
STEPS = 12
SHAPES = [(3, 2), (4,)]


def sixteenths(shape):
    return (random.integers(-32, 32, size=shape) / 16).astype("float32")


START = [sixteenths(shape) for shape in SHAPES]
GRADIENTS = [[sixteenths(shape) for shape in SHAPES] for _ in range(STEPS)]


def flat(arrays):
    return [np.asarray(array).reshape(-1).tolist() for array in arrays]


def optimizer_case(optimizer):
    serialized = json.loads(json.dumps(keras.optimizers.serialize(optimizer)))
    weights = [keras.Variable(value) for value in START]
    after = []
    for gradients in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], weights)
        after.append(flat(weights))
    variables = [{"name": v.name, "values": np.asarray(v).reshape(-1).tolist()} for v in optimizer.variables]
    optimizer.finalize_variable_values(weights)
    return {"optimizer": serialized, "after": after, "variables": variables, "finalized": flat(weights)}


def schedule_case(schedule, steps):
    serialized = json.loads(json.dumps(keras.optimizers.schedules.serialize(schedule)))
    values = [float(schedule(keras.ops.convert_to_tensor(step, dtype="int64"))) for step in steps]
    return {"schedule": serialized, "steps": list(steps), "values": values}


def write(name, data):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(data, file, separators=(",", ":"))
        file.write("\n")


o = keras.optimizers
s = keras.optimizers.schedules
COMMON = [
    {},
    {"weight_decay": 0.05},
    {"clipnorm": 1.0},
    {"clipvalue": 0.5},
    {"global_clipnorm": 1.5},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 4},
    {"gradient_accumulation_steps": 3, "weight_decay": 0.01, "clipnorm": 0.75},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 8.0},
]
KINDS = [
    (o.SGD, {"learning_rate": 0.1}),
    (o.SGD, {"learning_rate": 0.05, "momentum": 0.9}),
    (o.SGD, {"learning_rate": 0.05, "momentum": 0.8, "nesterov": True}),
    (o.Adam, {"learning_rate": 0.02}),
    (o.Adam, {"learning_rate": 0.02, "amsgrad": True, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    (o.AdamW, {"learning_rate": 0.02}),
    (o.RMSprop, {"learning_rate": 0.01}),
    (o.RMSprop, {"learning_rate": 0.01, "momentum": 0.9, "centered": True, "rho": 0.8, "epsilon": 1e-5}),
]
RATES = [
    lambda: s.ExponentialDecay(0.1, 4, 0.5),
    lambda: s.CosineDecay(0.01, 6, alpha=0.1, warmup_target=0.1, warmup_steps=4),
    lambda: s.PiecewiseConstantDecay([2, 6], [0.1, 0.05, 0.01]),
]

cases = [optimizer_case(kind(**{**own, **common})) for kind, own in KINDS for common in COMMON]
cases += [
    optimizer_case(kind(**{**own, **common, "learning_rate": rate()}))
    for kind, own in KINDS
    for rate in RATES
    for common in ({}, {"weight_decay": 0.02}, {"gradient_accumulation_steps": 2})
]
write(
    "optimizers.json",
    {
        "shapes": SHAPES,
        "start": flat(START),
        "gradients": [flat(gradients) for gradients in GRADIENTS],
        "cases": cases,
    },
)

steps = [*range(0, 45), 70, 99, 100, 101, 150, 300, 310, 700, 1000, 1500, 12345]
write(
    "schedules.json",
    [
        schedule_case(schedule, steps)
        for schedule in [
            s.ExponentialDecay(0.1, 10, 0.9),
            s.ExponentialDecay(0.1, 10, 0.5, staircase=True),
            s.PiecewiseConstantDecay([10, 20, 100], [1.0, 0.5, 0.25, 0.125]),
            s.PiecewiseConstantDecay([7], [0.1, 0.01]),
            s.PolynomialDecay(0.1, 30),
            s.PolynomialDecay(0.1, 30, end_learning_rate=0.01, power=0.5),
            s.PolynomialDecay(0.1, 10, end_learning_rate=0.01, power=2.0, cycle=True),
            s.InverseTimeDecay(0.1, 10, 0.5),
            s.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
            s.CosineDecay(0.1, 100),
            s.CosineDecay(0.1, 40, alpha=0.2),
            s.CosineDecay(0.0, 50, warmup_target=0.1, warmup_steps=20),
            s.CosineDecay(0.01, 50, alpha=0.1, warmup_target=0.1, warmup_steps=0),
            s.CosineDecayRestarts(0.1, 10),
            s.CosineDecayRestarts(0.1, 10, t_mul=1.0, m_mul=0.9, alpha=0.1),
            s.CosineDecayRestarts(0.1, 7, t_mul=1.5, m_mul=0.8),
        ]
    ],
)
