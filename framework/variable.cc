#include "framework/variable.h"

#include <atomic>
#include <cstring>
#include <mutex>

#include "framework/error.h"
#include "framework/kernel.h"
#include "framework/queue.h"
#include "framework/tracer.h"
#include "framework/trainability.h"

namespace cornu {
namespace {

thread_local Tracer* current_tracer = nullptr;

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.num_elements()) * size_of(spec.dtype);
}

Tensor copy_to_keep(const Tensor& value) {
  Tensor copy = Tensor::from_storage(allocate_lasting_storage(value.num_bytes()), value.spec());
  std::memcpy(copy.raw(), value.raw(), value.num_bytes());
  return copy;
}

}  // namespace

Tracer* Tracer::current() { return current_tracer; }

void Tracer::set_current(Tracer* tracer) { current_tracer = tracer; }

struct VariableState {
  TensorSpec spec;
  Tensor value;  // in the host's memory
  // The value in the memory of a device, if it has been there. At least one of the two is what the variable holds.
  std::shared_ptr<Queue> queue;
  Storage on_device;
  std::atomic<bool> host_is_current{true};
  bool device_is_current = false;
  std::mutex moving;

  // Brings the value to the host if a device has written it since. Tensors read earlier keep what they hold.
  void bring_to_host();
  std::string name;
  std::string path;
  bool trainable = true;
  std::atomic<std::uint64_t> version{0};
};

Variable::Variable(const Tensor& initial_value, const Options& options) : state_(std::make_shared<VariableState>()) {
  state_->spec = initial_value.spec();
  state_->value = copy_to_keep(initial_value);
  state_->name = options.name;
  state_->path = options.name;
  state_->trainable = options.trainable;
}

Variable Variable::uninitialised(const TensorSpec& spec, const std::string& name) {
  auto state = std::make_shared<VariableState>();
  state->spec = spec;
  state->value = Tensor::from_storage(allocate_lasting_storage(bytes_of(spec)), spec);
  state->name = name;
  state->path = name;
  return from_state(std::move(state));
}

VariableState& Variable::checked_state() const {
  if (!state_) throw StateError("Variable: this variable holds nothing; create it with add_weight in build()");
  return *state_;
}

const Shape& Variable::shape() const { return checked_state().spec.shape; }
DType Variable::dtype() const { return checked_state().spec.dtype; }
const std::string& Variable::name() const { return checked_state().name; }
const std::string& Variable::path() const { return checked_state().path; }
void Variable::set_path(std::string path) const { checked_state().path = std::move(path); }
bool Variable::trainable() const { return checked_state().trainable; }
void Variable::set_trainable(bool trainable) const {
  checked_state().trainable = trainable;
  trainability_changed();
}
std::uint64_t Variable::version() const { return checked_state().version.load(std::memory_order_acquire); }
void Variable::mark_written() const { checked_state().version.fetch_add(1, std::memory_order_acq_rel); }

Tensor Variable::value() const {
  if (Tracer* tracer = Tracer::current()) return tracer->read(*this);
  return snapshot().with_variable(state_);
}

void VariableState::bring_to_host() {
  if (host_is_current.load(std::memory_order_acquire)) return;
  const auto in_queue = queue->lock();
  const std::lock_guard lock(moving);
  if (host_is_current.load(std::memory_order_relaxed)) return;
  if (!value.is_only_holder()) value = Tensor::from_storage(allocate_lasting_storage(bytes_of(spec)), spec);
  const Storage staging = queue->allocate_on_host(bytes_of(spec));
  queue->copy(staging.get(), on_device.get(), bytes_of(spec));
  queue->finish();
  std::memcpy(value.raw(), staging.get(), bytes_of(spec));
  host_is_current.store(true, std::memory_order_release);
}

Tensor Variable::snapshot() const {
  VariableState& state = checked_state();
  state.bring_to_host();
  return state.value;
}

void Variable::assign(const Tensor& value) const {
  VariableState& state = checked_state();
  if (!state.spec.shape.is_compatible_with(value.shape())) {
    throw ShapeError("Variable '" + state.path + "': expected a value of shape " + shape().to_string() + "; got " +
                         value.shape().to_string(),
                     state.path);
  }
  if (Tracer* tracer = Tracer::current()) {
    tracer->assign(*this, value);
    return;
  }
  const Tensor cast = value.dtype() == state.spec.dtype
                          ? value
                          : run_eagerly("cast", {{"dtype", state.spec.dtype}}, {value}, std::span(&state.spec, 1))[0];
  void* target = data(true);
  if (cast.raw() != target) std::memcpy(target, cast.raw(), cast.num_bytes());
  mark_written();
}

void* Variable::data(bool writable) const {
  VariableState& state = checked_state();
  state.bring_to_host();
  if (!writable) return state.value.raw();
  // Somebody else holds these values as a tensor: they keep them, the variable moves on with a copy.
  if (!state.value.is_only_holder()) state.value = copy_to_keep(state.value);
  state.device_is_current = false;
  return state.value.raw();
}

void* Variable::data_on(const std::shared_ptr<Queue>& queue, bool writable) const {
  VariableState& state = checked_state();
  if (state.queue != queue) {
    state.bring_to_host();
    state.on_device = nullptr;
    state.device_is_current = false;
    state.queue = queue;
  }
  const std::lock_guard lock(state.moving);
  const std::size_t bytes = bytes_of(state.spec);
  if (!state.on_device) state.on_device = queue->allocate(bytes, "variable " + state.path);
  if (!state.device_is_current) {
    const Storage staging = queue->allocate_on_host(bytes);
    std::memcpy(staging.get(), state.value.raw(), bytes);
    queue->copy(state.on_device.get(), staging.get(), bytes);
    queue->keep_until_done(staging);
    state.device_is_current = true;
  }
  if (writable) state.host_is_current.store(false, std::memory_order_release);
  return state.on_device.get();
}

Variable Variable::from_state(std::shared_ptr<VariableState> state) {
  Variable variable;
  variable.state_ = std::move(state);
  return variable;
}

}  // namespace cornu
