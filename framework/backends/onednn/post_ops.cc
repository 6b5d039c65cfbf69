#include "framework/backends/onednn/post_ops.h"

#include <limits>
#include <string_view>

#include "framework/backends/onednn/engine.h"

namespace cornu::onednn {
namespace {

struct Eltwise {
  std::string_view name;
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};

// Activations that oneDNN has as they are.
constexpr Eltwise kEltwise[] = {
    {"sigmoid", dnnl::algorithm::eltwise_logistic, 0, 0},
    {"tanh", dnnl::algorithm::eltwise_tanh, 0, 0},
    {"gelu", dnnl::algorithm::eltwise_gelu_erf, 0, 0},
    {"gelu_tanh", dnnl::algorithm::eltwise_gelu_tanh, 0, 0},
    {"elu", dnnl::algorithm::eltwise_elu, 1, 0},
    {"silu", dnnl::algorithm::eltwise_swish, 1, 0},
    {"softplus", dnnl::algorithm::eltwise_soft_relu, 1, 0},
    {"hard_silu", dnnl::algorithm::eltwise_hardswish, 1.0F / 6, 0.5F},
};

// The three piecewise linear ones would turn NaN into 0 or 1 in oneDNN, so that a network that has diverged looks
// healthy. A parametric relu with slope 0 keeps NaN, at the same speed; so does a bound that has nothing below it, as
// -infinity.
class Appender {
 public:
  Appender(const dnnl::memory::desc& result, std::vector<Operand>& operands) : result_(result), operands_(operands) {}

  bool append(const Epilogue& epilogue) {
    if (epilogue.writes_over_addend) {
      post_ops_.append_sum();
    } else if (epilogue.has_addend) {
      post_ops_.append_binary(dnnl::algorithm::binary_add, result_);
      operands_.push_back({argument(DNNL_ARG_SRC_1), result_, input(epilogue.addend_input())});
    }
    return epilogue.activation.empty() || append_activation(epilogue.activation);
  }

  const dnnl::post_ops& post_ops() const { return post_ops_; }

 private:
  bool append_activation(const std::string& name) {
    if (name == "relu") {
      append_relu();
      return true;
    }
    if (name == "relu6") {
      append_relu();
      append_upper_bound(6);
      return true;
    }
    if (name == "hard_sigmoid") {
      post_ops_.append_eltwise(dnnl::algorithm::eltwise_linear, 1.0F / 6, 0.5F);
      append_relu();
      append_upper_bound(1);
      return true;
    }
    for (const Eltwise& eltwise : kEltwise) {
      if (eltwise.name != name) continue;
      post_ops_.append_eltwise(eltwise.algorithm, eltwise.alpha, eltwise.beta);
      return true;
    }
    return false;
  }

  void append_relu() {
    post_ops_.append_prelu(0);
    const dnnl::memory::dims ones(static_cast<std::size_t>(result_.get_ndims()), 1);
    operands_.push_back({argument(DNNL_ARG_WEIGHTS), strided(ones, ones), zero()});
  }

  void append_upper_bound(float bound) {
    post_ops_.append_eltwise(dnnl::algorithm::eltwise_clip, -std::numeric_limits<float>::infinity(), bound);
  }

  // oneDNN's name of an operand of the post-op appended last.
  int argument(int operand) const { return DNNL_ARG_ATTR_MULTIPLE_POST_OP(post_ops_.len() - 1) | operand; }

  const dnnl::memory::desc& result_;
  std::vector<Operand>& operands_;
  dnnl::post_ops post_ops_;
};

}  // namespace

Epilogue epilogue_of(const KernelRequest& request) {
  if (!request.operation.starts_with("fused_")) return {};
  const Attributes& attributes = request.attributes;
  return {attributes.flag("bias"), attributes.flag("addend"), attributes.string("activation"),
          attributes.contains("addend_ends") && attributes.flag("addend_ends")};
}

bool append_epilogue(const Epilogue& epilogue, const dnnl::memory::desc& result, dnnl::primitive_attr& attributes,
                     std::vector<Operand>& operands) {
  Appender appender(result, operands);
  if (!appender.append(epilogue)) return false;
  attributes.set_post_ops(appender.post_ops());
  return true;
}

}  // namespace cornu::onednn
