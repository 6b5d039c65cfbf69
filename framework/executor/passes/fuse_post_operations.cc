#include <algorithm>
#include <array>
#include <set>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// The operation that also takes a bias (input 2, if "bias"), an addend ("addend") and an "activation".
TensorSpecs infer_fused(const char* plain, std::span<const TensorSpec> inputs, const Attributes& attributes) {
  return operation_named(plain).infer(inputs.subspan(0, 2), attributes);
}

const Operation& kFusedMatmul = register_operation(
    {.name = "fused_matmul", .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) {
       return infer_fused("matmul", inputs, attributes);
     }});
const Operation& kFusedConv = register_operation(
    {.name = "fused_conv", .infer = [](std::span<const TensorSpec> inputs, const Attributes& attributes) {
       return infer_fused("conv", inputs, attributes);
     }});

bool is_activation(const std::string& name) {
  static constexpr std::array kNames{"relu", "sigmoid", "tanh"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// True for a value of shape (n,), or (1, ..., 1, n), where n is the last size of the result.
bool is_bias_for(const Ir& ir, int value, const TensorSpec& result) {
  const TensorSpec& spec = ir.spec(value);
  return spec.dtype == result.dtype && !result.shape.empty() && spec.shape.rank() >= 1 &&
         spec.shape.rank() <= result.shape.rank() && spec.shape.back() == result.shape.back() &&
         spec.shape.num_elements() == spec.shape.back();
}

class Fuser {
 public:
  explicit Fuser(Ir& ir) : ir_(ir), uses_(ir.use_counts()), users_(ir.users()), producer_(ir.producers()) {}

  void run() {
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      const std::string& name = ir_.nodes[n].operation->name;
      if (name == "matmul" || name == "conv") absorb_followers(n, name == "matmul" ? kFusedMatmul : kFusedConv);
    }
    std::size_t n = 0;
    std::erase_if(ir_.nodes, [&](const IrNode&) { return absorbed_.contains(static_cast<int>(n++)); });
  }

 private:
  // The only user of a value, or -1.
  int only_user(int value) const {
    const auto v = static_cast<std::size_t>(value);
    return uses_[v] == 1 && users_[v].size() == 1 ? users_[v][0] : -1;
  }

  // Through a reshape between a flattened product and its bias, which changes nothing for either.
  int follow_view(int value, std::vector<int>& views) const {
    const int user = only_user(value);
    if (user < 0) return -1;
    const IrNode& node = ir_.nodes[static_cast<std::size_t>(user)];
    const bool keeps_last = node.operation->name == "reshape" && !ir_.spec(value).shape.empty() &&
                            !ir_.spec(node.outputs[0]).shape.empty() &&
                            ir_.spec(node.outputs[0]).shape.back() == ir_.spec(value).shape.back();
    if (!keeps_last) return user;
    views.push_back(user);
    return only_user(node.outputs[0]);
  }

  void absorb_followers(std::size_t n, const Operation& fused) {
    if (ir_.spec(ir_.nodes[n].outputs[0]).dtype != DType::kFloat32) return;
    int bias = -1;
    std::string activation;
    int last = ir_.nodes[n].outputs[0];
    std::vector<int> taken;
    for (bool more = true; more && activation.empty();) {
      more = false;
      std::vector<int> views;
      const int user = follow_view(last, views);
      if (user < 0) break;
      const IrNode& next = ir_.nodes[static_cast<std::size_t>(user)];
      const int incoming = views.empty() ? last : ir_.nodes[static_cast<std::size_t>(views[0])].outputs[0];
      const std::string& name = next.operation->name;
      if (name == "add" && bias < 0 && ir_.spec(next.outputs[0]) == ir_.spec(incoming)) {
        const int other = next.inputs[0] == incoming ? next.inputs[1] : next.inputs[0];
        const bool in_time = producer_[static_cast<std::size_t>(other)] < static_cast<int>(n);
        if (other == incoming || !in_time || !is_bias_for(ir_, other, ir_.spec(incoming))) break;
        bias = other;
        more = true;
      } else if (is_activation(name)) {
        activation = name;
        more = true;
      }
      if (more) {
        taken.insert(taken.end(), views.begin(), views.end());
        taken.push_back(user);
        last = next.outputs[0];
      }
    }
    if (taken.empty()) return;
    replace(n, fused, bias, activation, last, taken);
  }

  void replace(std::size_t n, const Operation& fused, int bias, const std::string& activation, int last,
               const std::vector<int>& taken) {
    IrNode& node = ir_.nodes[n];
    const int plain = node.outputs[0];
    node.operation = &fused;
    node.attributes.set("bias", bias >= 0);
    node.attributes.set("addend", false);
    node.attributes.set("activation", activation);
    if (bias >= 0) node.inputs.push_back(bias);
    for (int user : taken) absorbed_.insert(user);
    const TensorSpec& spec = ir_.spec(plain);
    if (ir_.spec(last) == spec) {
      node.outputs[0] = last;
      return;
    }
    // The followers worked under another shape: the last reshape among them stays, behind the fused node.
    for (int user : taken) {
      IrNode& view = ir_.nodes[static_cast<std::size_t>(user)];
      if (view.operation->name != "reshape") continue;
      view.inputs[0] = plain;
      view.attributes = Attributes{{"shape", ir_.spec(last).shape.dims()}};
      view.outputs[0] = last;
      absorbed_.erase(user);
      break;
    }
  }

  Ir& ir_;
  std::vector<int> uses_;
  std::vector<std::vector<int>> users_;
  std::vector<int> producer_;
  std::set<int> absorbed_;
};

}  // namespace

void fuse_post_operations(Ir& ir) { Fuser(ir).run(); }

}  // namespace cornu
