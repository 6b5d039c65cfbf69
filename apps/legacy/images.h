#pragma once

#include <cornu/cornu.h>

#include <cstdint>
#include <filesystem>
#include <string>

/// Small pictures of ten classes.
struct Images {
  cornu::Tensor pixels;  ///< (count, 28, 28, 1), 0 to 1
  cornu::Tensor labels;  ///< (count), int64
  std::string source;

  /// The images `first`, `first + 1`, ..., as a batch for training; begins again at the end.
  cornu::Tensor batch(std::int64_t first, std::int64_t size) const { return rows(pixels, first, size); }
  cornu::Tensor labels_of(std::int64_t first, std::int64_t size) const { return rows(labels, first, size); }

 private:
  static cornu::Tensor rows(const cornu::Tensor& x, std::int64_t first, std::int64_t size) {
    cornu::Shape begin(std::vector<std::int64_t>(x.shape().dims().size(), 0)), sizes = x.shape();
    begin[0] = first % (x.shape()[0] - size + 1);
    sizes[0] = size;
    return cornu::ops::slice(x, begin.dims(), sizes.dims());
  }
};

/// The first images of Fashion-MNIST where Debian's dataset-fashion-mnist is; elsewhere bars, whose place is their
/// class, in some noise.
inline Images load_images(std::int64_t count) {
  using namespace cornu;
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  if (std::filesystem::exists(folder + "train-images-idx3-ubyte.gz")) {
    const Tensor pixels = ops::slice(io::read_idx(folder + "train-images-idx3-ubyte.gz"), {0, 0, 0}, {count, 28, 28});
    const Tensor labels = ops::slice(io::read_idx(folder + "train-labels-idx1-ubyte.gz"), {0}, {count});
    return {ops::cast(ops::expand_dims(pixels, -1), float32) / 255.0, ops::cast(labels, int64), "Fashion-MNIST"};
  }
  Tensor pixels = ops::random_uniform({count, 28, 28, 1}, SeedGenerator(1).next(), 0.0, 0.3);
  Tensor labels = Tensor::empty({count}, int64);
  for (std::int64_t i = 0; i < count; ++i) {
    labels.mutable_data<std::int64_t>()[static_cast<std::size_t>(i)] = i % 10;
    for (std::int64_t row = 0; row < 28; ++row)
      pixels.mutable_data<float>()[static_cast<std::size_t>((i * 28 + row) * 28 + 4 + 2 * (i % 10))] = 1.0F;
  }
  return {pixels, labels, "images made here"};
}
