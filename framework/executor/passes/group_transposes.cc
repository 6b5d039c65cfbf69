#include <algorithm>

#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Each output is its input, seen as a matrix, transposed: `rows` and `columns` are those of the inputs.
const Operation& kGrouped = register_operation(
    {.name = "grouped_transpose", .infer = [](std::span<const TensorSpec>, const Attributes&) -> TensorSpecs {
       return {};  // made by this pass alone, with the outputs of the transposes it joins
     }});

class TransposeGrouper {
 public:
  explicit TransposeGrouper(Ir& ir) : ir_(ir), producer_(ir.producers()), users_(ir.users()) {}

  void run() {
    std::vector<std::size_t> early;
    std::vector<std::size_t> late;
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      if (!is_of_matrix(ir_.nodes[n])) continue;
      if (producer_[index(ir_.nodes[n].inputs[0])] < 0) {
        early.push_back(n);
      } else {
        late.push_back(n);
      }
    }
    // Behind the last of them only those can wait whose results nobody reads before.
    if (!late.empty()) {
      const std::size_t last = late.back();
      std::erase_if(late, [&](std::size_t n) { return first_reader(n) <= last; });
    }
    gone_.assign(ir_.nodes.size(), false);
    if (early.size() > 1) join(early, early.front());
    if (late.size() > 1) join(late, late.back());
    std::size_t n = 0;
    std::erase_if(ir_.nodes, [&](const IrNode&) { return gone_[n++]; });
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  // How many of the first axes become the last, the others keeping their order; 0 where it is no such transpose.
  static std::int64_t num_moved_back(const std::vector<std::int64_t>& permutation) {
    const auto rank = static_cast<std::int64_t>(permutation.size());
    const std::int64_t moved = permutation.empty() ? 0 : permutation[0];
    for (std::int64_t axis = 0; axis < rank; ++axis) {
      if (permutation[index(static_cast<int>(axis))] != (axis + moved) % rank) return 0;
    }
    return moved;
  }

  bool is_of_matrix(const IrNode& node) const {
    return node.operation->name == "transpose" && num_moved_back(node.attributes.integers("permutation")) > 0 &&
           ir_.spec(node.inputs[0]).shape.num_elements() > 0 && ir_.spec(node.inputs[0]).dtype == DType::kFloat32;
  }

  std::size_t first_reader(std::size_t n) const {
    std::size_t first = ir_.nodes.size();
    for (const int user : users_[index(ir_.nodes[n].outputs[0])]) first = std::min(first, index(user));
    return first;
  }

  void join(const std::vector<std::size_t>& members, std::size_t place) {
    IrNode group;
    group.operation = &kGrouped;
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> columns;
    for (const std::size_t member : members) {
      const IrNode& node = ir_.nodes[member];
      const Shape& shape = ir_.spec(node.inputs[0]).shape;
      const std::int64_t moved = num_moved_back(node.attributes.integers("permutation"));
      rows.push_back(shape.slice(0, moved).num_elements());
      columns.push_back(shape.slice(moved).num_elements());
      group.inputs.push_back(node.inputs[0]);
      group.outputs.push_back(node.outputs[0]);
      gone_[member] = true;
    }
    group.attributes.set("rows", std::move(rows));
    group.attributes.set("columns", std::move(columns));
    gone_[place] = false;
    ir_.nodes[place] = std::move(group);
  }

  Ir& ir_;
  std::vector<int> producer_;
  std::vector<std::vector<int>> users_;
  std::vector<bool> gone_;
};

}  // namespace

void group_transposes(Ir& ir) { TransposeGrouper(ir).run(); }

}  // namespace cornu
