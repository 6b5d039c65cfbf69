// batch_norm_training and its gradient, and the sums over all rows that both begin with, channels last.
//
// Programs know the sums alone in float32: the rest is elementwise (executor/passes/split_batch_norm.cc).

#include <cstdio>

#include "framework/backends/cuda/device_text.h"
#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/lines.h"

namespace cornu::cuda {
namespace {

using Operand = Launch::Operand;

constexpr std::size_t kAlignment = 256;

class BatchNorm {
 public:
  explicit BatchNorm(const KernelRequest& request)
      : x_(request.inputs[0]),
        element_(device_type(x_.dtype)),
        lines_(Lines::divided(x_.shape, axes_before_last(x_.shape), size_of(x_.dtype))),
        text_(device_text({"device_types", "lines", "batch_norm"}) + settings(request.attributes.number("epsilon"))) {}

  // Of x and gamma: mean, variance, and gamma / sqrt(variance + epsilon).
  Fold moments(const Operand& mean, const Operand& variance, const Operand& scale) const {
    return {.name = "moments_of_channels",
            .text = text_,
            .terms = "device::MomentsOf<Plan, " + element_ + ">",
            .finish = "device::StoreMoments<Settings, " + element_ + ">",
            .terms_operands = {Launch::input(0)},
            .finish_operands = {Launch::input(1), mean, variance, scale},
            .part_bytes = 3 * sizeof(double)};
  }

  // Of x, mean, variance, gamma and dy: dgamma, dbeta and what dx is made of.
  Fold gradient_sums(const std::vector<Operand>& outputs) const {
    Fold fold{.name = "gradient_sums_of_channels",
              .text = text_,
              .terms = "device::GradientSumsOf<Plan, " + element_ + ">",
              .finish = "device::StoreGradientSums<Settings, " + element_ + ">",
              .terms_operands = {Launch::input(0), Launch::input(1), Launch::input(4)},
              .finish_operands = {Launch::input(2), Launch::input(3)},
              .part_bytes = 2 * sizeof(double)};
    fold.finish_operands.insert(fold.finish_operands.end(), outputs.begin(), outputs.end());
    return fold;
  }

  std::unique_ptr<Kernel> kernel(const Fold& fold) const {
    return std::make_unique<LaunchKernel>(fold_launches(lines_, fold), fold_scratch_bytes(lines_, fold));
  }

  // With another kernel behind the fold, which computes each element from numbers of its channel; of these `num_kept`
  // lie in scratch memory, behind that of the fold.
  std::unique_ptr<Kernel> kernel(const Fold& fold, const std::string& name, std::vector<Operand> operands,
                                 std::size_t num_kept) const {
    std::vector<Launch> launches = fold_launches(lines_, fold);
    const std::int64_t count = x_.shape.num_elements();
    if (count > 0) {
      launches.push_back({name,
                          text_ + "CORNU_KERNEL(" + name + ", " + std::to_string(operands.size()) +
                              ") {\n  device::" + name + "<Settings, " + element_ + ">(operands.at);\n}\n",
                          blocks_for(count), kThreads, std::move(operands)});
    }
    return std::make_unique<LaunchKernel>(std::move(launches), kept(fold, num_kept));
  }

  // Where the number-th row of kept numbers begins.
  std::size_t kept(const Fold& fold, std::size_t number) const {
    const auto aligned = [](std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; };
    return aligned(fold_scratch_bytes(lines_, fold)) +
           number * aligned(static_cast<std::size_t>(x_.shape.back()) * size_of(x_.dtype));
  }

 private:
  static std::vector<std::int64_t> axes_before_last(const Shape& shape) {
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = 0; axis + 1 < shape.rank(); ++axis) axes.push_back(axis);
    return axes;
  }

  std::string settings(double epsilon) const {
    char number[32];
    std::snprintf(number, sizeof(number), "%.17g", epsilon);
    const bool is_narrow = x_.shape.num_elements() < (std::int64_t{1} << 31);
    return std::string("struct Settings {\n  using Index = ") + (is_narrow ? "unsigned int" : "unsigned long long") +
           ";\n  static constexpr Index kElements = " + std::to_string(x_.shape.num_elements()) +
           "ull;\n  static constexpr Index kChannels = " + std::to_string(x_.shape.back()) +
           "ull;\n  static CORNU_DEVICE double epsilon() { return " + number +
           "; }\n  static CORNU_DEVICE double count() { return " + std::to_string(lines_.length()) + "; }\n};\n";
  }

  const TensorSpec& x_;
  std::string element_;
  Lines lines_;
  std::string text_;
};

bool serves(const KernelRequest& request) {
  return request.inputs[0].dtype == DType::kFloat32 || request.inputs[0].dtype == DType::kFloat64;
}

std::unique_ptr<Kernel> make_moments(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const BatchNorm batch_norm(request);
  return batch_norm.kernel(batch_norm.moments(Launch::output(0), Launch::output(1), Launch::output(2)));
}

std::unique_ptr<Kernel> make_gradient_sums(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const BatchNorm batch_norm(request);
  return batch_norm.kernel(batch_norm.gradient_sums(
      {Launch::output(0), Launch::output(1), Launch::output(2), Launch::output(3), Launch::output(4)}));
}

std::unique_ptr<Kernel> make_training(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const BatchNorm batch_norm(request);
  Fold fold = batch_norm.moments(Launch::output(1), Launch::output(2), {});
  const Operand scale = Launch::scratch(batch_norm.kept(fold, 0));
  fold.finish_operands.back() = scale;
  return batch_norm.kernel(fold, "normalize",
                           {Launch::input(0), Launch::output(1), scale, Launch::input(2), Launch::output(0)}, 1);
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  if (!serves(request)) return nullptr;
  const BatchNorm batch_norm(request);
  Fold fold = batch_norm.gradient_sums({Launch::output(1), Launch::output(2)});
  std::vector<Operand> operands{Launch::input(0), Launch::input(1), Launch::input(4)};
  for (std::size_t number = 0; number < 3; ++number) {
    operands.push_back(Launch::scratch(batch_norm.kept(fold, number)));
    fold.finish_operands.push_back(operands.back());
  }
  operands.push_back(Launch::output(0));
  return batch_norm.kernel(fold, "input_gradient", std::move(operands), 3);
}

const bool kRegistered[] = {
    register_kernel("batch_norm_moments", Backend::kCuda, make_moments),
    register_kernel("batch_norm_gradient_sums", Backend::kCuda, make_gradient_sums),
    register_kernel("batch_norm_training", Backend::kCuda, make_training),
    register_kernel("batch_norm_gradient", Backend::kCuda, make_gradient),
};

}  // namespace
}  // namespace cornu::cuda
