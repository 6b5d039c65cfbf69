#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/backends/cuda/launch.h"
#include "framework/shape.h"

namespace cornu::cuda {

/// How the threads of a card fold the lines of an operand: all elements of it that make one result are a line.
///
/// Axes that lie beside one another and are folded, or kept, alike are one; of what is left, the innermost decides.
/// Where it is folded, neighbouring threads take neighbouring elements of a line; where it is kept, elements of
/// neighbouring lines. A short line has few threads, so that a block has many lines.
class Lines {
 public:
  /// Lines along `axes` of a row-major operand, each folded by one block. `largest` is the size in bytes of the
  /// largest element that a thread loads with others of the same index.
  static Lines whole(const Shape& shape, const std::vector<std::int64_t>& axes, std::size_t largest);

  /// The same where several blocks may share a line: few long lines would leave most of a card idle, and a thread that
  /// adds many thousand numbers one after another would round too often.
  static Lines divided(const Shape& shape, const std::vector<std::int64_t>& axes, std::size_t largest);

  /// Lines whose elements are the folds of the parts of these.
  Lines of_parts() const;

  std::int64_t num_lines() const { return num_lines_; }
  std::int64_t length() const { return length_; }
  /// How many blocks share a line.
  std::int64_t num_parts() const { return num_parts_; }
  /// How many elements a thread loads at once.
  int width() const { return width_; }
  bool is_along() const { return along_; }

  unsigned int num_blocks() const;
  unsigned int num_threads() const { return static_cast<unsigned int>(lanes_ * groups_); }

  /// `struct Plan`, as lines.cuh wants it.
  std::string plan() const;

 private:
  struct Dim {
    std::int64_t size;
    std::int64_t stride;
  };

  Lines(const Shape& shape, const std::vector<std::int64_t>& axes);
  void spread(std::size_t largest, bool divided);
  void choose_threads();
  void divide();
  std::int64_t num_tiles() const;
  std::int64_t together() const { return along_ ? width_ : 1; }
  std::string offset(const std::vector<Dim>& dims) const;
  std::string suffix() const;

  std::vector<Dim> kept_;  // outermost first
  std::vector<Dim> folded_;
  std::int64_t num_lines_ = 1;
  std::int64_t length_ = 1;
  bool along_ = false;
  int width_ = 1;
  std::int64_t lanes_ = 1;
  std::int64_t groups_ = 1;
  std::int64_t part_ = 1;
  std::int64_t num_parts_ = 1;
};

/// A fold in terms of lines.cuh.
struct Fold {
  std::string name;    ///< of the kernel
  std::string text;    ///< before the plan
  std::string terms;   ///< a type of that text
  std::string finish;  ///< the same
  std::vector<Launch::Operand> terms_operands;
  std::vector<Launch::Operand> finish_operands;
  std::size_t part_bytes;  ///< size of the terms' Part; 0 where lines are not divided
};

/// The launches that fold all lines: one, or two where lines are divided. Nothing where there are no lines.
std::vector<Launch> fold_launches(const Lines& lines, const Fold& fold);

/// How much scratch memory they use, from its begin on.
std::size_t fold_scratch_bytes(const Lines& lines, const Fold& fold);

}  // namespace cornu::cuda
