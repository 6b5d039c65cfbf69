"""Keras 3 on TensorFlow, JAX and Torch. One line of JSON per run; see README.md."""
import os

import measurement  # first: it reads the clock of the process
import numpy as np
import workloads

PEERS = [
    # training
    "keras_tf_fit",      # model.compile + model.fit, jit_compile="auto" (no XLA on CPU here)
    "keras_tf_graph",    # hand-written step under tf.function, no XLA
    "keras_tf_xla",      # the same under tf.function(jit_compile=True)
    "keras_jax",         # jitted stateless step with donated state
    "keras_jax_fit",     # model.compile + model.fit on the JAX backend
    "keras_torch",       # model.compile + train_on_batch on the Torch backend
    # inference
    "keras_tf_predict",  # model.predict(numpy)
    "keras_tf_pob",      # model.predict_on_batch(numpy)
    "keras_tf_call",     # model(tensor) eagerly
    "keras_tf_frozen",   # frozen graph (variables folded to constants, grappler fusions)
]


def select_backend(peer):
    os.environ["KERAS_BACKEND"] = ("jax" if peer.startswith("keras_jax") else
                                   "torch" if peer.startswith("keras_torch") else "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")


# ---------------------------------------------------------------- networks
# Every builder returns (model, layers in creation order). `layers` fixes the kernel numbering.


class Net:
    def __init__(self):
        self.layers = []

    def __call__(self, layer):
        self.layers.append(layer)
        return layer


def siamese_mlp(L):
    import keras
    from keras import layers as k, ops
    t = keras.Sequential([k.Input((784,)), L(k.Dense(512, activation="relu")),
                          L(k.Dense(256, activation="relu")), L(k.Dense(128))])
    a, b = k.Input((784,)), k.Input((784,))

    class Distance(k.Layer):
        def call(self, p, q):
            return ops.sqrt(ops.maximum(ops.sum(ops.square(p - q), axis=-1), 1e-7))
    return keras.Model([a, b], Distance()(t(a), t(b)))


def mlp_tower(L):
    import keras
    from keras import layers as k
    return keras.Sequential([k.Input((784,)), L(k.Dense(512, activation="relu")),
                             L(k.Dense(256, activation="relu")), L(k.Dense(128))])


def siamese_conv(L):
    import keras
    from keras import layers as k
    t = keras.Sequential([k.Input((64, 64, 3)),
                          L(k.Conv2D(32, 3, padding="same", activation="relu")), k.MaxPooling2D(2),
                          L(k.Conv2D(64, 3, padding="same", activation="relu")), k.MaxPooling2D(2),
                          k.Flatten(), L(k.Dense(128))])
    a, b = k.Input((64, 64, 3)), k.Input((64, 64, 3))
    return keras.Model([a, b], k.Subtract()([t(a), t(b)]))


def lenet(L):
    import keras
    from keras import layers as k
    return keras.Sequential([k.Input((28, 28, 1)),
                             L(k.Conv2D(32, 3, padding="same", activation="relu")), k.MaxPooling2D(2),
                             L(k.Conv2D(64, 3, padding="same", activation="relu")), k.MaxPooling2D(2),
                             k.Flatten(), L(k.Dense(128, activation="relu")), L(k.Dense(10))])


def resnet20(L):
    import keras
    from keras import layers as k

    def conv(x, f, n, s):
        return L(k.Conv2D(f, n, strides=s, padding="same", use_bias=False))(x)
    i = k.Input((32, 32, 3))
    x = k.ReLU()(k.BatchNormalization()(conv(i, 16, 3, 1)))
    for stage, f in enumerate((16, 32, 64)):
        for blk in range(3):
            s = 2 if stage and not blk else 1
            y = k.ReLU()(k.BatchNormalization()(conv(x, f, 3, s)))
            y = k.BatchNormalization()(conv(y, f, 3, 1))
            if s == 2:
                x = k.BatchNormalization()(conv(x, f, 1, 2))
            x = k.ReLU()(k.Add()([x, y]))
    return keras.Model(i, L(k.Dense(10))(k.GlobalAveragePooling2D()(x)))


def rnn(kind):
    def build(L):
        import keras
        from keras import layers as k
        cell = k.LSTM(128) if kind == "lstm" else k.GRU(128)
        return keras.Sequential([k.Input((100, 64)), L(cell), L(k.Dense(10))])
    return build


def transformer(L):
    import keras
    from keras import layers as k
    i = k.Input((128, 256))
    x = i
    for _ in range(4):
        a = L(k.MultiHeadAttention(num_heads=4, key_dim=64))(x, x)
        x = k.LayerNormalization(epsilon=1e-5)(k.Add()([x, a]))
        f = L(k.Dense(1024, activation="gelu"))(x)
        f = L(k.Dense(256))(f)
        x = k.LayerNormalization(epsilon=1e-5)(k.Add()([x, f]))
    return keras.Model(i, L(k.Dense(10))(k.GlobalAveragePooling1D()(x)))


def application(name):
    def build(L):
        import keras
        return getattr(keras.applications, name)(weights=None)
    return build


BUILDERS = {
    "siamese_mlp_train": siamese_mlp, "siamese_conv_train": siamese_conv, "lenet_train": lenet,
    "resnet20_train": resnet20, "lstm_train": rnn("lstm"), "gru_train": rnn("gru"),
    "transformer_train": transformer, "resnet50_infer_b1": application("ResNet50"),
    "resnet50_infer_b8": application("ResNet50"), "mobilenetv2_infer_b1": application("MobileNetV2"),
    "mlp_infer_b1": mlp_tower, "lenet_infer_b1": lenet, "fashion_epoch": lenet,
}

LOSSES = {}  # workload -> function(y, y_pred); default: sparse softmax cross-entropy from logits


def sparse_ce(y, p):
    from keras import ops
    return ops.mean(ops.sparse_categorical_crossentropy(y, p, from_logits=True))


def contrastive(y, d):
    from keras import ops
    return ops.mean(y * ops.square(d) + (1.0 - y) * ops.square(ops.maximum(1.0 - d, 0.0)))


def mean_square(y, d):
    from keras import ops
    return ops.mean(ops.square(d))


LOSSES["siamese_mlp_train"] = contrastive
LOSSES["siamese_conv_train"] = mean_square


def init_kernels(layers):
    """Deterministic kernels: k counts every variable whose name ends in 'kernel'."""
    k = 0
    for layer in layers:
        for v in layer.trainable_variables:
            if not v.name.endswith("kernel"):
                continue
            s = tuple(v.shape)
            if type(layer).__name__ == "MultiHeadAttention":
                d = int(round(float(np.prod(s)) ** 0.5))
                fan = 2 * d
            elif len(s) == 2:
                fan = s[0] + s[1]
            else:
                fan = int(np.prod(s[:-2])) * (s[-1] + s[-2])
            v.assign(workloads.kernel(k, s, fan))
            k += 1


def build(name):
    net = Net()
    model = BUILDERS[name](net)
    init_kernels(net.layers)
    return model


def optimizer(spec):
    import keras
    if spec[0] == "sgd":
        return keras.optimizers.SGD(spec[1], momentum=spec[2])
    return keras.optimizers.Adam(spec[1])


# ---------------------------------------------------------------- running


def versions(peer):
    import keras
    v = "keras %s" % keras.__version__
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf
        return v + " tensorflow %s" % tf.__version__
    if os.environ["KERAS_BACKEND"] == "jax":
        import jax
        return v + " jax %s" % jax.__version__
    import torch
    return v + " torch %s" % torch.__version__


def setup(args):
    if os.environ["KERAS_BACKEND"] == "tensorflow":
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(args.threads)
        tf.config.threading.set_inter_op_parallelism_threads(int(os.environ.get("BENCH_INTER_OP", "2")))
    elif os.environ["KERAS_BACKEND"] == "torch":
        import torch
        torch.set_num_threads(args.threads)


class FitTimer:
    """A Keras callback that times the steps inside fit().

    A step is the whole interval between two batch ends, so nothing fit() does escapes it.  The logs are
    read during the uncounted warm-up steps only (and never in fashion_epoch): reading them costs
    several ms per step, which an ordinary fit(verbose=0) does not pay.
    """

    def __new__(cls, rec, epoch=False):
        import keras
        import time

        class T(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                self.t = time.perf_counter()
                self.n, self.acc = 0, 0.0

            def on_train_batch_end(self, batch, logs=None):
                loss = None
                if not epoch and rec.n < rec.WARMUP:
                    m = float(logs["loss"])  # running mean over the epoch
                    loss = m * (self.n + 1) - self.acc
                    self.acc, self.n = m * (self.n + 1), self.n + 1
                now = time.perf_counter()
                done = rec.feed(now - self.t, loss)
                self.t = now
                if done and not epoch:
                    raise StopIteration
        return T()


def train(args, w):
    import keras
    loss_fn = LOSSES.get(args.workload, sparse_ce)
    xs, y = workloads.make_batch(w)
    model = build(args.workload)
    opt = optimizer(w["opt"])
    rec = measurement.Recorder(args.seconds)
    if args.peer in ("keras_tf_graph", "keras_tf_xla"):
        import tensorflow as tf
        opt.build(model.trainable_variables)
        tx = [tf.constant(x) for x in xs]
        ty = None if y is None else tf.constant(y)
        tv = model.trainable_variables

        @tf.function(jit_compile=args.peer == "keras_tf_xla")
        def step(tx, ty):
            with tf.GradientTape() as tape:
                p = model(tx if len(tx) > 1 else tx[0], training=True)
                loss = loss_fn(ty, p)
            opt.apply(tape.gradient(loss, tv), tv)
            return loss
        rec.loop(lambda: float(step(tx, ty)))
    elif args.peer in ("keras_jax",):
        import jax
        opt.build(model.trainable_variables)
        jx = [jax.numpy.asarray(x) for x in xs]
        jy = None if y is None else jax.numpy.asarray(y)

        def fwd(tv, ntv, jx, jy):
            p, ntv = model.stateless_call(tv, ntv, jx if len(jx) > 1 else jx[0], training=True)
            return loss_fn(jy, p), ntv
        vg = jax.value_and_grad(fwd, has_aux=True)

        def one(state, jx, jy):
            tv, ntv, ov = state
            (loss, ntv), g = vg(tv, ntv, jx, jy)
            tv, ov = opt.stateless_apply(ov, g, tv)
            return loss, (tv, ntv, ov)
        one = jax.jit(one, donate_argnums=0)
        st = [([v.value for v in model.trainable_variables],
               [v.value for v in model.non_trainable_variables], [v.value for v in opt.variables])]

        def step():
            loss, st[0] = one(st[0], jx, jy)
            jax.block_until_ready(st[0])
            return float(loss)
        rec.loop(step)
    elif args.peer == "keras_torch":
        model.compile(optimizer=opt, loss=loss_fn)
        x = xs if len(xs) > 1 else xs[0]
        yy = y if y is not None else np.zeros((w["batch"], 1), "float32")

        def step():
            r = model.train_on_batch(x, yy)
            model.reset_metrics()
            return float(r[0] if isinstance(r, (list, tuple)) else r)
        rec.loop(step)
    elif args.peer in ("keras_tf_fit", "keras_jax_fit"):
        model.compile(optimizer=opt, loss=loss_fn)
        yy = y if y is not None else np.zeros((w["batch"], 1), "float32")
        if args.peer == "keras_tf_fit":
            import tensorflow as tf
            ds = tf.data.Dataset.from_tensors((tuple(xs) if len(xs) > 1 else xs[0], yy)).repeat()
        else:
            def gen():
                while True:
                    yield (tuple(xs) if len(xs) > 1 else xs[0]), yy
            ds = gen()
        try:
            model.fit(ds, steps_per_epoch=1 << 30, verbose=0, callbacks=[FitTimer(rec)])
        except StopIteration:
            pass
    else:
        raise SystemExit("peer %s does not train" % args.peer)
    measurement.emit(args, versions(args.peer), rec, w["batch"], params=model.count_params())


def infer(args, w):
    xs, _ = workloads.make_batch(w)
    x = xs[0]
    model = build(args.workload)
    rec = measurement.Recorder(args.seconds)
    bk = os.environ["KERAS_BACKEND"]
    if args.peer == "keras_tf_predict":
        step = lambda: float(model.predict(x, verbose=0).reshape(-1)[0])  # noqa: E731
    elif args.peer == "keras_tf_pob":
        step = lambda: float(model.predict_on_batch(x).reshape(-1)[0])  # noqa: E731
    elif bk == "tensorflow":
        import tensorflow as tf
        tx = tf.constant(x)
        if args.peer == "keras_tf_call":
            f = lambda t: model(t, training=False)  # noqa: E731
        elif args.peer == "keras_tf_frozen":
            from tensorflow.python.framework.convert_to_constants import (
                convert_variables_to_constants_v2)
            cf = tf.function(lambda t: model(t, training=False)).get_concrete_function(
                tf.TensorSpec(x.shape, tf.float32))
            frozen = convert_variables_to_constants_v2(cf)
            f = tf.function(lambda t: frozen(t)[0])  # drops the per-call Python cost
        else:
            f = tf.function(lambda t: model(t, training=False),
                            jit_compile=args.peer == "keras_tf_xla")
        step = lambda: float(f(tx).numpy().reshape(-1)[0])  # noqa: E731
    elif bk == "jax":
        import jax
        jx = jax.numpy.asarray(x)
        tv = [v.value for v in model.trainable_variables]
        ntv = [v.value for v in model.non_trainable_variables]
        f = jax.jit(lambda tv, ntv, t: model.stateless_call(tv, ntv, t, training=False)[0])
        step = lambda: float(np.asarray(f(tv, ntv, jx)).reshape(-1)[0])  # noqa: E731
    else:
        import torch
        tx = torch.from_numpy(x)
        model.eval() if hasattr(model, "eval") else None

        def step():
            with torch.inference_mode():
                return float(model(tx, training=False).flatten()[0])
    rec.loop(step)
    measurement.emit(args, versions(args.peer), rec, w["batch"], params=model.count_params())


def epoch(args, w):
    import time
    import keras
    x, y = workloads.load_fashion(args.data)
    t_data = measurement.since_start_s()
    keras.utils.set_random_seed(1)
    model = build(args.workload)
    rec = measurement.Recorder(1e9)
    if args.peer not in ("keras_tf_fit", "keras_jax_fit", "keras_torch", "keras_tf_graph", "keras_tf_xla"):
        raise SystemExit("peer %s has no fit" % args.peer)
    model.compile(optimizer=optimizer(w["opt"]), metrics=["accuracy"],
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  jit_compile={"keras_tf_graph": False, "keras_tf_xla": True}.get(args.peer, "auto"))
    t = time.perf_counter()
    h = model.fit(x, y, batch_size=w["batch"], epochs=1, shuffle=True, verbose=0,
                  callbacks=[FitTimer(rec, epoch=True)])
    t_epoch = time.perf_counter() - t
    rec.last = h.history["loss"][0]
    measurement.emit(args, versions(args.peer), rec, w["batch"], epoch_s=round(t_epoch, 3), data_ready_s=round(t_data, 3),
           wall_s=round(measurement.since_start_s(), 3), train_acc=round(h.history["accuracy"][0], 4),
           params=model.count_params())


def main():
    args = measurement.parse_args(PEERS)
    select_backend(args.peer)
    setup(args)
    w = workloads.workload(args.workload, args.batch_factor)
    {"train": train, "infer": infer, "epoch": epoch}[w["kind"]](args, w)


if __name__ == "__main__":
    main()
