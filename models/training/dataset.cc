#include "models/training/dataset.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <thread>
#include <utility>

#include "framework/error.h"
#include "models/training/row_view.h"

namespace cornu {
namespace {

using IteratorPtr = std::unique_ptr<Dataset::Iterator>;
using SourcePtr = std::shared_ptr<const Dataset::Source>;

// Applies `f(target, source)` to the tensor lists of two batches.
template <typename F> void for_each_list(Batch& target, const Batch& source, const F& f) {
  f(target.x, source.x);
  f(target.y, source.y);
  f(target.sample_weight, source.sample_weight);
}

std::size_t row_bytes(const Tensor& tensor) {
  const std::int64_t rows = tensor.shape().front();
  return rows > 0 ? tensor.num_bytes() / static_cast<std::size_t>(rows) : 0;
}

Shape with_rows(const Shape& shape, std::int64_t rows) {
  Shape result = shape;
  result[0] = rows;
  return result;
}

// Whether a tensor can be written again: nobody else holds it, so that a steady loop allocates nothing.
bool is_reusable(const Tensor& tensor, DType dtype) {
  return tensor.defined() && tensor.dtype() == dtype && tensor.is_only_holder();
}

// Whether a shape is `with_rows(like, rows)`, found without making one.
bool has_rows(const Shape& shape, const Shape& like, std::int64_t rows) {
  return shape.rank() == like.rank() && shape.front() == rows &&
         std::equal(shape.begin() + 1, shape.end(), like.begin() + 1);
}

// Rows of tensors in an order, `batch_size` at a time. Rows that lie one after the other are given without a copy.
class RowsIterator final : public Dataset::Iterator {
 public:
  RowsIterator(Batch tensors, std::vector<std::int64_t> order, std::int64_t rows, std::int64_t batch_size,
               bool drop_remainder)
      : tensors_(std::move(tensors)),
        order_(std::move(order)),
        rows_(rows),
        batch_size_(batch_size),
        drop_remainder_(drop_remainder) {}

  bool next(Batch& batch) override {
    const std::int64_t count = std::min(batch_size_, rows_ - row_);
    if (count <= 0 || (drop_remainder_ && count < batch_size_)) return false;
    for_each_list(batch, tensors_, [&](Tensors& targets, const Tensors& sources) {
      targets.resize(sources.size());
      for (std::size_t i = 0; i < sources.size(); ++i) {
        if (order_.empty()) {
          view_rows(sources[i], count, targets[i]);
        } else {
          gather_rows(sources[i], count, targets[i]);
        }
      }
    });
    row_ += count;
    return true;
  }

 private:
  void view_rows(const Tensor& source, std::int64_t count, Tensor& target) const {
    target = row_view(source, row_, count);
  }

  void gather_rows(const Tensor& source, std::int64_t count, Tensor& target) const {
    const std::size_t bytes = row_bytes(source);
    const auto* from = static_cast<const std::byte*>(source.raw());
    if (!is_reusable(target, source.dtype()) || !has_rows(target.shape(), source.shape(), count)) {
      target = Tensor::empty(with_rows(source.shape(), count), source.dtype());
    }
    auto* to = static_cast<std::byte*>(target.raw());
    for (std::int64_t i = 0; i < count; ++i) {
      const auto row = static_cast<std::size_t>(order_[static_cast<std::size_t>(row_ + i)]);
      std::memcpy(to + static_cast<std::size_t>(i) * bytes, from + row * bytes, bytes);
    }
  }

  Batch tensors_;
  std::vector<std::int64_t> order_;
  std::int64_t rows_;
  std::int64_t batch_size_;
  bool drop_remainder_;
  std::int64_t row_ = 0;
};

struct Shuffling {
  std::uint64_t seed;
  bool each_epoch;
};

// Tensors by rows: single rows, or batches of them, in order or shuffled.
class TensorSource final : public Dataset::Source {
 public:
  explicit TensorSource(Batch tensors) : tensors_(std::move(tensors)) {
    for (const auto* list : {&tensors_.x, &tensors_.y, &tensors_.sample_weight}) {
      for (const Tensor& tensor : *list) {
        if (tensor.rank() == 0)
          throw ShapeError("Dataset: expected tensors with a first axis for the samples; got a scalar");
        if (rows_ < 0) rows_ = tensor.shape().front();
        if (tensor.shape().front() != rows_) {
          throw ShapeError("Dataset: expected " + std::to_string(rows_) +
                           " samples in every tensor, as in the first; got shape " + tensor.shape().to_string());
        }
      }
    }
    if (rows_ < 0) throw InvalidArgument("Dataset: no tensors were given");
  }

  IteratorPtr start(std::int64_t epoch) const override {
    std::vector<std::int64_t> order;
    if (shuffling_) {
      order.resize(static_cast<std::size_t>(rows_));
      std::iota(order.begin(), order.end(), 0);
      // mt19937_64 is the same everywhere; std::shuffle is not, so the permutation is drawn here.
      std::seed_seq seed{shuffling_->seed, shuffling_->seed >> 32,
                         static_cast<std::uint64_t>(shuffling_->each_epoch ? epoch : 0)};
      std::mt19937_64 engine(seed);
      for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[engine() % i]);
    }
    return std::make_unique<RowsIterator>(tensors_, std::move(order), rows_, batch_size_ > 0 ? batch_size_ : 1,
                                          drop_remainder_);
  }

  std::int64_t size() const override {
    if (batch_size_ <= 0) return rows_;
    return drop_remainder_ ? rows_ / batch_size_ : (rows_ + batch_size_ - 1) / batch_size_;
  }

  SourcePtr shuffled(Shuffling shuffling) const {
    if (batch_size_ > 0)
      throw InvalidArgument("Dataset: shuffle before batch; shuffling batches would leave their samples together");
    auto copy = std::make_shared<TensorSource>(*this);
    copy->shuffling_ = shuffling;
    return copy;
  }

  // Null when they are batches already.
  SourcePtr batched(std::int64_t size, bool drop_remainder) const {
    if (batch_size_ > 0) return nullptr;
    auto copy = std::make_shared<TensorSource>(*this);
    copy->batch_size_ = size;
    copy->drop_remainder_ = drop_remainder;
    return copy;
  }

 private:
  Batch tensors_;
  std::int64_t rows_ = -1;
  std::int64_t batch_size_ = 0;
  bool drop_remainder_ = false;
  std::optional<Shuffling> shuffling_;
};

// A source made of two functions: how to start a pass, and its size.
class FunctionSource final : public Dataset::Source {
 public:
  FunctionSource(std::function<IteratorPtr(std::int64_t)> start, std::int64_t size)
      : start_(std::move(start)), size_(size) {}
  IteratorPtr start(std::int64_t epoch) const override { return start_(epoch); }
  std::int64_t size() const override { return size_; }

 private:
  std::function<IteratorPtr(std::int64_t)> start_;
  std::int64_t size_;
};

class FunctionIterator final : public Dataset::Iterator {
 public:
  explicit FunctionIterator(std::function<bool(Batch&)> next) : next_(std::move(next)) {}
  bool next(Batch& batch) override { return next_(batch); }

 private:
  std::function<bool(Batch&)> next_;
};

// Elements with one row each, joined; elements of a generator have no batch axis of their own and get one.
class JoiningIterator final : public Dataset::Iterator {
 public:
  JoiningIterator(IteratorPtr elements, std::int64_t size, bool drop_remainder)
      : elements_(std::move(elements)), size_(static_cast<std::size_t>(size)), drop_remainder_(drop_remainder) {}

  bool next(Batch& batch) override {
    // The elements keep their memory from batch to batch.
    std::size_t count = 0;
    for (; count < size_; ++count) {
      if (count == gathered_.size()) gathered_.emplace_back();
      if (!elements_->next(gathered_[count])) break;
    }
    if (count == 0 || (drop_remainder_ && count < size_)) return false;
    for (const auto member : {&Batch::x, &Batch::y, &Batch::sample_weight}) {
      (batch.*member).resize((gathered_[0].*member).size());
      for (std::size_t i = 0; i < (batch.*member).size(); ++i) join(member, i, count, (batch.*member)[i]);
    }
    return true;
  }

 private:
  void join(Tensors Batch::*member, std::size_t i, std::size_t count, Tensor& target) const {
    const Tensor& first = (gathered_[0].*member)[i];
    const Shape shape = Shape{static_cast<std::int64_t>(count)}.concatenated(first.shape());
    if (!is_reusable(target, first.dtype()) || target.shape() != shape) target = Tensor::empty(shape, first.dtype());
    auto* to = static_cast<std::byte*>(target.raw());
    for (std::size_t element = 0; element < count; ++element) {
      const Tensors& tensors = gathered_[element].*member;
      if (tensors.size() != (gathered_[0].*member).size()) {
        throw ShapeError("Dataset::batch: expected elements of " + std::to_string((gathered_[0].*member).size()) +
                         " tensors, as the first; got " + std::to_string(tensors.size()));
      }
      const Tensor& source = tensors[i];
      if (source.shape() != first.shape() || source.dtype() != first.dtype()) {
        throw ShapeError("Dataset::batch: expected elements of one shape, " + first.spec().to_string() + "; got " +
                         source.spec().to_string());
      }
      std::memcpy(to, source.raw(), source.num_bytes());
      to += source.num_bytes();
    }
  }

  IteratorPtr elements_;
  std::size_t size_;
  bool drop_remainder_;
  std::vector<Batch> gathered_;
};

// Reads ahead on a thread; what the thread throws is thrown where the element would have been taken.
class PrefetchIterator final : public Dataset::Iterator {
 public:
  PrefetchIterator(IteratorPtr elements, std::size_t capacity) : elements_(std::move(elements)), ring_(capacity) {
    thread_ = std::thread([this] { read(); });
  }

  ~PrefetchIterator() override {
    {
      const std::lock_guard lock(mutex_);
      stops_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  bool next(Batch& batch) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready_ > 0 || ended_; });
    if (ready_ == 0) {
      if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
      return false;
    }
    // The batch that comes back carries memory to be used again.
    std::swap(batch, ring_[first_]);
    first_ = (first_ + 1) % ring_.size();
    --ready_;
    lock.unlock();
    changed_.notify_all();
    return true;
  }

 private:
  void read() {
    for (;;) {
      Batch batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ready_ < ring_.size() || stops_; });
        if (stops_) return;
        batch = std::move(ring_[(first_ + ready_) % ring_.size()]);
      }
      bool more = false;
      std::exception_ptr error;
      try {
        more = elements_->next(batch);
      } catch (...) {
        error = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      if (more) {
        ring_[(first_ + ready_) % ring_.size()] = std::move(batch);
        ++ready_;
      } else {
        ended_ = true;
        error_ = error;
      }
      changed_.notify_all();
      if (!more) return;
    }
  }

  IteratorPtr elements_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // The batches that are ready, and in the other places batches to be filled again.
  std::vector<Batch> ring_;
  std::size_t first_ = 0;
  std::size_t ready_ = 0;
  std::exception_ptr error_;
  bool ended_ = false;
  bool stops_ = false;
  std::thread thread_;
};

Dataset from_functions(std::function<IteratorPtr(std::int64_t)> start, std::int64_t size) {
  return Dataset(std::make_shared<FunctionSource>(std::move(start), size));
}

IteratorPtr iterator_of(std::function<bool(Batch&)> next) {
  return std::make_unique<FunctionIterator>(std::move(next));
}

}  // namespace

Dataset Dataset::from_tensors(Tensors x, Tensors y, Tensors sample_weight) {
  return Dataset(std::make_shared<TensorSource>(Batch{std::move(x), std::move(y), std::move(sample_weight)}));
}

Dataset Dataset::from_generator(std::function<std::function<bool(Batch&)>(std::int64_t epoch)> generator,
                                std::int64_t size) {
  return from_functions(
      [generator = std::move(generator)](std::int64_t epoch) { return iterator_of(generator(epoch)); }, size);
}

Dataset Dataset::shuffle(std::uint64_t seed, bool reshuffle_each_epoch) const {
  const auto* tensors = dynamic_cast<const TensorSource*>(source_.get());
  if (!tensors)
    throw Unsupported("Dataset: only rows of tensors can be shuffled; shuffle before map, or in the generator");
  return Dataset(tensors->shuffled({seed, reshuffle_each_epoch}));
}

Dataset Dataset::batch(std::int64_t size, bool drop_remainder) const {
  if (size < 1) throw InvalidArgument("Dataset: batch size must be positive; got " + std::to_string(size));
  if (const auto* tensors = dynamic_cast<const TensorSource*>(source_.get())) {
    if (SourcePtr batched = tensors->batched(size, drop_remainder)) return Dataset(std::move(batched));
  }
  const std::int64_t count = source_->size();
  const std::int64_t batches = count < 0 ? -1 : drop_remainder ? count / size : (count + size - 1) / size;
  return from_functions(
      [source = source_, size, drop_remainder](std::int64_t epoch) -> IteratorPtr {
        return std::make_unique<JoiningIterator>(source->start(epoch), size, drop_remainder);
      },
      batches);
}

Dataset Dataset::map(std::function<Batch(const Batch&)> function) const {
  return from_functions(
      [source = source_, function = std::move(function)](std::int64_t epoch) {
        return iterator_of([function, elements = std::shared_ptr<Iterator>(source->start(epoch)),
                            element = Batch{}](Batch& batch) mutable {
          if (!elements->next(element)) return false;
          batch = function(element);
          return true;
        });
      },
      source_->size());
}

Dataset Dataset::take(std::int64_t count) const {
  return from_functions(
      [source = source_, count](std::int64_t epoch) {
        return iterator_of([elements = std::shared_ptr<Iterator>(source->start(epoch)),
                            left = count](Batch& batch) mutable { return left-- > 0 && elements->next(batch); });
      },
      source_->size() < 0 ? -1 : std::min(count, source_->size()));
}

Dataset Dataset::repeat(std::int64_t times) const {
  return from_functions(
      [source = source_, times](std::int64_t epoch) {
        return iterator_of([source, times, epoch, pass = std::int64_t{0},
                            elements = std::shared_ptr<Iterator>()](Batch& batch) mutable {
          for (; pass < times; ++pass) {
            if (!elements) elements = source->start(epoch * times + pass);
            if (elements->next(batch)) return true;
            elements.reset();
          }
          return false;
        });
      },
      source_->size() < 0 ? -1 : times * source_->size());
}

Dataset Dataset::prefetch(std::int64_t count) const {
  if (count < 1) throw InvalidArgument("Dataset: prefetch needs a positive count; got " + std::to_string(count));
  return from_functions(
      [source = source_, count](std::int64_t epoch) -> IteratorPtr {
        return std::make_unique<PrefetchIterator>(source->start(epoch), static_cast<std::size_t>(count));
      },
      source_->size());
}

Batch make_pairs(const Tensor& samples, const Tensor& labels, std::int64_t num_pairs, std::uint64_t seed) {
  const std::vector<std::int64_t> classes = labels.to_vector<std::int64_t>();
  if (samples.rank() < 1 || labels.rank() != 1 || samples.shape().front() != labels.shape().front()) {
    throw ShapeError("make_pairs: expected samples (n, ...) and labels (n,); got " + samples.shape().to_string() +
                     " and " + labels.shape().to_string());
  }
  std::map<std::int64_t, std::vector<std::int64_t>> members;
  for (std::size_t i = 0; i < classes.size(); ++i) members[classes[i]].push_back(static_cast<std::int64_t>(i));
  if (members.size() < 2)
    throw InvalidArgument("make_pairs: expected samples of at least two classes; got " +
                          std::to_string(members.size()));
  std::mt19937_64 engine(seed);
  const auto draw = [&](std::size_t count) { return static_cast<std::size_t>(engine() % count); };
  const std::size_t bytes = row_bytes(samples);
  Tensor left = Tensor::empty(with_rows(samples.shape(), num_pairs), samples.dtype());
  Tensor right = Tensor::empty(left.shape(), left.dtype());
  Tensor same = Tensor::empty({num_pairs}, DType::kFloat32);
  const auto* rows = static_cast<const std::byte*>(samples.raw());
  for (std::int64_t pair = 0; pair < num_pairs; ++pair) {
    const auto p = static_cast<std::size_t>(pair);
    const std::size_t first = draw(classes.size());
    const bool is_same = pair % 2 == 0;
    std::size_t second = first;
    if (is_same) {
      const auto& others = members.at(classes[first]);
      second = static_cast<std::size_t>(others[draw(others.size())]);
    } else {
      while (classes[second] == classes[first]) second = draw(classes.size());
    }
    std::memcpy(static_cast<std::byte*>(left.raw()) + p * bytes, rows + first * bytes, bytes);
    std::memcpy(static_cast<std::byte*>(right.raw()) + p * bytes, rows + second * bytes, bytes);
    same.mutable_data<float>()[p] = is_same ? 1.0F : 0.0F;
  }
  return {{left, right}, {same}, {}};
}

}  // namespace cornu
