"""Writes summaries.tfevents with tf.summary, as Keras' TensorBoard callback does."""
import os
import pathlib
import shutil
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

here = pathlib.Path(__file__).resolve().parent
with tempfile.TemporaryDirectory() as folder:
    writer = tf.summary.create_file_writer(folder)
    with writer.as_default():
        tf.summary.scalar("epoch_loss", 0.1, step=3)
        # 0.0, 0.1, 0.4, 0.9, ..., 40.0: more small ones than great ones, and values on the edges of buckets
        tf.summary.histogram("squares", np.arange(21.0) ** 2 / 10, step=0)
        tf.summary.histogram("integers", np.arange(61) - 30, step=0)
        tf.summary.histogram("equal", np.full((2, 3), -1.5, np.float32), step=1)
        tf.summary.histogram("empty", np.zeros((0,), np.float32), step=2)
        tf.summary.image("pixels", np.linspace(-0.1, 1.1, 2 * 3 * 4).reshape(1, 2, 4, 3).astype(np.float32), step=4)
        tf.summary.text("note", "**bold**", step=5)
    writer.close()
    source, = os.listdir(folder)
    shutil.copyfile(os.path.join(folder, source), here / "summaries.tfevents")
