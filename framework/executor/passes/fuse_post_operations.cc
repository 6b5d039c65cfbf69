#include <algorithm>
#include <map>
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

// What the libraries of a backend compute behind a product. On cards others join elementwise chains.
bool is_activation(const std::string& name, Backend backend) {
  if (name == "relu") return true;
  return backend != Backend::kCuda && (name == "sigmoid" || name == "tanh");
}

// How many of the last axes of a shape are the columns of a product, as (heads, units) are those of a product over
// heads * units; 0 where none are.
std::int64_t num_column_axes(const Shape& shape, std::int64_t num_columns) {
  std::int64_t product = 1;
  for (std::int64_t axis = shape.rank(); axis-- > 0;) {
    product *= shape[axis];
    if (product == num_columns) return shape.rank() - axis;
  }
  return 0;
}

// True for a value of one number for each column of a product, whose result may stand there in another shape: the axes
// of the columns, and before them only 1.
bool is_bias_for(const Ir& ir, int value, const TensorSpec& result, std::int64_t num_columns) {
  const TensorSpec& spec = ir.spec(value);
  const std::int64_t num_axes = num_column_axes(result.shape, num_columns);
  if (spec.dtype != result.dtype || num_axes == 0 || spec.shape.rank() < num_axes ||
      spec.shape.rank() > result.shape.rank() || spec.shape.num_elements() != num_columns)
    return false;
  return spec.shape.slice(spec.shape.rank() - num_axes) == result.shape.slice(result.shape.rank() - num_axes);
}

class Fuser {
 public:
  explicit Fuser(Ir& ir) : ir_(ir), uses_(ir.use_counts()), users_(ir.users()) {}

  void run() {
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      const std::string& name = ir_.nodes[n].operation->name;
      if (name == "matmul" || name == "conv") absorb_followers(n, name == "matmul" ? kFusedMatmul : kFusedConv);
    }
    std::vector<IrNode> nodes;
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      const auto here = fused_.find(static_cast<int>(n));
      if (here != fused_.end()) {
        nodes.insert(nodes.end(), here->second.begin(), here->second.end());
      } else if (!absorbed_.contains(static_cast<int>(n))) {
        nodes.push_back(std::move(ir_.nodes[n]));
      }
    }
    ir_.nodes = std::move(nodes);
  }

 private:
  // The only user of a value, or -1.
  int only_user(int value) const {
    const auto v = static_cast<std::size_t>(value);
    return uses_[v] == 1 && users_[v].size() == 1 ? users_[v][0] : -1;
  }

  // Through a reshape between a product and its bias, which changes nothing for either.
  int follow_view(int value, std::int64_t num_columns, std::vector<int>& views) const {
    const int user = only_user(value);
    if (user < 0) return -1;
    const IrNode& node = ir_.nodes[static_cast<std::size_t>(user)];
    const bool keeps_columns =
        node.operation->name == "reshape" && num_column_axes(ir_.spec(node.outputs[0]).shape, num_columns) > 0;
    if (!keeps_columns) return user;
    views.push_back(user);
    return only_user(node.outputs[0]);
  }

  // What a product takes over, in the order in which it was found.
  struct Followers {
    int bias = -1;
    int addend = -1;
    std::string activation;
    std::vector<int> nodes;
  };

  // Takes `next`, which uses `incoming`, over if the kernel can do that too.
  bool take(Followers& followers, const IrNode& next, int incoming, std::int64_t num_columns) const {
    const std::string& name = next.operation->name;
    if (followers.activation == "relu") {
      const bool bounds = ir_.backend != Backend::kCuda && name == "minimum" &&
                          ir_.spec(next.outputs[0]) == ir_.spec(incoming) && is_six(next, incoming);
      if (bounds) followers.activation = "relu6";
      return bounds;
    }
    if (!followers.activation.empty()) return false;
    if (is_activation(name, ir_.backend)) {
      followers.activation = name;
      return true;
    }
    if (name != "add" || ir_.spec(next.outputs[0]) != ir_.spec(incoming)) return false;
    const int other = next.inputs[0] == incoming ? next.inputs[1] : next.inputs[0];
    if (other == incoming) return false;
    if (followers.bias < 0 && is_bias_for(ir_, other, ir_.spec(incoming), num_columns)) {
      followers.bias = other;
      return true;
    }
    if (followers.addend < 0 && ir_.spec(other) == ir_.spec(incoming)) {
      followers.addend = other;
      return true;
    }
    return false;
  }

  bool is_six(const IrNode& minimum, int incoming) const {
    const int other = minimum.inputs[0] == incoming ? minimum.inputs[1] : minimum.inputs[0];
    return ir_.is_constant(other) && ir_.spec(other).shape.num_elements() == 1 &&
           ir_.value(other).constant.item() == 6.0;
  }

  void absorb_followers(std::size_t n, const Operation& fused) {
    const TensorSpec& product = ir_.spec(ir_.nodes[n].outputs[0]);
    if (product.dtype != DType::kFloat32 || product.shape.empty() || product.shape.num_elements() == 0) return;
    const std::int64_t num_columns = product.shape.back();
    Followers followers;
    int last = ir_.nodes[n].outputs[0];
    while (true) {
      std::vector<int> views;
      const int user = follow_view(last, num_columns, views);
      if (user < 0 || absorbed_.contains(user)) break;
      const IrNode& next = ir_.nodes[static_cast<std::size_t>(user)];
      const int incoming = views.empty() ? last : ir_.nodes[static_cast<std::size_t>(views[0])].outputs[0];
      if (!take(followers, next, incoming, num_columns)) break;
      followers.nodes.insert(followers.nodes.end(), views.begin(), views.end());
      followers.nodes.push_back(user);
      last = next.outputs[0];
    }
    if (!followers.nodes.empty()) replace(n, fused, followers, last);
  }

  // The fused node stands where the last of the followers stood: there all that they use has been computed.
  void replace(std::size_t n, const Operation& fused, const Followers& followers, int last) {
    IrNode node = std::move(ir_.nodes[n]);
    const int plain = node.outputs[0];
    node.operation = &fused;
    node.attributes.set("bias", followers.bias >= 0);
    node.attributes.set("addend", followers.addend >= 0);
    node.attributes.set("activation", followers.activation);
    absorbed_.insert(static_cast<int>(n));
    absorbed_.insert(followers.nodes.begin(), followers.nodes.end());
    std::vector<IrNode>& nodes = fused_[followers.nodes.back()];
    if (followers.bias >= 0) {
      node.inputs.push_back(followers.bias);
      const TensorSpec columns{{ir_.spec(plain).shape.back()}, ir_.spec(plain).dtype};
      if (ir_.spec(followers.bias).shape.back() != columns.shape.back()) {
        node.inputs.back() = ir_.add_computed(columns);
        nodes.push_back(view_of(followers.bias, node.inputs.back()));
      }
    }
    if (followers.addend >= 0) node.inputs.push_back(followers.addend);
    // Where the followers worked under another shape, a reshape stays behind the fused node.
    const bool same_shape = ir_.spec(last) == ir_.spec(plain);
    if (same_shape) node.outputs[0] = last;
    nodes.push_back(std::move(node));
    if (!same_shape) nodes.push_back(view_of(plain, last));
  }

  IrNode view_of(int value, int view) const {
    return {.operation = &operation_named("reshape"),
            .attributes = Attributes{{"shape", ir_.spec(view).shape.dims()}},
            .inputs = {value},
            .outputs = {view}};
  }

  Ir& ir_;
  std::vector<int> uses_;
  std::vector<std::vector<int>> users_;
  std::set<int> absorbed_;
  std::map<int, std::vector<IrNode>> fused_;  // by the node whose place they take
};

}  // namespace

void fuse_post_operations(Ir& ir) { Fuser(ir).run(); }

}  // namespace cornu
