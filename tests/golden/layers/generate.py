"""Writes the cases beside it: layers of Keras with random weights, what they were given and what came out.

Made with Keras 3.15.1, TensorFlow backend:  KERAS_BACKEND=tensorflow python tests/golden/layers/generate.py
Inputs and weights are multiples of 1/16 in [-2, 2), which every float type and JSON hold exactly.
"""

import json
import os

import keras
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(2024)


def sixteenths(*shape):
    return (random.integers(-32, 32, size=shape) / 16).astype("float32")


def masks(*shape):
    values = random.integers(0, 2, size=shape).astype(bool)
    values[:, 0] = True
    return values


def as_data(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "dtype": str(array.dtype), "values": array.reshape(-1).tolist()}


def plain(value):
    """A configuration as JSON gives it back: tuples are lists."""
    return json.loads(json.dumps(value))


def case(layer, *inputs, mask=None, training=False, **arguments):
    inputs = [np.asarray(x) for x in inputs]
    tensors = [keras.ops.convert_to_tensor(x) for x in inputs]
    heads = isinstance(layer, keras.layers.MultiHeadAttention)

    def call():
        options = {k: keras.ops.convert_to_tensor(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()}
        if mask is not None:
            options["mask"] = [keras.ops.convert_to_tensor(m) for m in mask] if len(mask) > 1 else mask[0]
        if training:
            options["training"] = True
        if heads:
            outputs = layer(tensors[0], tensors[1], *([tensors[2]] if len(tensors) > 2 else []), **options)
        else:
            outputs = layer(tensors if len(tensors) > 1 else tensors[0], **options)
        return list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]

    call()
    for weight in layer.weights:
        value = sixteenths(*weight.shape)
        weight.assign(np.abs(value) + 0.5 if "variance" in weight.name or "stddev" in weight.name else value)
    weights = [as_data(w.numpy()) for w in layer.weights]
    outputs = [as_data(y.numpy()) for y in call()]
    return {
        "class_name": type(layer).__name__,
        "config": plain(keras.saving.serialize_keras_object(layer)["config"]),
        "inputs": [as_data(x) for x in inputs],
        "mask": [as_data(m) for m in mask or []],
        "training": training,
        "arguments": {k: as_data(v) if isinstance(v, np.ndarray) else v for k, v in arguments.items()},
        "weights": weights,
        "weights_after": [as_data(w.numpy()) for w in layer.weights] if training else [],
        "outputs": outputs,
    }


def write(name, cases):
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


L = keras.layers

write("convolutional", [
    case(L.Conv1D(3, 3, padding="causal", dilation_rate=2, activation="relu", name="causal"), sixteenths(2, 7, 2)),
    case(L.Conv1D(2, 2, strides=2, data_format="channels_last", use_bias=False, name="steps"), sixteenths(1, 6, 3)),
    case(L.Conv2D(4, (3, 2), strides=(2, 1), padding="same", name="same"), sixteenths(2, 5, 4, 3)),
    case(L.Conv2D(4, 2, groups=2, activation="tanh", name="groups"), sixteenths(1, 4, 4, 6)),
    case(L.Conv2D(2, 3, dilation_rate=2, kernel_regularizer="l2", kernel_constraint="max_norm", name="dilated"), sixteenths(1, 6, 7, 2)),
    case(L.Conv3D(2, (1, 2, 2), padding="same", name="volume"), sixteenths(1, 3, 4, 3, 2)),
    case(L.Conv1DTranspose(2, 3, strides=2, name="up_sequence"), sixteenths(1, 4, 3)),
    case(L.Conv2DTranspose(2, 3, strides=2, padding="same", name="up_same"), sixteenths(1, 3, 2, 3)),
    case(L.Conv2DTranspose(2, (3, 2), strides=(2, 3), name="up_valid"), sixteenths(1, 3, 2, 2)),
    case(L.Conv2DTranspose(1, 3, strides=2, padding="same", output_padding=1, name="up_padded"), sixteenths(1, 3, 3, 2)),
    case(L.Conv2DTranspose(1, 3, strides=3, padding="valid", output_padding=(2, 1), name="up_valid_padded"), sixteenths(1, 2, 2, 2)),
    case(L.Conv2DTranspose(2, 2, strides=3, padding="same", name="window_below_stride"), sixteenths(1, 3, 3, 2)),
    case(L.Conv3DTranspose(1, 2, strides=2, name="up_volume"), sixteenths(1, 2, 2, 1, 2)),
    case(L.DepthwiseConv1D(3, padding="same", depth_multiplier=2, name="depthwise_sequence"), sixteenths(1, 5, 2)),
    case(L.DepthwiseConv2D(3, strides=2, depth_multiplier=2, activation="relu", name="depthwise"), sixteenths(1, 5, 5, 3)),
    case(L.SeparableConv1D(4, 3, name="separable_sequence"), sixteenths(1, 5, 2)),
    case(L.SeparableConv2D(3, 2, padding="same", depth_multiplier=2, name="separable"), sixteenths(1, 4, 3, 2)),
])

write("pooling", [
    case(L.MaxPooling1D(3, strides=2, padding="same", name="max_sequence"), sixteenths(2, 6, 2)),
    case(L.MaxPooling2D(name="max"), sixteenths(1, 5, 4, 2)),
    case(L.MaxPooling2D((3, 2), strides=1, padding="same", name="max_same"), sixteenths(1, 4, 4, 2)),
    case(L.MaxPooling3D((1, 2, 2), name="max_volume"), sixteenths(1, 2, 4, 4, 1)),
    case(L.AveragePooling1D(2, name="mean_sequence"), sixteenths(2, 5, 3)),
    case(L.AveragePooling2D((3, 3), strides=2, padding="same", name="mean_same"), sixteenths(1, 5, 6, 2)),
    case(L.AveragePooling3D(2, name="mean_volume"), sixteenths(1, 2, 3, 4, 2)),
    case(L.GlobalMaxPooling1D(name="global_max_sequence"), sixteenths(2, 4, 3)),
    case(L.GlobalMaxPooling2D(keepdims=True, name="global_max"), sixteenths(2, 3, 3, 2)),
    case(L.GlobalMaxPooling3D(data_format="channels_first", name="global_max_volume"), sixteenths(1, 2, 3, 2, 2)),
    case(L.GlobalAveragePooling1D(name="global_mean_masked"), sixteenths(2, 5, 3), mask=[masks(2, 5)]),
    case(L.GlobalAveragePooling1D(data_format="channels_first", keepdims=True, name="global_mean_first"), sixteenths(2, 3, 5), mask=[masks(2, 5)]),
    case(L.GlobalAveragePooling2D(data_format="channels_first", name="global_mean"), sixteenths(2, 3, 4, 2)),
    case(L.GlobalAveragePooling3D(name="global_mean_volume"), sixteenths(1, 2, 3, 2, 2)),
])

write("normalization", [
    case(L.BatchNormalization(name="inference"), sixteenths(4, 3)),
    case(L.BatchNormalization(momentum=0.9, name="training"), sixteenths(6, 2, 3), training=True),
    case(L.BatchNormalization(axis=1, epsilon=0.01, scale=False, name="channels_first"), sixteenths(3, 2, 4), training=True),
    case(L.BatchNormalization(center=False, name="masked"), sixteenths(3, 4, 2), training=True, mask=[masks(3, 4)]),
    case(L.BatchNormalization(trainable=False, name="frozen"), sixteenths(5, 2), training=True),
    case(L.BatchNormalization(renorm=True, renorm_clipping={"rmax": 1.5, "rmin": 0.5, "dmax": 0.4}, renorm_momentum=0.8, name="renorm"), sixteenths(6, 3), training=True),
    case(L.BatchNormalization(renorm=True, scale=False, center=False, name="renorm_plain"), sixteenths(6, 3), training=True),
    case(L.LayerNormalization(name="last"), sixteenths(3, 5)),
    case(L.LayerNormalization(axis=[1, 2], epsilon=1e-5, center=False, name="axes"), sixteenths(2, 3, 4)),
    case(L.LayerNormalization(axis=1, scale=False, name="first"), sixteenths(2, 3, 4)),
    case(L.LayerNormalization(rms_scaling=True, name="rms_scaling"), sixteenths(2, 6)),
    case(L.GroupNormalization(groups=2, name="groups"), sixteenths(2, 3, 3, 4)),
    case(L.GroupNormalization(groups=3, axis=1, name="groups_first"), sixteenths(2, 6, 4)),
    case(L.GroupNormalization(groups=-1, scale=False, name="instance"), sixteenths(2, 3, 2, 3)),
    case(L.UnitNormalization(name="unit"), sixteenths(3, 4)),
    case(L.UnitNormalization(axis=[1, 2], name="unit_axes"), sixteenths(2, 3, 2)),
    case(L.RMSNormalization(name="rms"), sixteenths(3, 4)),
    case(L.RMSNormalization(axis=[1, 2], epsilon=0.1, name="rms_axes"), sixteenths(2, 3, 2)),
])

write("attention", [
    case(L.Attention(name="dot"), sixteenths(2, 3, 4), sixteenths(2, 5, 4)),
    case(L.Attention(use_scale=True, name="dot_scaled"), sixteenths(2, 3, 4), sixteenths(2, 5, 6), sixteenths(2, 5, 4), return_attention_scores=True),
    case(L.Attention(score_mode="concat", use_scale=True, name="concat"), sixteenths(2, 3, 4), sixteenths(2, 5, 4)),
    case(L.Attention(name="masked"), sixteenths(2, 3, 4), sixteenths(2, 5, 4), mask=[masks(2, 3), masks(2, 5)]),
    case(L.Attention(name="causal"), sixteenths(2, 4, 3), sixteenths(2, 4, 3), mask=[masks(2, 4), masks(2, 4)], use_causal_mask=True),
    case(L.AdditiveAttention(name="additive"), sixteenths(2, 3, 4), sixteenths(2, 5, 4), return_attention_scores=True),
    case(L.AdditiveAttention(use_scale=False, name="additive_plain"), sixteenths(2, 3, 4), sixteenths(2, 5, 4)),
    case(L.MultiHeadAttention(2, 3, name="heads"), sixteenths(2, 4, 6), sixteenths(2, 5, 6)),
    case(L.MultiHeadAttention(2, 3, value_dim=4, output_shape=5, use_bias=False, name="heads_sizes"), sixteenths(1, 3, 4), sixteenths(1, 5, 2), sixteenths(1, 5, 3)),
    case(L.MultiHeadAttention(2, 2, name="heads_scores"), sixteenths(2, 3, 4), sixteenths(2, 5, 4), attention_mask=masks(2, 3, 5), return_attention_scores=True),
    case(L.MultiHeadAttention(2, 2, name="heads_hidden"), sixteenths(1, 2, 4), sixteenths(1, 3, 4), attention_mask=np.array([[[False, False, False], [True, False, True]]])),
    case(L.MultiHeadAttention(2, 2, name="heads_hidden_scores"), sixteenths(1, 2, 4), sixteenths(1, 3, 4), attention_mask=np.array([[[False, False, False], [True, False, True]]]), return_attention_scores=True),
    case(L.MultiHeadAttention(2, 2, name="heads_causal"), sixteenths(2, 4, 4), sixteenths(2, 4, 4), use_causal_mask=True),
    case(L.MultiHeadAttention(2, 2, sliding_window=2, name="heads_window"), sixteenths(1, 5, 4), sixteenths(1, 5, 4), use_causal_mask=True),
    case(L.MultiHeadAttention(2, 2, name="heads_masks"), sixteenths(2, 3, 4), sixteenths(2, 5, 4), query_mask=masks(2, 3), value_mask=masks(2, 5)),
    case(L.MultiHeadAttention(2, 2, use_gate=True, attention_axes=[2], name="heads_gate_axes"), sixteenths(2, 3, 4, 4), sixteenths(2, 3, 4, 4)),
    case(L.MultiHeadAttention(2, 2, name="heads_two_axes"), sixteenths(1, 2, 3, 4), sixteenths(1, 2, 3, 4)),
])
