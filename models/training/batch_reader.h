#pragma once

#include <memory>
#include <utility>

#include "models/training/dataset.h"

namespace cornu {

class CompiledStep;

/// Reads a data set batch by batch, and looks at the next one before it is read, so that it can be brought to a card.
class BatchReader {
 public:
  /// Goes on with another pass over the data.
  void start(std::unique_ptr<Dataset::Iterator> iterator) {
    iterator_ = std::move(iterator);
    is_ahead_ = false;
    brought_to_ = nullptr;
  }
  bool is_started() const { return iterator_ != nullptr; }

  /// As Dataset::Iterator::next.
  bool next(Batch& batch) {
    if (!is_ahead_) return iterator_->next(batch);
    is_ahead_ = false;
    std::swap(batch, ahead_);
    return has_ahead_;
  }

  /// Notes to which step the batch that comes next was brought; a batch that `look_ahead` gave.
  void set_brought_to(const CompiledStep& step) { brought_to_ = &step; }
  /// Whether the batch that `next` gave was brought to this step. Forgets it.
  bool take_brought_to(const CompiledStep& step) { return std::exchange(brought_to_, nullptr) == &step; }

  /// What `next` will give; null at the end.
  const Batch* look_ahead() {
    if (!is_ahead_) {
      has_ahead_ = iterator_->next(ahead_);
      is_ahead_ = true;
    }
    return has_ahead_ ? &ahead_ : nullptr;
  }

 private:
  std::unique_ptr<Dataset::Iterator> iterator_;
  Batch ahead_;
  const CompiledStep* brought_to_ = nullptr;
  bool is_ahead_ = false;   // whether `ahead_` was read
  bool has_ahead_ = false;  // whether there was one
};

}  // namespace cornu
