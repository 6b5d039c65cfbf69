#include "framework/backends/onednn/post_ops.h"

#include <string_view>

namespace cornu::onednn {
namespace {

struct Eltwise {
  std::string_view name;
  dnnl::algorithm algorithm;
  float alpha;
  float beta;
};

constexpr Eltwise kEltwise[] = {
    {"relu", dnnl::algorithm::eltwise_relu, 0, 0},
    {"relu6", dnnl::algorithm::eltwise_clip, 0, 6},
    {"sigmoid", dnnl::algorithm::eltwise_logistic, 0, 0},
    {"tanh", dnnl::algorithm::eltwise_tanh, 0, 0},
    {"gelu", dnnl::algorithm::eltwise_gelu_erf, 0, 0},
    {"gelu_tanh", dnnl::algorithm::eltwise_gelu_tanh, 0, 0},
    {"elu", dnnl::algorithm::eltwise_elu, 1, 0},
    {"silu", dnnl::algorithm::eltwise_swish, 1, 0},
    {"softplus", dnnl::algorithm::eltwise_soft_relu, 1, 0},
    {"hard_sigmoid", dnnl::algorithm::eltwise_hardsigmoid, 1.0F / 6, 0.5F},
    {"hard_silu", dnnl::algorithm::eltwise_hardswish, 1.0F / 6, 0.5F},
};

}  // namespace

Epilogue epilogue_of(const KernelRequest& request) {
  if (!request.operation.starts_with("fused_")) return {};
  return {request.attributes.flag("bias"), request.attributes.flag("addend"), request.attributes.string("activation")};
}

bool append_epilogue(const Epilogue& epilogue, const dnnl::memory::desc& addend, dnnl::primitive_attr& attributes,
                     std::vector<Operand>& operands) {
  dnnl::post_ops post_ops;
  if (epilogue.has_addend) {
    post_ops.append_binary(dnnl::algorithm::binary_add, addend);
    operands.push_back({DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, addend, input(epilogue.addend_input())});
  }
  if (!epilogue.activation.empty()) {
    const Eltwise* found = nullptr;
    for (const Eltwise& eltwise : kEltwise) {
      if (eltwise.name == epilogue.activation) found = &eltwise;
    }
    if (!found) return false;
    post_ops.append_eltwise(found->algorithm, found->alpha, found->beta);
  }
  attributes.set_post_ops(post_ops);
  return true;
}

}  // namespace cornu::onednn
