#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "framework/tensor.h"

namespace cornu {

/// One batch (or one element before `batch`): the inputs, the targets, and perhaps weights.
struct Batch {
  Tensors x;
  Tensors y;
  Tensors sample_weight;
};

/// A stream of batches that can be run through again and again: shuffled, batched, mapped, paired, read ahead on a
/// thread.
///
/// A handle; every step returns another dataset. The same seed gives the same batches whatever the number of threads.
///
/// ```cpp
/// Dataset train = Dataset::from_tensors({images}, {labels}).shuffle(7).batch(64).prefetch(2);
/// ```
class Dataset {
 public:
  /// Gives the elements of one pass, one after the other; false at the end.
  class Iterator {
   public:
    virtual ~Iterator() = default;
    virtual bool next(Batch& batch) = 0;
  };
  /// Where elements come from.
  class Source {
   public:
    virtual ~Source() = default;
    /// Starts a pass. `epoch` counts the passes, so that each can be shuffled anew.
    virtual std::unique_ptr<Iterator> start(std::int64_t epoch) const = 0;
    /// Number of elements of a pass, or -1 when that is not known.
    virtual std::int64_t size() const = 0;
  };

  explicit Dataset(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  /// The rows of tensors: all have the same first size. **Throws** ShapeError otherwise.
  static Dataset from_tensors(Tensors x, Tensors y = {}, Tensors sample_weight = {});
  /// Elements made by a function, called with the epoch at the start of each pass; the function it returns fills an
  /// element and returns false at the end.
  static Dataset from_generator(std::function<std::function<bool(Batch&)>(std::int64_t epoch)> generator,
                                std::int64_t size = -1);

  /// Rows in a random order, another one each epoch unless told otherwise. Only before `batch`.
  Dataset shuffle(std::uint64_t seed, bool reshuffle_each_epoch = true) const;
  /// Elements joined along a new (tensors: the first) axis.
  Dataset batch(std::int64_t size, bool drop_remainder = false) const;
  Dataset map(std::function<Batch(const Batch&)> function) const;
  Dataset take(std::int64_t count) const;
  Dataset repeat(std::int64_t times) const;
  /// Reads up to `count` elements ahead on a thread of its own.
  Dataset prefetch(std::int64_t count = 2) const;

  std::unique_ptr<Iterator> start(std::int64_t epoch = 0) const { return source_->start(epoch); }
  std::int64_t size() const { return source_->size(); }

 private:
  std::shared_ptr<const Source> source_;
};

/// Pairs of samples for siamese training: as many of one class (y = 1) as of two (y = 0), drawn from labelled samples.
///
/// **Inputs**: samples `(n, ...)`, labels `(n,)` of an integer dtype. The result has x = {left, right}, y = {`(pairs,)`
/// float32}.
Batch make_pairs(const Tensor& samples, const Tensor& labels, std::int64_t num_pairs, std::uint64_t seed);

}  // namespace cornu
