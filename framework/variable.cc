#include "framework/variable.h"

#include <atomic>
#include <cstring>

#include "framework/error.h"
#include "framework/kernel.h"
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
  Tensor value;
  std::string name;
  std::string path;
  bool trainable = true;
  std::atomic<std::uint64_t> version{0};
};

Variable::Variable(const Tensor& initial_value, const Options& options) : state_(std::make_shared<VariableState>()) {
  state_->value = copy_to_keep(initial_value);
  state_->name = options.name;
  state_->path = options.name;
  state_->trainable = options.trainable;
}

Variable Variable::uninitialised(const TensorSpec& spec, const std::string& name) {
  auto state = std::make_shared<VariableState>();
  state->value = Tensor::from_storage(allocate_lasting_storage(bytes_of(spec)), spec);
  state->name = name;
  state->path = name;
  return from_state(std::move(state));
}

VariableState& Variable::checked_state() const {
  if (!state_) throw StateError("Variable: this variable holds nothing; create it with add_weight in build()");
  return *state_;
}

const Shape& Variable::shape() const { return checked_state().value.shape(); }
DType Variable::dtype() const { return checked_state().value.dtype(); }
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

Tensor Variable::snapshot() const { return checked_state().value; }

void Variable::assign(const Tensor& value) const {
  VariableState& state = checked_state();
  if (!state.value.shape().is_compatible_with(value.shape())) {
    throw ShapeError("Variable '" + state.path + "': expected a value of shape " + shape().to_string() + "; got " +
                         value.shape().to_string(),
                     state.path);
  }
  if (Tracer* tracer = Tracer::current()) {
    tracer->assign(*this, value);
    return;
  }
  const TensorSpec spec = state.value.spec();
  const Tensor cast = value.dtype() == spec.dtype
                          ? value
                          : run_eagerly("cast", {{"dtype", spec.dtype}}, {value}, std::span(&spec, 1))[0];
  if (cast.raw() != state.value.raw()) std::memcpy(data(true), cast.raw(), cast.num_bytes());
  mark_written();
}

void* Variable::data(bool writable) const {
  Tensor& value = checked_state().value;
  // Somebody else holds these values as a tensor: they keep them, the variable moves on with a copy.
  if (writable && value.storage().use_count() > 1) value = copy_to_keep(value);
  return value.raw();
}

Variable Variable::from_state(std::shared_ptr<VariableState> state) {
  Variable variable;
  variable.state_ = std::move(state);
  return variable;
}

}  // namespace cornu
