// Recurrences of float32 and their gradients. The recurrent kernel is rearranged once per run; then each thread takes
// its share of the examples through all steps on its own, so there is nothing to wait for between steps.

#include <omp.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/recurrence_kernels.h"
#include "framework/backends/operands.h"
#include "framework/backends/recurrence.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::size_t kAlignment = 64;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// How a part of the recurrent kernel U (units, gates * units), or of its transpose, is rearranged.
struct Packing {
  bool transposed;          // the product is with U^T
  bool by_gates;            // a panel holds the same units of several gates, else neighbouring columns
  std::int64_t vectors;     // of a panel
  std::int64_t first_gate;  // the part of U
  std::int64_t num_gates;
};

// Copies U into panels; columns behind the last are 0.
class Packer {
 public:
  Packer(const Packing& packing, std::int64_t units, std::int64_t width)
      : packing_(packing), lanes_(CORNU_CHOOSE_ISA_TABLE(recurrence_kernels).lanes), units_(units), width_(width) {}

  std::int64_t depth() const { return packing_.transposed ? packing_.num_gates * units_ : units_; }
  std::size_t bytes() const {
    return static_cast<std::size_t>(num_panels() * depth() * packing_.vectors * lanes_) * sizeof(float);
  }

  PackedMatrix pack(const float* kernel, float* packed) const {
    const std::int64_t row_size = packing_.vectors * lanes_;
    parallel_for(num_panels(), units_ * width_, [&](std::int64_t panel) {
      float* own = packed + panel * depth() * row_size;
      for (std::int64_t i = 0; i < row_size; ++i) {
        const std::int64_t column = packing_.by_gates ? panel * lanes_ + i % lanes_ : panel * row_size + i;
        const std::int64_t gate = packing_.by_gates ? i / lanes_ : 0;
        for (std::int64_t k = 0; k < depth(); ++k) {
          own[k * row_size + i] = column < units_ ? element(kernel, k, gate * units_ + column) : 0.0F;
        }
      }
    });
    return {packed, depth()};
  }

 private:
  std::int64_t num_panels() const { return ceil_div(units_, packing_.by_gates ? lanes_ : packing_.vectors * lanes_); }
  float element(const float* kernel, std::int64_t k, std::int64_t column) const {
    const std::int64_t first = packing_.first_gate * units_;
    return packing_.transposed ? kernel[column * width_ + first + k] : kernel[k * width_ + first + column];
  }

  Packing packing_;
  std::int64_t lanes_;
  std::int64_t units_;
  std::int64_t width_;
};

enum class CellKind { kSimpleRnn, kLstm, kGruAfter, kGruBefore };

constexpr std::int64_t kNeighbours = 4;  // vectors of a panel of neighbouring columns

// The products that the passes make, in the order in which they expect them.
std::vector<Packing> packings_of(CellKind kind, bool backward) {
  switch (kind) {
    case CellKind::kSimpleRnn: return {{backward, false, kNeighbours, 0, 1}};
    case CellKind::kLstm: return {backward ? Packing{true, false, kNeighbours, 0, 4} : Packing{false, true, 4, 0, 4}};
    case CellKind::kGruAfter:
      return {backward ? Packing{true, false, kNeighbours, 0, 3} : Packing{false, true, 3, 0, 3}};
    case CellKind::kGruBefore: break;
  }
  return {backward ? Packing{true, false, kNeighbours, 0, 2} : Packing{false, true, 2, 0, 2},
          {backward, false, kNeighbours, 2, 1}};
}

const CellKernels& kernels_of(CellKind kind) {
  const RecurrenceKernels& table = CORNU_CHOOSE_ISA_TABLE(recurrence_kernels);
  switch (kind) {
    case CellKind::kSimpleRnn: return table.simple_rnn;
    case CellKind::kLstm: return table.lstm;
    case CellKind::kGruAfter: return table.gru_reset_after;
    case CellKind::kGruBefore: break;
  }
  return table.gru_reset_before;
}

int num_states(CellKind kind) { return kind == CellKind::kLstm ? 2 : 1; }

// What both passes share.
class RecurrenceKernel : public Kernel {
 public:
  RecurrenceKernel(CellKind kind, bool backward, const RecurrenceSettings& settings, std::int64_t width)
      : kind_(kind), settings_(settings), width_(width) {
    for (const Packing& packing : packings_of(kind, backward)) {
      offsets_.push_back(packed_bytes_);
      packers_.emplace_back(packing, settings.units, width);
      packed_bytes_ += (packers_.back().bytes() + kAlignment - 1) / kAlignment * kAlignment;
    }
  }

  std::size_t scratch_bytes() const override { return packed_bytes_; }

 protected:
  template <typename Task> void set_common(Task& task, const bool* mask, const float* kernel, void* scratch) const {
    task.time = settings_.time;
    task.batch = settings_.batch;
    task.units = settings_.units;
    task.activation = settings_.activation;
    // A simple RNN has one activation only.
    task.recurrent_activation =
        kind_ == CellKind::kSimpleRnn ? SequenceActivation::kSigmoid : settings_.recurrent_activation;
    task.return_sequences = settings_.return_sequences;
    task.zero_output_for_mask = settings_.zero_output_for_mask;
    task.mask = mask;
    for (std::size_t i = 0; i < packers_.size(); ++i) {
      auto* packed = reinterpret_cast<float*>(static_cast<std::byte*>(scratch) + offsets_[i]);
      task.kernel[i] = packers_[i].pack(kernel, packed);
    }
  }

  // Calls f(first, last) for shares of the examples, one per thread.
  template <typename F> void for_shares(const F& f) const {
    const std::int64_t work = settings_.time * settings_.batch * settings_.units * width_;
    const std::int64_t threads = work < kParallelWork ? 1 : omp_get_max_threads();
    const std::int64_t shares = std::clamp<std::int64_t>(settings_.batch, 1, threads);
    parallel_for(shares, work, [&](std::int64_t share) {
      f(settings_.batch * share / shares, settings_.batch * (share + 1) / shares);
    });
  }

  CellKind kind_;
  RecurrenceSettings settings_;
  std::int64_t width_;  // columns of the recurrent kernel
  std::vector<Packer> packers_;
  std::vector<std::size_t> offsets_;
  std::size_t packed_bytes_ = 0;
};

class ForwardKernel final : public RecurrenceKernel {
 public:
  using RecurrenceKernel::RecurrenceKernel;

  void run(const KernelArguments& arguments) const override {
    const auto input = [&](int place) {
      return place < 0 ? nullptr : input_of<float>(arguments, static_cast<std::size_t>(place));
    };
    const int mask = settings_.inputs.mask;
    ForwardTask task{};
    set_common(task, mask < 0 ? nullptr : input_of<bool>(arguments, static_cast<std::size_t>(mask)), input(1),
               arguments.scratch);
    task.z = input(0);
    task.bias = input(settings_.inputs.recurrent_bias);
    task.output = output_of<float>(arguments, 0);
    std::size_t next = 1;
    for (int i = 0; i < num_states(kind_); ++i) {
      task.initial[i] = settings_.inputs.state < 0 ? nullptr : input(settings_.inputs.state + i);
      task.last[i] = output_of<float>(arguments, next++);
    }
    for (int i = 0; i < num_states(kind_); ++i) task.before[i] = output_of<float>(arguments, next++);
    task.gates = output_of<float>(arguments, next);
    const auto pass = kernels_of(kind_).forward;
    for_shares([&](std::int64_t first, std::int64_t last) { pass(task, first, last); });
  }
};

// Where the inputs of a gradient lie, behind those of the output and of the states; -1 for one that it has not.
struct GradientPlaces {
  int kernel;
  int end_c;
  int before;
  int gates;
  int mask;
};

GradientPlaces places_of(CellKind kind) {
  switch (kind) {
    case CellKind::kSimpleRnn: return {.kernel = 2, .end_c = -1, .before = -1, .gates = 3, .mask = 4};
    case CellKind::kLstm: return {.kernel = 3, .end_c = 4, .before = 5, .gates = 6, .mask = 7};
    case CellKind::kGruAfter:
    case CellKind::kGruBefore: break;
  }
  return {.kernel = 2, .end_c = -1, .before = 3, .gates = 4, .mask = 5};
}

class BackwardKernel final : public RecurrenceKernel {
 public:
  using RecurrenceKernel::RecurrenceKernel;

  std::size_t scratch_bytes() const override {
    const std::int64_t dq = kind_ == CellKind::kGruBefore ? settings_.batch * settings_.units : 0;
    return packed_bytes_ + static_cast<std::size_t>(dq) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    const GradientPlaces places = places_of(kind_);
    const auto input = [&](int place) {
      return place < 0 ? nullptr : input_of<float>(arguments, static_cast<std::size_t>(place));
    };
    BackwardTask task{};
    set_common(task, settings_.has_mask ? input_of<bool>(arguments, static_cast<std::size_t>(places.mask)) : nullptr,
               input(places.kernel), arguments.scratch);
    task.output_gradient = input(0);
    task.dz = output_of<float>(arguments, 0);
    for (int i = 0; i < num_states(kind_); ++i) {
      task.state_gradient[i] = input(1 + i);
      task.d[i] = output_of<float>(arguments, static_cast<std::size_t>(i) + 1);
    }
    if (kind_ == CellKind::kGruAfter) task.dp = output_of<float>(arguments, 2);
    if (kind_ == CellKind::kGruBefore) {
      task.dq = reinterpret_cast<float*>(static_cast<std::byte*>(arguments.scratch) + packed_bytes_);
    }
    task.end_c = input(places.end_c);
    task.before = input(places.before);
    task.gates = input(places.gates);
    const auto pass = kernels_of(kind_).backward;
    for_shares([&](std::int64_t first, std::int64_t last) { pass(task, first, last); });
  }
};

std::unique_ptr<Kernel> make_forward(CellKind kind, const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const RecurrenceSettings settings(request.attributes, request.inputs[0], request.inputs[1]);
  return std::make_unique<ForwardKernel>(kind, false, settings, request.inputs[1].shape[1]);
}

std::unique_ptr<Kernel> make_backward(CellKind kind, const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const GradientPlaces places = places_of(kind);
  const TensorSpec& kernel = request.inputs[static_cast<std::size_t>(places.kernel)];
  const TensorSpec& gates = request.inputs[static_cast<std::size_t>(places.gates)];
  const RecurrenceSettings settings(request.attributes, gates, kernel);
  return std::make_unique<BackwardKernel>(kind, true, settings, kernel.shape[1]);
}

CellKind gru_kind(const KernelRequest& request) {
  return request.attributes.flag("reset_after") ? CellKind::kGruAfter : CellKind::kGruBefore;
}

bool register_cell(const std::string& name, const std::function<CellKind(const KernelRequest&)>& kind) {
  register_kernel(name, Backend::kCpu,
                  [kind](const KernelRequest& request) { return make_forward(kind(request), request); });
  return register_kernel(name + "_gradient", Backend::kCpu,
                         [kind](const KernelRequest& request) { return make_backward(kind(request), request); });
}

[[maybe_unused]] const bool kSimpleRnn =
    register_cell("simple_rnn", [](const KernelRequest&) { return CellKind::kSimpleRnn; });
[[maybe_unused]] const bool kLstm = register_cell("lstm", [](const KernelRequest&) { return CellKind::kLstm; });
[[maybe_unused]] const bool kGru = register_cell("gru", gru_kind);

}  // namespace
}  // namespace cornu::onednn
