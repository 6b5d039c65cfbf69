#include "bench/limit/work.h"

#include <cmath>

namespace bench {
namespace {

using cornu::Shape;

double elements(const Shape& shape) { return static_cast<double>(shape.num_elements()); }

double matrix_elements(const Shape& shape) { return static_cast<double>(shape[-1] * shape[-2]); }

// Every output element is a sum over the common size of both factors, whichever of them is transposed.
double work_of_matmul(const Shape& x, const Shape& y, const Shape& out) {
  const double depth = std::sqrt(matrix_elements(x) * matrix_elements(y) / matrix_elements(out));
  return 2 * elements(out) * depth;
}

// Each element of the convolution's output (or of its gradient) goes with one filter, in each direction.
double work_of_conv(const Shape& output, const Shape& kernel) {
  return 2 * elements(output) * elements(kernel) / static_cast<double>(kernel.back());
}

}  // namespace

double work_of(const cornu::StepProfile& step) {
  const std::string& name = step.operation;
  if (name == "matmul" || name == "fused_matmul")
    return work_of_matmul(step.inputs[0].shape, step.inputs[1].shape, step.outputs[0].shape);
  if (name == "conv" || name == "fused_conv") return work_of_conv(step.outputs[0].shape, step.inputs[1].shape);
  if (name == "conv_input_gradient") return work_of_conv(step.inputs[0].shape, step.inputs[1].shape);
  if (name == "conv_kernel_gradient" || name == "conv_kernel_bias_gradient")
    return work_of_conv(step.inputs[1].shape, step.outputs[0].shape);
  return 0;
}

}  // namespace bench
