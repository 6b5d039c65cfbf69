"""Writes losses.json and metrics.json: what Keras computes for many configurations.

Run with Keras 3.15.1, KERAS_BACKEND=tensorflow: python generate.py
"""

import json

import keras
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(7)
f32 = lambda x: np.asarray(x, "float32")
i32 = lambda x: np.asarray(x, "int32")


def data(x):
    x = np.asarray(x)
    values = [float(v) if x.dtype.kind == "f" else int(v) for v in x.ravel()]
    return {"shape": list(x.shape), "dtype": str(x.dtype), "values": values}


def optional(x):
    return None if x is None else data(x)


def plain(config):
    return json.loads(json.dumps(config, default=lambda v: v.numpy().tolist()))


def softmax(x):
    return f32(np.exp(x) / np.exp(x).sum(-1, keepdims=True))


real = f32(rng.normal(size=(5, 4)))
real_pred = f32(rng.normal(size=(5, 4)))
steps = f32(rng.normal(size=(3, 4, 2)))
steps_pred = f32(rng.normal(size=(3, 4, 2)))
yes = f32(rng.integers(0, 2, (6, 3)))
prob = f32(rng.uniform(0.02, 0.98, (6, 3)))
prob_edges = prob.copy()
prob_edges[0] = [0.0, 1.0, 0.5]
labels = i32([2, 0, 1, 3, 1])
one_hot = f32(np.eye(4)[labels])
logits = f32(rng.normal(size=(5, 4)) * 3)
classes = softmax(logits)
unnormalized = f32(classes * rng.uniform(0.5, 2.0, (5, 1)))
step_labels = i32([[0, 2, 1], [2, 1, 255]])
step_logits = f32(rng.normal(size=(2, 3, 3)))
mask_3_4 = np.array([[1, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]], bool)
weight_5 = f32([0.5, 2.0, 0.0, 1.0, 1.5])
weight_6 = f32([1.0, 0.0, 3.0, 0.25, 1.0, 2.0])
L = keras.losses
losses = []


def loss(made, y_true, y_pred, weight=None, mask=None):
    x = tf.Variable(y_pred)
    with tf.GradientTape() as tape:
        p = tf.identity(x)
        if mask is not None:
            p._keras_mask = tf.constant(mask)
        value = made(y_true, p, sample_weight=weight)
    gradient = tape.gradient(value, x)
    losses.append({
        "class_name": type(made).__name__, "config": plain({**made.get_config(), **getattr(made, "_fn_kwargs", {})}),
        "y_true": data(y_true), "y_pred": data(y_pred), "sample_weight": optional(weight), "mask": optional(mask),
        "value": data(value.numpy()),
        "gradient": data(tf.convert_to_tensor(gradient).numpy()),
    })


for name in ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
             "CosineSimilarity", "Huber", "LogCosh", "Hinge", "SquaredHinge", "CategoricalHinge", "KLDivergence",
             "Poisson"]:
    make = getattr(L, name)
    a, b = (yes, prob) if name in ("KLDivergence", "Poisson", "Hinge", "SquaredHinge", "CategoricalHinge") else (real, real_pred)
    w = weight_6 if a is yes else weight_5
    for reduction in ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"]:
        loss(make(reduction=reduction), a, b)
        loss(make(reduction=reduction), a, b, w)
    loss(make(), np.abs(steps), np.abs(steps_pred) + f32(0.1))
    loss(make(), np.abs(steps), np.abs(steps_pred) + f32(0.1), None, mask_3_4)
    loss(make(), np.abs(steps), np.abs(steps_pred) + f32(0.1), f32(rng.uniform(0, 2, (3, 4))), mask_3_4)
    loss(make(reduction="mean_with_sample_weight"), np.abs(steps), np.abs(steps_pred) + f32(0.1), None, mask_3_4)
loss(L.MeanSquaredError(), real[:, 0], real_pred[:, :1])
loss(L.MeanSquaredError(), real[:, :1], real_pred[:, 0])
loss(L.MeanSquaredError(), real, real_pred, weight_5[:, None])
loss(L.Hinge(), f32(np.sign(real)), real_pred)
loss(L.Huber(delta=0.3), real, real_pred)
loss(L.CosineSimilarity(axis=1), steps, steps_pred)
for smoothing in [0.0, 0.2]:
    for p, from_logits in [(prob, False), (prob_edges, False), (f32(np.log(prob / (1 - prob))) * 4, True)]:
        loss(L.BinaryCrossentropy(from_logits=from_logits, label_smoothing=smoothing), yes, p)
        loss(L.BinaryCrossentropy(from_logits=from_logits, label_smoothing=smoothing), yes, p, weight_6)
    for p, from_logits in [(prob, False), (f32(np.log(prob / (1 - prob))), True)]:
        for balancing in [False, True]:
            loss(L.BinaryFocalCrossentropy(apply_class_balancing=balancing, alpha=0.3, gamma=1.5, from_logits=from_logits,
                                           label_smoothing=smoothing), yes, p, weight_6)
    for p, from_logits in [(classes, False), (unnormalized, False), (logits, True)]:
        loss(L.CategoricalCrossentropy(from_logits=from_logits, label_smoothing=smoothing), one_hot, p)
        loss(L.CategoricalCrossentropy(from_logits=from_logits, label_smoothing=smoothing), one_hot, p, weight_5)
        loss(L.CategoricalFocalCrossentropy(from_logits=from_logits, label_smoothing=smoothing, alpha=0.4, gamma=1.0), one_hot, p)
# TensorFlow takes for granted that targets add up to 1 when it differentiates from logits.
along_1 = softmax(steps.swapaxes(1, 2)).swapaxes(1, 2)
loss(L.CategoricalCrossentropy(from_logits=True, axis=1), along_1, steps_pred)
loss(L.CategoricalCrossentropy(axis=1), softmax(steps), softmax(steps_pred))
for p, from_logits in [(classes, False), (unnormalized, False), (logits, True)]:
    loss(L.SparseCategoricalCrossentropy(from_logits=from_logits), labels, p)
    loss(L.SparseCategoricalCrossentropy(from_logits=from_logits), labels[:, None], p, weight_5)
    loss(L.SparseCategoricalCrossentropy(from_logits=from_logits, ignore_class=1), labels, p)
    loss(L.SparseCategoricalCrossentropy(from_logits=from_logits, ignore_class=1), labels, p, weight_5)
loss(L.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255), step_labels, step_logits)
loss(L.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255, reduction="none"), step_labels, step_logits)
loss(L.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255), step_labels, step_logits, None,
     np.array([[1, 1, 0], [1, 1, 1]], bool))
loss(L.CategoricalGeneralizedCrossEntropy(q=0.3), labels, classes)
loss(L.CategoricalGeneralizedCrossEntropy(), labels, classes, weight_5)
for axis in [None, 1, (1, 2)]:
    loss(L.Dice(axis=axis), softmax(steps), softmax(steps_pred))
    loss(L.Tversky(alpha=0.3, beta=0.7, axis=axis), softmax(steps), softmax(steps_pred))
embedding = f32(rng.normal(size=(6, 3)))
embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
loss(L.Circle(gamma=4.0, margin=0.3), i32([0, 1, 0, 2, 1, 0]), embedding)
loss(L.Circle(gamma=4.0, remove_diagonal=False), i32([0, 1, 0, 2, 1, 0]), embedding)
loss(L.Circle(), i32([[0], [1], [0], [1], [1], [0]]), embedding, weight_6)

M = keras.metrics
metrics = []


def metric(made, *batches):
    done = []
    for y_true, y_pred, *rest in batches:
        weight = rest[0] if rest else None
        mask = rest[1] if len(rest) > 1 else None
        p = tf.constant(y_pred)
        if mask is not None:
            p._keras_mask = tf.constant(mask)
        if y_true is None:
            made.update_state(p, sample_weight=weight)
        else:
            made.update_state(y_true, p, sample_weight=weight)
        done.append({"y_true": optional(y_true), "y_pred": data(y_pred), "sample_weight": optional(weight),
                     "mask": optional(mask), "result": data(tf.convert_to_tensor(made.result()).numpy())})
    metrics.append({"class_name": type(made).__name__, "config": plain(made.get_config()), "batches": done})


for name in ["Mean", "Sum"]:
    make = getattr(M, name)
    metric(make(), (None, real), (None, real_pred[:2], weight_5[:2]), (None, steps, f32(rng.uniform(0, 2, (3, 4)))))
for name in ["MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
             "MeanSquaredLogarithmicError", "CosineSimilarity", "LogCoshError", "Hinge", "SquaredHinge",
             "CategoricalHinge", "R2Score", "PearsonCorrelation", "ConcordanceCorrelation"]:
    metric(getattr(M, name)(), (real, real_pred), (real[:3], real_pred[:3] * 2, weight_5[:3]))
    if name != "R2Score":
        metric(getattr(M, name)(), (steps, steps_pred, None, mask_3_4), (steps, steps_pred, f32([1, 2, 3])), (steps, steps_pred, f32(rng.uniform(0, 2, (3, 4))), mask_3_4))
for name in ["KLDivergence", "Poisson", "BinaryCrossentropy", "BinaryAccuracy"]:
    metric(getattr(M, name)(), (yes, prob), (yes[:4], prob[:4], weight_6[:4]))
metric(M.BinaryAccuracy(threshold=0.3), (yes, prob), (yes[:, 0], prob[:, :1], weight_6))
metric(M.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), (yes, prob * 4))
metric(M.CategoricalCrossentropy(), (one_hot, classes), (one_hot, classes, weight_5))
metric(M.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), (one_hot, logits))
metric(M.SparseCategoricalCrossentropy(), (labels, classes), (labels[:, None], classes, weight_5))
metric(M.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1), (labels, logits), (labels, logits, weight_5))
metric(M.Accuracy(), (labels, i32([2, 1, 1, 3, 0])), (labels, i32([2, 0, 1, 3, 0]), weight_5))
metric(M.CategoricalAccuracy(), (one_hot, logits), (one_hot, real, weight_5))
metric(M.SparseCategoricalAccuracy(), (labels, logits), (labels[:, None], real, weight_5), (f32(labels), real_pred))
metric(M.SparseCategoricalAccuracy(), (step_labels, step_logits), (step_labels, step_logits, None, np.array([[1, 1, 0], [1, 0, 0]], bool)))
metric(M.TopKCategoricalAccuracy(k=2), (one_hot, real), (one_hot, real_pred, weight_5))
metric(M.SparseTopKCategoricalAccuracy(k=2), (labels, real), (labels, real_pred, weight_5))
metric(M.SparseTopKCategoricalAccuracy(k=2), (i32([[0, 2, 1], [2, 1, 0]]), step_logits))
metric(M.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True), (labels, i32([[2, 1, 0], [1, 2, 0], [3, 1, 2], [0, 1, 3], [1, 0, 2]])))
for thresholds in [None, 0.4, [0.2, 0.5, 0.55], [0.0, 0.5, 1.0]]:
    for name in ["TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision", "Recall"]:
        metric(getattr(M, name)(thresholds=thresholds, name="m"), (yes, prob), (yes, prob_edges, weight_6))
        metric(getattr(M, name)(thresholds=thresholds, name="m"), (yes[:, 0], prob[:, :1]), (yes, prob, f32(rng.uniform(0, 2, (6, 3)))))
for name in ["Precision", "Recall"]:
    metric(getattr(M, name)(top_k=2, name="m"), (yes, prob), (yes, prob_edges, weight_6))
    metric(getattr(M, name)(class_id=1, name="m"), (yes, prob), (yes, prob_edges, weight_6))
    metric(getattr(M, name)(top_k=2, class_id=0, thresholds=0.3, name="m"), (yes, prob))
for make, value in [(M.SensitivityAtSpecificity, 0.4), (M.SpecificityAtSensitivity, 0.6), (M.PrecisionAtRecall, 0.5), (M.RecallAtPrecision, 0.6)]:
    metric(make(value, name="m"), (yes, prob), (yes, prob_edges, weight_6))
    metric(make(value, num_thresholds=7, class_id=1, name="m"), (yes, prob))
    metric(make(value, num_thresholds=1, name="m"), (yes, prob))
many = f32(rng.integers(0, 2, (40, 3)))
many_prob = f32(np.clip(many * 0.3 + rng.uniform(0, 0.8, (40, 3)), 0, 1))
weight_40 = f32(rng.uniform(0, 2, 40))
for curve in ["ROC", "PR", "PRGAIN"]:
    for method in ["interpolation", "minoring", "majoring"]:
        metric(M.AUC(curve=curve, summation_method=method, name="m"), (many, many_prob), (yes, prob_edges, weight_6))
        metric(M.AUC(curve=curve, summation_method=method, thresholds=[0.7, 0.2, 0.45], name="m"), (many, many_prob, weight_40))
        metric(M.AUC(num_thresholds=20, curve=curve, summation_method=method, multi_label=True, name="m"), (many, many_prob), (many, many_prob, weight_40))
metric(M.AUC(multi_label=True, label_weights=[1.0, 2.0, 0.5], num_labels=3, name="m"), (many, many_prob))
metric(M.AUC(label_weights=[1.0, 2.0, 0.5], name="m"), (many, many_prob))
metric(M.AUC(multi_label=True, thresholds=[0.3, 0.9], name="m"), (many, many_prob))
metric(M.AUC(from_logits=True, name="m"), (many, many_prob * 6 - 3))
for average in [None, "micro", "macro", "weighted"]:
    metric(M.F1Score(average=average), (yes, prob), (yes, prob_edges, weight_6))
    metric(M.FBetaScore(average=average, beta=2.0, threshold=0.4), (yes, prob), (yes, prob_edges, weight_6))
for aggregation in [None, "uniform_average", "variance_weighted_average"]:
    metric(M.R2Score(class_aggregation=aggregation), (real, real_pred), (real, real * f32(0.9), weight_5))
metric(M.R2Score(num_regressors=2), (real, real * f32(0.9)))
predicted = i32([2, 1, 1, 3, 0])
metric(M.MeanIoU(4, name="m"), (labels, predicted), (labels, predicted, i32([1, 2, 0, 1, 3])))
metric(M.MeanIoU(4, dtype="float32", ignore_class=1, name="m"), (labels, predicted), (labels, predicted, weight_5))
metric(M.IoU(3, target_class_ids=[0, 2], name="m"), (labels, predicted))
metric(M.IoU(4, target_class_ids=[0, 2], sparse_y_pred=False, name="m"), (labels, logits))
metric(M.OneHotIoU(4, target_class_ids=[1, 3], name="m"), (one_hot, logits), (one_hot, classes))
metric(M.OneHotMeanIoU(4, name="m"), (one_hot, real), (one_hot, logits))
metric(M.BinaryIoU(name="m"), (yes, prob))
metric(M.BinaryIoU(target_class_ids=[1], threshold=0.3, dtype="float32", name="m"), (yes[:, 0], prob[:, 0], weight_6))

for path, cases in [("losses.json", losses), ("metrics.json", metrics)]:
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(path, len(cases))
