#include "framework/backends/cuda/lines.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace cornu::cuda {
namespace {

constexpr std::int64_t kPackBytes = 16;  // the widest load there is
constexpr std::int64_t kMaxWidth = 4;    // more accumulators would cost more than wider loads save
constexpr std::int64_t kWarp = 32;       // threads that load together
constexpr std::int64_t kSector = 8;      // elements of 4 bytes in the least that memory is read by
constexpr std::int64_t kFull = 264;      // two blocks for each multiprocessor of a large card
constexpr std::int64_t kEnough = 96;     // most of them have one
constexpr std::int64_t kLoadsEach = 4;   // that a thread has under way at once
constexpr std::int64_t kShortest = 8;    // loads of a thread for which it is worth to divide a line
constexpr std::int64_t kLongest = 1024;  // numbers that a thread may fold one after another

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

std::int64_t power_of_2_from(std::int64_t n) {
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(n, 1))));
}

}  // namespace

Lines::Lines(const Shape& shape, const std::vector<std::int64_t>& axes) {
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  const auto is_folded = [&](std::int64_t axis) { return std::find(axes.begin(), axes.end(), axis) != axes.end(); };
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) (is_folded(axis) ? length_ : num_lines_) *= shape[axis];
  // Offsets within nothing are not asked for.
  if (shape.num_elements() == 0) return;
  for (std::int64_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    along_ = is_folded(axis);
    std::vector<Dim>& dims = along_ ? folded_ : kept_;
    const Dim dim{shape[axis], strides[static_cast<std::size_t>(axis)]};
    if (!dims.empty() && dims.back().stride == dim.stride * dim.size) {
      dims.back() = {dims.back().size * dim.size, dim.stride};
    } else {
      dims.push_back(dim);
    }
  }
}

Lines Lines::whole(const Shape& shape, const std::vector<std::int64_t>& axes, std::size_t largest) {
  Lines lines(shape, axes);
  lines.spread(largest, false);
  return lines;
}

Lines Lines::divided(const Shape& shape, const std::vector<std::int64_t>& axes, std::size_t largest) {
  Lines lines(shape, axes);
  lines.spread(largest, true);
  return lines;
}

Lines Lines::of_parts() const { return whole({num_parts_, num_lines_}, {0}, kPackBytes); }

void Lines::spread(std::size_t largest, bool divided) {
  const std::vector<Dim>& innermost = along_ ? folded_ : kept_;
  const std::int64_t width = std::min(kMaxWidth, kPackBytes / static_cast<std::int64_t>(largest));
  if (!innermost.empty() && innermost.back().size % width == 0) width_ = static_cast<int>(width);
  const auto choose = [&] {
    choose_threads();
    part_ = std::max<std::int64_t>(length_, 1);
    num_parts_ = 1;
    if (divided) divide();
  };
  choose();
  // Wide loads of several lines make few blocks of them; one by one there are more.
  if (!along_ && width_ > 1 && num_tiles() * num_parts_ < kEnough) {
    width_ = 1;
    choose();
  }
}

// Several loads for each thread, unless the card has threads left.
void Lines::choose_threads() {
  const std::int64_t loads = power_of_2_from(ceil_div(length_, together()));
  const std::int64_t groups = power_of_2_from(num_lines_ * together() / width_);
  const auto most = [&](std::int64_t beside) { return along_ ? kThreads : kThreads / std::min(beside, groups); };
  lanes_ = std::min(most(kWarp), std::max<std::int64_t>(loads / kLoadsEach, 1));
  const auto choose_groups = [&] { groups_ = std::min(kThreads / lanes_, groups); };
  choose_groups();
  while (num_tiles() < kFull && lanes_ < std::min(most(kSector), loads)) {
    lanes_ *= 2;
    choose_groups();
  }
}

void Lines::divide() {
  const std::int64_t step = lanes_ * together();
  const std::int64_t tiles = std::max<std::int64_t>(num_tiles(), 1);
  const std::int64_t worth = tiles < kFull ? std::min(ceil_div(2 * kFull, tiles), length_ / (step * kShortest)) : 1;
  const std::int64_t parts = std::max(worth, ceil_div(length_, step * kLongest));
  if (parts < 2) return;
  part_ = ceil_div(ceil_div(length_, parts), step) * step;
  num_parts_ = ceil_div(length_, part_);
}

std::int64_t Lines::num_tiles() const { return ceil_div(num_lines_ * together(), groups_ * width_); }

unsigned int Lines::num_blocks() const { return static_cast<unsigned int>(num_tiles() * num_parts_); }

std::string Lines::suffix() const { return num_lines_ * length_ < (std::int64_t{1} << 31) ? "u" : "ull"; }

// Where the i-th of those is.
std::string Lines::offset(const std::vector<Dim>& dims) const {
  const auto literal = [&](std::int64_t number) { return std::to_string(number) + suffix(); };
  std::string sum;
  std::int64_t inner = 1;
  for (std::size_t d = dims.size(); d-- > 0; inner *= dims[d].size) {
    std::string term = inner == 1 ? "i" : "i / " + literal(inner);
    if (d > 0) term = (inner == 1 ? term : "(" + term + ")") + " % " + literal(dims[d].size);
    if (dims[d].stride > 1) term = "(" + term + ") * " + literal(dims[d].stride);
    sum = sum.empty() ? term : term + " + " + sum;
  }
  return sum.empty() ? "i * " + literal(0) : sum;
}

std::string Lines::plan() const {
  const auto constant = [&](const char* name, std::int64_t value) {
    return std::string("  static constexpr Index ") + name + " = " + std::to_string(value) + suffix() + ";\n";
  };
  // Unnamed, because the host loads kernels with other plans beside these.
  return std::string("namespace {\nstruct Plan {\n  using Index = ") +
         (suffix() == "u" ? "unsigned int" : "unsigned long long") + ";\n" + constant("kLines", num_lines_) +
         constant("kLength", length_) + constant("kPart", part_) +
         "  static constexpr unsigned int kGroups = " + std::to_string(groups_) + ";\n" +
         "  static constexpr unsigned int kLanes = " + std::to_string(lanes_) + ";\n" +
         "  static constexpr int kWidth = " + std::to_string(width_) + ";\n" +
         "  static constexpr bool kAlong = " + (along_ ? "true" : "false") + ";\n" +
         "  static CORNU_DEVICE Index line_offset(Index i) { return " + offset(kept_) + "; }\n" +
         "  static CORNU_DEVICE Index element_offset(Index i) { return " + offset(folded_) + "; }\n};\n}\n";
}

namespace {

Launch fold_launch(const Lines& lines, const Fold& fold, const std::string& name, const std::string& terms,
                   const std::string& finish, std::vector<Launch::Operand> terms_operands,
                   const std::vector<Launch::Operand>& finish_operands) {
  const std::string first_of_finish = std::to_string(terms_operands.size());
  std::vector<Launch::Operand> operands = std::move(terms_operands);
  operands.insert(operands.end(), finish_operands.begin(), finish_operands.end());
  return {name,
          fold.text + lines.plan() + "CORNU_KERNEL(" + name + ", " + std::to_string(operands.size()) +
              ") {\n  device::fold_lines<Plan, " + terms + ", " + finish + ">(operands.at, operands.at + " +
              first_of_finish + ");\n}\n",
          lines.num_blocks(), lines.num_threads(), std::move(operands)};
}

}  // namespace

std::vector<Launch> fold_launches(const Lines& lines, const Fold& fold) {
  if (lines.num_lines() == 0) return {};
  if (lines.num_parts() == 1) {
    return {fold_launch(lines, fold, fold.name, fold.terms, fold.finish, fold.terms_operands, fold.finish_operands)};
  }
  const std::vector<Launch::Operand> parts{Launch::scratch(0)};
  return {fold_launch(lines, fold, fold.name + "_parts", fold.terms, "device::StoreParts<Plan, " + fold.terms + ">",
                      fold.terms_operands, parts),
          fold_launch(lines.of_parts(), fold, fold.name, "device::Parts<Plan, " + fold.terms + ">", fold.finish, parts,
                      fold.finish_operands)};
}

std::size_t fold_scratch_bytes(const Lines& lines, const Fold& fold) {
  if (lines.num_parts() == 1) return 0;
  return static_cast<std::size_t>(lines.num_lines() * lines.num_parts()) * fold.part_bytes;
}

}  // namespace cornu::cuda
