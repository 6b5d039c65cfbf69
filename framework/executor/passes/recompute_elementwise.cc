#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "framework/executor/passes/elementwise_cost.h"
#include "framework/executor/passes/elementwise_groups.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Times that a value's bytes cross the bus: when one chain writes it (memory is read before it is overwritten) and
// another reads it; when a chain reads one more input; and when that input could have been overwritten by then.
constexpr std::int64_t kTrafficOfKept = 3;
constexpr std::int64_t kTrafficOfRead = 1;
constexpr std::int64_t kTrafficOfRetained = 2;

class Recomputer {
 public:
  explicit Recomputer(Ir& ir)
      : ir_(ir),
        groups_(ir),
        producer_(ir.producers()),
        users_(ir.users()),
        is_fixed_(ir.values_fixed_between_runs()),
        leaves_program_(ir.values.size(), false) {
    for (const int fetch : ir.fetches) leaves_program_[index(fetch)] = true;
    for (const auto& [variable, value] : ir.updates) leaves_program_[index(value)] = true;
  }

  void run() {
    for (const auto& [group, nodes] : groups_.members()) {
      if (!is_fusable(ir_, node(nodes[0]))) continue;
      std::map<int, std::vector<int>> kept;  // by the group that makes them
      for (const int value : values_kept_for(group)) kept[groups_.group_of(producer_[index(value)])].push_back(value);
      for (const auto& [maker, values] : kept) consider(maker, group, values);
    }
    insert_copies();
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  const IrNode& node(int number) const { return ir_.nodes[index(number)]; }
  int group_of_maker(int value) const {
    const int maker = producer_[index(value)];
    return maker < 0 ? -1 : groups_.group_of(maker);
  }
  std::int64_t bytes_of(int value) const {
    const TensorSpec& spec = ir_.spec(value);
    return spec.shape.num_elements() * static_cast<std::int64_t>(size_of(spec.dtype));
  }

  // True where a value is used in no group but these.
  bool is_used_only_in(int value, const std::set<int>& groups) const {
    return !leaves_program_[index(value)] &&
           std::all_of(users_[index(value)].begin(), users_[index(value)].end(),
                       [&](int user) { return groups.contains(groups_.group_of(user)); });
  }

  // Large values that another group of elementwise nodes makes, of the same shape, and that leave it for this one only.
  std::set<int> values_kept_for(int group) const {
    std::set<int> values;
    for (const int member : groups_.members().at(group)) {
      const Shape& shape = ir_.spec(node(member).outputs[0]).shape;
      for (const int input : node(member).inputs) {
        const int maker = group_of_maker(input);
        if (maker < 0 || maker == group || !is_fusable(ir_, node(producer_[index(input)]))) continue;
        if (ir_.spec(input).shape != shape || bytes_of(input) < kMinBytesOfMemory || retained_.contains(input))
          continue;
        if (is_used_only_in(input, {maker, group})) values.insert(input);
      }
    }
    return values;
  }

  // The nodes of a group that make some results, and what those read that is there anyway.
  struct Origin {
    std::set<int> nodes;
    std::set<int> inputs;
  };
  Origin origin_of(int group, const std::vector<int>& results, const std::vector<int>& not_kept) const {
    Origin origin;
    std::vector<int> open = results;
    while (!open.empty()) {
      const int value = open.back();
      open.pop_back();
      const int maker = producer_[index(value)];
      if (!origin.nodes.insert(maker).second) continue;
      for (const int input : node(maker).inputs) {
        const bool is_inner = group_of_maker(input) == group && !leaves_group(input, group);
        if (is_inner || std::find(not_kept.begin(), not_kept.end(), input) != not_kept.end()) {
          open.push_back(input);
        } else {
          origin.inputs.insert(input);
        }
      }
    }
    return origin;
  }

  bool leaves_group(int value, int group) const {
    return !dropped_.contains(value) && !is_used_only_in(value, {group});
  }

  bool reads(int group, int value) const {
    return std::any_of(users_[index(value)].begin(), users_[index(value)].end(),
                       [&](int user) { return groups_.group_of(user) == group; });
  }

  // What a group makes that others still need, if not these values.
  std::vector<int> results_without(int group, const std::vector<int>& values) const {
    std::vector<int> results;
    for (const int member : groups_.members().at(group)) {
      const int result = node(member).outputs[0];
      if (leaves_group(result, group) && std::find(values.begin(), values.end(), result) == values.end())
        results.push_back(result);
    }
    return results;
  }

  // The bytes that need not move any more where `group` makes the values itself.
  std::int64_t traffic_saved(int maker, int group, const std::vector<int>& values, const Origin& origin,
                             const Origin& rest) const {
    std::int64_t saved = 0;
    for (const int value : values) saved += kTrafficOfKept * bytes_of(value);
    for (const int input : origin.inputs) {
      if (bytes_of(input) < kMinBytesOfMemory) continue;
      // The maker may not have to read it any more; the group may read it already.
      if (group_of_maker(input) != maker && !rest.inputs.contains(input)) saved += kTrafficOfRead * bytes_of(input);
      if (reads(group, input)) continue;
      const bool ends = group_of_maker(input) >= 0 && is_used_only_in(input, {maker});
      saved -= (ends ? kTrafficOfRetained : kTrafficOfRead) * bytes_of(input);
    }
    return saved;
  }

  void consider(int maker, int group, const std::vector<int>& values) {
    const Origin origin = origin_of(maker, values, values);
    const bool is_stable = std::none_of(origin.inputs.begin(), origin.inputs.end(), [&](int input) {
      const bool is_updated = ir_.value(input).kind == IrValue::Kind::kVariable && !is_fixed_[index(input)];
      return dropped_.contains(input) || is_updated;
    });
    if (!is_stable) return;
    const Origin rest = origin_of(maker, results_without(maker, values), values);
    std::int64_t additions = 0;
    for (const int made_twice : origin.nodes) {
      if (rest.nodes.contains(made_twice)) additions += additions_of(node(made_twice).operation->name);
    }
    const std::int64_t num_elements = ir_.spec(values[0]).shape.num_elements();
    if (traffic_saved(maker, group, values, origin, rest) <= additions * num_elements) return;
    copies_.push_back({group, {origin.nodes.begin(), origin.nodes.end()}});
    dropped_.insert(values.begin(), values.end());
    retained_.insert(origin.inputs.begin(), origin.inputs.end());
  }

  // The copies of nodes stand before the first node of their group, which reads from them.
  void insert_copies() {
    if (copies_.empty()) return;
    std::map<int, std::vector<IrNode>> before;
    for (const auto& [group, nodes] : copies_) {
      std::map<int, int> copy_of;
      const auto redirect = [&](IrNode& reader) {
        for (int& input : reader.inputs) {
          if (const auto copy = copy_of.find(input); copy != copy_of.end()) input = copy->second;
        }
      };
      const std::vector<int>& members = groups_.members().at(group);
      for (const int original : nodes) {
        IrNode copy = node(original);
        redirect(copy);
        const int value = ir_.add_computed(ir_.spec(copy.outputs[0]));
        copy_of[copy.outputs[0]] = value;
        copy.outputs[0] = value;
        before[members[0]].push_back(std::move(copy));
      }
      for (const int member : members) redirect(ir_.nodes[index(member)]);
    }
    std::vector<IrNode> nodes;
    for (std::size_t n = 0; n < ir_.nodes.size(); ++n) {
      if (const auto copies = before.find(static_cast<int>(n)); copies != before.end())
        std::move(copies->second.begin(), copies->second.end(), std::back_inserter(nodes));
      nodes.push_back(std::move(ir_.nodes[n]));
    }
    ir_.nodes = std::move(nodes);
  }

  struct Copy {
    int group;
    std::vector<int> nodes;
  };

  Ir& ir_;
  const ElementwiseGroups groups_;
  const std::vector<int> producer_;
  const std::vector<std::vector<int>> users_;
  const std::vector<bool> is_fixed_;
  std::vector<bool> leaves_program_;
  std::vector<Copy> copies_;
  std::set<int> dropped_;   // values that do not leave their groups any more
  std::set<int> retained_;  // values that copies read
};

}  // namespace

void recompute_elementwise(Ir& ir) {
  Recomputer(ir).run();
  prune(ir);
}

}  // namespace cornu
