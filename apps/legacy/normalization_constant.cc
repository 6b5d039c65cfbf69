// How can operations be shared within a graph? Not the operation is shared but the tensor it gives: a normalisation
// factor is made once, captured, and used by two models.

#include <cornu/cornu.h>

#include "apps/legacy/claims.h"
#include "apps/legacy/images.h"

using namespace cornu;

namespace {

v1::Tensor apply_normalization(const v1::Tensor& input, const v1::Tensor& norm_factor) {
  return v1::multiply(input, norm_factor, "normalized_tensor");
}

// Captures the factor instead of making it.
v1::Tensor create_model(const v1::Tensor& input, const v1::Tensor& norm_factor) {
  v1::VariableScope scope("normalizer", {.reuse = v1::AUTO_REUSE});
  return apply_normalization(input, norm_factor);
}

// What does not work: the constant of the first call is no variable that the second could get.
v1::Tensor create_model_by_reuse(const v1::Tensor& input, bool reuse) {
  v1::VariableScope scope("by_reuse", {.reuse = reuse});
  const v1::Tensor norm_factor = reuse ? v1::Tensor(v1::get_variable("norm_const", {.dtype = float32}))
                                       : v1::constant(0.5, {.dtype = float32, .name = "norm_const"});
  return apply_normalization(input, norm_factor);
}

int num_operations(const std::string& type) {
  int count = 0;
  for (const v1::Operation& operation : v1::get_default_graph().operations()) count += operation.type() == type;
  return count;
}

void program(Claims& claim) {
  const v1::Tensor input_1 = v1::placeholder(float32, Shape{kUnknown, 784}, "input_1");
  const v1::Tensor input_2 = v1::placeholder(float32, Shape{kUnknown, 784}, "input_2");
  const v1::Tensor norm_factor = v1::constant(1.0 / 255.0, {.dtype = float32, .name = "norm_const"});
  const v1::Tensor normalized_1 = create_model(input_1, norm_factor);
  const v1::Tensor normalized_2 = create_model(input_2, norm_factor);

  const Images images = load_images(10);
  const Tensor bytes = ops::reshape(images.pixels, {10, 784}) * 255.0;
  const Tensor first = ops::slice(bytes, {0, 0}, {5, 784}), second = ops::slice(bytes, {5, 0}, {5, 784});

  v1::Session session;
  const v1::Fetched results = session.run({normalized_1, normalized_2}, {{input_1, first}, {input_2, second}});
  const Tensor result_1 = results[0], result_2 = results[1];
  std::printf("%s: greatest value of 5 images was %g, is %g\n", images.source.c_str(), ops::max(first).item(),
              ops::max(result_1).item());
  std::printf("%s = %s * %s\n", normalized_1.name().c_str(), input_1.name().c_str(), norm_factor.name().c_str());
  std::printf("%s = %s * %s\n", normalized_2.name().c_str(), input_2.name().c_str(), norm_factor.name().c_str());

  claim("both models use one constant", num_operations("Const") == 1 &&
                                            normalized_1.op().inputs()[1].same(norm_factor) &&
                                            normalized_2.op().inputs()[1].same(norm_factor));
  claim("both outputs are divided by 255",
        ops::max(ops::absolute(ops::concatenate({result_1, result_2}, 0) - bytes / 255.0)).item() < 1e-6);

  create_model_by_reuse(input_1, false);
  bool refused = false;
  try {
    create_model_by_reuse(input_2, true);
  } catch (const v1::errors::ValueError& error) {
    refused = true;
    std::printf("With reuse instead: %s\n", error.what());
  }
  claim("a constant cannot be had by get_variable", refused);
}

}  // namespace

int main() { return run_with_claims("normalization_constant", program); }
