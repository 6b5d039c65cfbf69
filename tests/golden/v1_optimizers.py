"""Writes v1_optimizers.json: what TensorFlow's optimizers of the old style make of a variable in three steps.

python tests/golden/v1_optimizers.py    (TensorFlow 2.21, tf.compat.v1, on the CPU)
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import tensorflow.compat.v1 as tf  # noqa: E402

tf.disable_v2_behavior()
train = tf.train
OPTIMIZERS = {
    "gradient_descent": lambda: train.GradientDescentOptimizer(0.1),
    "momentum": lambda: train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda: train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda: train.AdamOptimizer(0.1),
    "adam_with_large_epsilon": lambda: train.AdamOptimizer(0.1, 0.8, 0.9, 0.5),
    "rmsprop": lambda: train.RMSPropOptimizer(0.1),
    "rmsprop_with_momentum": lambda: train.RMSPropOptimizer(0.1, 0.8, 0.5, 0.01),
    "rmsprop_centered": lambda: train.RMSPropOptimizer(0.1, 0.8, 0.5, 0.01, centered=True),
}

result = {"tensorflow": tf.__version__, "optimizers": {}}
for name, make in OPTIMIZERS.items():
    tf.reset_default_graph()
    w = tf.get_variable("w", initializer=tf.constant([1.0, -2.0, 3.0]))
    loss = tf.reduce_sum(tf.square(w) * tf.constant([1.0, 2.0, 0.5]))
    step = make().minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = []
        for _ in range(3):
            session.run(step)
            values.append([float(x) for x in session.run(w)])
        slots = [v.name for v in tf.global_variables()][1:]
        result["optimizers"][name] = {"values": values, "variables": slots}

path = os.path.join(os.path.dirname(__file__), "v1_optimizers.json")
with open(path, "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
