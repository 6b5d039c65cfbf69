#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "framework/executor/passes/elementwise_chain.h"
#include "framework/executor/passes/elementwise_cost.h"
#include "framework/executor/passes/passes.h"

namespace cornu {
namespace {

// Bytes that may move for one byte less at the peak.
constexpr std::int64_t kWorthOfByte = 3;
// Each change is looked for in all nodes. In a large program one value more or less at the peak counts for little.
constexpr std::size_t kMaxChanges = 256;
constexpr std::size_t kMaxNodesLookedAt = 1 << 18;

std::size_t index(int number) { return static_cast<std::size_t>(number); }

// One value that need not live through the peak, and how.
struct Change {
  int value = -1;
  int host = -1;             // the chain that makes the value again
  ElementwiseChain part;     // what it computes for that
  std::vector<int> readers;  // other nodes, which read the value that the host makes
  bool is_read_early = false;
  std::int64_t price = 0;  // bytes that move for each element, less those that do not any more
};

// Which values a program holds at which of its nodes, in their present order.
class Recomputation {
 public:
  explicit Recomputation(Ir& ir)
      : ir_(ir),
        size_(static_cast<int>(ir.nodes.size())),
        producer_(ir.producers()),
        is_fixed_(ir.values_fixed_between_runs()),
        root_(ir.values.size()),
        last_(ir.values.size(), -1),
        readers_(ir.values.size()),
        leaves_program_(ir.values.size(), false) {
    for (std::size_t v = 0; v < root_.size(); ++v) root_[v] = static_cast<int>(v);
    for (int n = 0; n < size_; ++n) {
      const IrNode& at = node(n);
      if (at.operation->is_view) root_[index(at.outputs[0])] = root(at.inputs[0]);
      for (const int input : at.inputs) {
        last_[index(root(input))] = n;
        if (!at.operation->is_view) readers_[index(root(input))].insert(n);
      }
    }
    for (const int fetch : ir.fetches) leaves_program_[index(root(fetch))] = true;
    for (const auto& [variable, value] : ir.updates) leaves_program_[index(root(value))] = true;
    find_alive_bytes();
  }

  // Makes the change that costs least for what it is worth; false when there is none.
  bool improve() {
    std::vector<Change> changes;
    for (int value = 0; value < static_cast<int>(ir_.values.size()); ++value) {
      if (std::optional<Change> change = change_for(value)) changes.push_back(std::move(*change));
    }
    std::stable_sort(changes.begin(), changes.end(), [&](const Change& a, const Change& b) {
      return a.price * size_of_element(b.value) < b.price * size_of_element(a.value);
    });
    const auto best = std::find_if(changes.begin(), changes.end(),
                                   [&](const Change& change) { return peak_after(change) < alive_[index(peak_)]; });
    if (best == changes.end()) return false;
    make(*best);
    return true;
  }

 private:
  const IrNode& node(int number) const { return ir_.nodes[index(number)]; }
  int root(int value) const { return root_[index(value)]; }
  int last_use(int value) const { return last_[index(root(value))]; }
  std::int64_t size_of_element(int value) const { return static_cast<std::int64_t>(size_of(ir_.spec(value).dtype)); }
  std::int64_t bytes_of(int value) const { return ir_.spec(value).shape.num_elements() * size_of_element(value); }
  bool is_large(int value) const { return bytes_of(value) >= kMinBytesOfMemory; }
  bool is_held(int value) const {
    return ir_.value(root(value)).kind == IrValue::Kind::kComputed && !leaves_program_[index(root(value))];
  }
  bool has_shape(int number, const Shape& shape) const { return ir_.spec(node(number).outputs[0]).shape == shape; }

  // Bytes that are held at each node, put together from where they begin and end.
  class AliveBytes {
   public:
    explicit AliveBytes(int num_nodes) : changes_(index(num_nodes) + 1, 0) {}

    void add(int first, int last, std::int64_t bytes) {
      if (first > last) return;
      changes_[index(first)] += bytes;
      changes_[index(last) + 1] -= bytes;
    }
    std::vector<std::int64_t> at_nodes() && {
      std::partial_sum(changes_.begin(), changes_.end(), changes_.begin());
      changes_.pop_back();
      return std::move(changes_);
    }

   private:
    std::vector<std::int64_t> changes_;
  };

  void find_alive_bytes() {
    AliveBytes alive(size_);
    for (int n = 0; n < size_; ++n) {
      if (node(n).operation->is_view) continue;
      for (const int output : node(n).outputs) {
        if (is_held(output)) alive.add(n, std::max(n, last_use(output)), bytes_of(output));
      }
      if (ElementwiseChain::is_chain(ir_, node(n))) alive.add(n, n, -shared_bytes(n, node(n).inputs, node(n).outputs));
    }
    alive_ = std::move(alive).at_nodes();
    peak_ = static_cast<int>(std::distance(alive_.begin(), std::max_element(alive_.begin(), alive_.end())));
  }

  // A chain writes over what it reads for the last time.
  std::int64_t shared_bytes(int number, const std::vector<int>& inputs, const std::vector<int>& outputs) const {
    std::multiset<std::int64_t> ending;
    for (const int input : inputs) {
      if (is_held(input) && last_use(input) <= number) ending.insert(bytes_of(input));
    }
    std::int64_t shared = 0;
    for (const int output : outputs) {
      const auto taken = ending.find(bytes_of(output));
      if (!is_held(output) || taken == ending.end()) continue;
      shared += bytes_of(output);
      ending.erase(taken);
    }
    return shared;
  }

  std::optional<Change> change_for(int value) const {
    const int maker = producer_[index(value)];
    if (maker < 0 || root(value) != value || !is_held(value) || !is_large(value)) return std::nullopt;
    if (maker >= peak_ || last_use(value) < peak_ || !ElementwiseChain::is_chain(ir_, node(maker))) return std::nullopt;
    // Nobody reads it between the last early reader and the first late one, which lie around the peak or end there.
    const auto first_late = readers_[index(value)].lower_bound(peak_);
    const std::vector<int> late(first_late, readers_[index(value)].end());
    if (late.empty()) return std::nullopt;
    const ElementwiseChain chain = ElementwiseChain::of(ir_, node(maker));
    std::set<int> is_there;
    for (const int output : chain.outputs) {
      if (output != value && last_use(output) >= peak_) is_there.insert(output);
    }
    Change change;
    change.value = value;
    change.part = chain.part_for({value}, is_there);
    if (!can_be_read_late(change.part)) return std::nullopt;
    const int host = host_for(change.part, value, late);
    if (host < 0) return std::nullopt;
    const bool reads_view = readers_[index(value)].contains(host) && !reads(host, value);
    if (reads_view) return std::nullopt;
    change.host = host;
    std::copy_if(late.begin(), late.end(), std::back_inserter(change.readers),
                 [&](int reader) { return reader != host; });
    if (!can_follow(change.readers, host)) return std::nullopt;
    change.is_read_early = first_late != readers_[index(value)].begin();
    change.price = price_of(change);
    if (change.price > kWorthOfByte * size_of_element(value)) return std::nullopt;
    return change;
  }

  // What the part reads is there after the peak anyway.
  bool can_be_read_late(const ElementwiseChain& part) const {
    return std::all_of(part.inputs.begin(), part.inputs.end(), [&](int input) {
      switch (ir_.value(root(input)).kind) {
        case IrValue::Kind::kVariable: return static_cast<bool>(is_fixed_[index(root(input))]);
        case IrValue::Kind::kComputed: return !is_large(input) || last_use(input) >= peak_;
        default: return true;
      }
    });
  }

  bool reads(int number, int value) const {
    const std::vector<int>& inputs = node(number).inputs;
    return std::find(inputs.begin(), inputs.end(), value) != inputs.end();
  }

  // The only late reader, if it is a chain, or a chain that reads the same; -1 when there is none.
  int host_for(const ElementwiseChain& part, int value, const std::vector<int>& late) const {
    const Shape& shape = ir_.spec(value).shape;
    const auto can_host = [&](int number) {
      return number > peak_ && ElementwiseChain::is_chain(ir_, node(number)) && has_shape(number, shape);
    };
    if (late.size() == 1 && reads(late[0], value) && can_host(late[0])) return late[0];
    for (const int input : part.inputs) {
      if (!is_large(input)) continue;
      for (const int reader : readers_[index(root(input))]) {
        const bool reads_all = std::all_of(part.inputs.begin(), part.inputs.end(),
                                           [&](int other) { return !is_large(other) || reads(reader, other); });
        if (reads_all && can_host(reader)) return reader;
      }
    }
    return -1;
  }

  // Whether readers may stand behind the host: nothing up to it needs them, and views can be made there.
  bool can_follow(const std::vector<int>& readers, int host) const {
    return std::all_of(readers.begin(), readers.end(), [&](int reader) {
      for (const int output : node(reader).outputs) {
        for (int n = reader + 1; n <= host; ++n) {
          const std::vector<int>& inputs = node(n).inputs;
          if (std::any_of(inputs.begin(), inputs.end(), [&](int input) { return root(input) == root(output); }))
            return false;
        }
      }
      return true;
    });
  }

  std::int64_t price_of(const Change& change) const {
    const std::int64_t size = size_of_element(change.value);
    const ElementwiseChain host = ElementwiseChain::of(ir_, node(change.host));
    std::int64_t price = host.after(change.part, false).additions() - host.additions();
    for (const int input : change.part.inputs) {
      if (is_large(input) && !reads(change.host, input)) price += size_of_element(input);
    }
    // Memory is read before it is overwritten.
    if (!change.readers.empty()) price += 2 * size;
    if (!change.is_read_early) price -= 2 * size;
    if (reads(change.host, change.value)) price -= size;
    return price;
  }

  std::int64_t peak_after(const Change& change) const {
    AliveBytes difference(size_);
    const int host = change.host;
    const int value = change.value;
    const std::set<int>& readers = readers_[index(value)];
    const int kept_until = change.is_read_early ? *std::prev(readers.lower_bound(peak_)) : producer_[index(value)] - 1;
    difference.add(kept_until + 1, last_use(value), -bytes_of(value));
    if (!change.readers.empty()) difference.add(host, std::max(host, last_use(value)), bytes_of(value));
    const ElementwiseChain before = ElementwiseChain::of(ir_, node(host));
    ElementwiseChain after = before.after(change.part, false);
    if (!change.readers.empty()) after.outputs.push_back(value);
    difference.add(host, host, shared_bytes(host, before.inputs, before.outputs));
    difference.add(host, host, -shared_bytes(host, after.inputs, after.outputs));
    const auto keep = [&](int kept) {
      if (is_held(kept)) difference.add(last_use(kept) + 1, host, bytes_of(kept));
    };
    for (const int input : change.part.inputs) keep(input);
    for (const int reader : change.readers) {
      if (reader > host) continue;
      for (const int input : node(reader).inputs) {
        if (root(input) != value) keep(input);
      }
    }
    std::vector<std::int64_t> alive = std::move(difference).at_nodes();
    std::transform(alive.begin(), alive.end(), alive_.begin(), alive.begin(), std::plus<>());
    return *std::max_element(alive.begin(), alive.end());
  }

  void make(const Change& change) {
    IrNode& maker = ir_.nodes[index(producer_[index(change.value)])];
    if (!change.is_read_early && maker.outputs.size() > 1) {
      std::vector<int> others = maker.outputs;
      std::erase(others, change.value);
      maker = ElementwiseChain::of(ir_, maker).part_for(others).node();
    }
    const ElementwiseChain host = ElementwiseChain::of(ir_, node(change.host));
    ElementwiseChain changed = host.after(change.part, !change.readers.empty());
    std::vector<IrNode> behind_host;
    if (!change.readers.empty()) {
      std::map<int, int> again{{change.value, ir_.add_computed(ir_.spec(change.value))}};
      changed.outputs.back() = again.at(change.value);
      for (const int reader : change.readers) {
        for (int& input : ir_.nodes[index(reader)].inputs) {
          if (root(input) == change.value) input = seen_again(input, again, behind_host);
        }
      }
    }
    ir_.nodes[index(change.host)] = changed.node();
    std::set<int> moved;
    for (const int reader : change.readers) {
      if (reader < change.host && moved.insert(reader).second) behind_host.push_back(node(reader));
    }
    std::vector<IrNode> nodes;
    for (int n = 0; n < size_; ++n) {
      if (!moved.contains(n)) nodes.push_back(std::move(ir_.nodes[index(n)]));
      if (n == change.host) std::move(behind_host.begin(), behind_host.end(), std::back_inserter(nodes));
    }
    ir_.nodes = std::move(nodes);
    prune(ir_);
  }

  // A view of the value, as a view of the one that was made again.
  int seen_again(int view, std::map<int, int>& again, std::vector<IrNode>& nodes) {
    if (const auto known = again.find(view); known != again.end()) return known->second;
    IrNode copy = node(producer_[index(view)]);
    copy.inputs[0] = seen_again(copy.inputs[0], again, nodes);
    copy.outputs[0] = ir_.add_computed(ir_.spec(view));
    again[view] = copy.outputs[0];
    nodes.push_back(std::move(copy));
    return again.at(view);
  }

  Ir& ir_;
  int size_;
  std::vector<int> producer_;
  std::vector<bool> is_fixed_;
  std::vector<int> root_;               // the value whose memory a view is
  std::vector<int> last_;               // use of each root
  std::vector<std::set<int>> readers_;  // of each root
  std::vector<bool> leaves_program_;
  std::vector<std::int64_t> alive_;  // bytes at each node
  int peak_ = 0;
};

}  // namespace

void recompute_at_peak(Ir& ir) {
  const std::size_t affordable = kMaxNodesLookedAt / std::max<std::size_t>(ir.nodes.size(), 1);
  for (std::size_t changes = std::min(kMaxChanges, affordable); changes > 0; --changes) {
    if (!Recomputation(ir).improve()) return;
  }
}

}  // namespace cornu
